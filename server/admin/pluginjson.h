// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/pluginhost.h"
#include "plugins/pluginstatus.h"

#include <QJsonArray>
#include <QJsonObject>

namespace quoin::server {

/// What this process has loaded.
using LoadedPlugins = QList<const plugins::HostedPlugin *>;

/// One plugin as the supervisor knows it, and, where this process has it, what it declares.
QJsonObject pluginJson(const plugins::PluginStatus &plugin, const plugins::HostStatus &status,
                       const LoadedPlugins &loaded);

/// All of a process that is alone, which has nobody's status but its own.
QJsonArray ownPluginsJson(const LoadedPlugins &loaded, const QList<plugins::Refusal> &refusals);

} // namespace quoin::server
