// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "health.h"
#include "http/route.h"
#include "plugins/pluginhost.h"
#include "queue/taskcatalogue.h"
#include "supervisor/hostmemory.h"

#include <QList>
#include <QString>

#include <functional>

namespace quoin::server {

class Settings;

/// What the admin API is told of the server it is in. Empty in a process that only asks what there is, such as the
/// supervisor, where describe() is all that is called.
struct AdminHost
{
    static constexpr qint64 uploadLimit = 64 * 1024 * 1024; ///< Bytes of a plugin file.

    QString version;
    const Settings *settings = nullptr;       ///< Lent.
    supervisor::HostMemory *memory = nullptr; ///< Lent.
    bool isSingle = false;                    ///< There is one process, which loaded its plugins once.
    QList<HealthCheck> checks;                ///< They may block: pool threads only.

    // From the first request on; any thread.

    /// Those that are served, in the order declared.
    std::function<QList<http::RouteEntry>()> routes;
    /// All that this process has described, built-in ones, too.
    std::function<QList<const plugins::HostedPlugin *>()> plugins;
    std::function<QList<plugins::Refusal>()> refusals;
    /// The tasks that are known here.
    std::function<queue::TaskCatalogue()> tasks;
    /// Asks for another worker in the place of this one. Nothing happens if there is no such worker.
    std::function<void(qint64 pid, const QString &why)> drainWorker;
    /// Asks that plugins are looked at again and started anew.
    std::function<void(const QString &why)> startAgain;
};

} // namespace quoin::server
