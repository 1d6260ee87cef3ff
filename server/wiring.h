// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/migrations.h"
#include "http/route.h"
#include "plugins/pluginhost.h"
#include "queue/taskcatalogue.h"

#include <QList>
#include <QString>

namespace quoin::server {

// What plugins have described, in the words of the parts that serve it. The parts do not know each other; whoever joins
// them (the server, and the host that plugin tests run in) does it by these.

/// The host's own steps, then those of the plugins.
QList<database::MigrationStep> migrationSteps(const QList<const plugins::HostedPlugin *> &plugins);

/// The plugins outlive it.
queue::TaskCatalogue taskCatalogue(const QList<const plugins::HostedPlugin *> &plugins);

/// The route outlives it.
http::RouteEntry routeEntry(const plugins::DeclaredRoute &route, const QString &owner);

} // namespace quoin::server
