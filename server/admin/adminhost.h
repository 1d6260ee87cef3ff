// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/route.h"

#include <QList>
#include <QString>

#include <functional>

namespace quoin::server {

class Settings;

/// What the admin API is told of the server it is in. Empty in a process that only asks what there is, such as the
/// supervisor, where describe() is all that is called.
struct AdminHost
{
    QString version;
    const Settings *settings = nullptr; ///< Lent.
    /// Those that are served, in the order declared. From the first request on; any thread.
    std::function<QList<http::RouteEntry>()> routes;
};

} // namespace quoin::server
