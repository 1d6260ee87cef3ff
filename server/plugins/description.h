// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/descriptionfacts.h"

#include <memory>
#include <vector>

namespace quoin::plugins {

struct DeclaredRoute : RouteFacts
{
    std::unique_ptr<abi::Handler> handler;
};

struct DeclaredTask : TaskFacts
{
    std::unique_ptr<abi::TaskHandler> handler;    ///< One of the two.
    std::unique_ptr<abi::BatchTaskHandler> batch; ///< If largestBatch is above 0.
};

/// What a plugin has, as its describe() said. Checked; owns the handlers, whose code is the plugin's.
struct Description
{
    std::vector<DeclaredRoute> routes;
    std::vector<DeclaredTask> tasks;
    QList<DeclaredAlias> aliases;
    QList<DeclaredSubscription> subscriptions;
    QList<DeclaredMigration> migrations; ///< In the order of their names.

    /// The same without the handlers.
    DescriptionFacts facts() const;
};

} // namespace quoin::plugins
