// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugincheck.h"
#include "pluginverdict.h"

namespace quoin::server {

// What `quoin plugin ...` and the admin API do with plugins, and what came of it. Each waits for the server that runs
// with this store, at most for patience, and runs an event loop meanwhile; any thread. An Error: nothing was changed.

/// What came of a change.
struct PluginChange
{
    QString done;                         ///< "sip is disabled": what was written down.
    std::optional<PluginVerdict> verdict; ///< What the server made of it; nothing: none runs.
};

/// These three are written down and outlive the server.
Result<PluginChange> enablePlugin(const PluginPlace &place, const QString &id, std::chrono::milliseconds patience);
Result<PluginChange> disablePlugin(const PluginPlace &place, const QString &id, std::chrono::milliseconds patience);
Result<PluginChange> rollBackPlugin(const PluginPlace &place, const QString &id, std::chrono::milliseconds patience);

/// Takes it out of the folder, with its signature.
Result<PluginChange> removePlugin(const PluginPlace &place, const QString &id, std::chrono::milliseconds patience);

/// Puts a file that was found good into the folder, with the signature that lies beside it, at one stroke. seen is
/// called whenever the server says something of this version, until the verdict.
Result<PluginChange> installPlugin(const PluginPlace &place, const CheckedPlugin &plugin,
                                   std::chrono::milliseconds patience,
                                   const std::function<void(const plugins::VersionFate &)> &seen = {});

/// Tells the verdict on a version that is started once more, whether it was live or not, after ask was called.
Result<PluginChange> reloadPlugin(const PluginPlace &place, const QString &id, std::chrono::milliseconds patience,
                                  const std::function<void()> &ask);

} // namespace quoin::server
