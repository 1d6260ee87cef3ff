// SPDX-License-Identifier: GPL-3.0-only
#include "wiring.h"

#include "auth/schema.h"
#include "database/databasecounters.h"
#include "queue/schema.h"

#include <algorithm>

namespace quoin::server {

QList<database::MigrationStep> migrationSteps(const QList<const plugins::HostedPlugin *> &plugins)
{
    QList<database::MigrationStep> steps{database::DatabaseCounters::migration()};
    for (const Migration &migration : queue::migrations() + auth::migrations())
        steps.append({migration.name, migration.sqlite, migration.postgresql});
    for (const auto *plugin : plugins) {
        for (const auto &migration : plugin->description.migrations)
            steps.append({migration.name, migration.sqlite, migration.postgresql});
    }
    return steps;
}

queue::TaskCatalogue taskCatalogue(const QList<const plugins::HostedPlugin *> &plugins)
{
    queue::TaskCatalogue catalogue;
    for (const auto *plugin : plugins) {
        for (const auto &task : plugin->description.tasks)
            catalogue.add(task.name,
                          {task.handler.get(), task.attempts, task.firstDelay, task.timeLimit, task.batch.get(),
                           std::max(task.largestBatch, 1), task.parameters});
        for (const auto &alias : plugin->description.aliases)
            catalogue.addAlias(alias.alias, alias.task);
    }
    return catalogue;
}

http::RouteEntry routeEntry(const plugins::DeclaredRoute &route, const QString &owner)
{
    http::RouteEntry entry;
    entry.method = route.method;
    entry.pattern = route.pattern;
    entry.captureTypes = route.captureTypes;
    entry.runsOn = route.where;
    entry.handler = route.handler.get();
    entry.owner = owner;
    entry.deadlineMs = route.deadline ? route.deadline->count() : -1;
    entry.bodyLimit = route.bodyLimit.value_or(-1);
    entry.summary = route.summary;
    entry.scope = route.scope;
    return entry;
}

} // namespace quoin::server
