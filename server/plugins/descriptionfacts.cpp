// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/description.h"

namespace quoin::plugins {

DescriptionFacts Description::facts() const
{
    DescriptionFacts facts;
    for (const DeclaredRoute &route : routes)
        facts.routes.append(route);
    for (const DeclaredTask &task : tasks)
        facts.tasks.append(task);
    facts.aliases = aliases;
    facts.subscriptions = subscriptions;
    facts.migrations = migrations;
    return facts;
}

} // namespace quoin::plugins
