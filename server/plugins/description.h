// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

#include <QByteArray>
#include <QList>
#include <QString>
#include <QStringList>

#include <chrono>
#include <memory>
#include <optional>
#include <vector>

namespace quoin::plugins {

struct DeclaredRoute
{
    QByteArray method;              ///< GET, POST, PUT, PATCH or DELETE.
    QString pattern;                ///< "/record/{id}"
    QStringList captures;           ///< The names in the pattern.
    QList<QByteArray> captureTypes; ///< "integer" or "string", one for each capture.
    abi::RunsOn where = abi::RunsOn::Pool;
    QString summary;                                   ///< May be empty.
    QString scope;                                     ///< May be empty.
    std::optional<std::chrono::milliseconds> deadline; ///< The host's default if not set.
    std::optional<qint64> bodyLimit;                   ///< In bytes; the host's default if not set.
    std::unique_ptr<abi::Handler> handler;
};

struct DeclaredTask
{
    QString name; ///< "<id>.what"
    int attempts = 1;
    std::chrono::milliseconds firstDelay = {};
    std::chrono::milliseconds timeLimit = {};
    std::unique_ptr<abi::TaskHandler> handler;
};

struct DeclaredAlias
{
    QString alias;
    QString task; ///< A task of the same plugin.
};

struct DeclaredSubscription
{
    QString event;
    QString task;
};

struct DeclaredMigration
{
    QString name; ///< "<id>/0001-what-it-does"
    QStringList sqlite;
    QStringList postgresql;
};

/// What a plugin has, as its describe() said. Checked; owns the handlers, whose code is the plugin's.
struct Description
{
    std::vector<DeclaredRoute> routes;
    std::vector<DeclaredTask> tasks;
    QList<DeclaredAlias> aliases;
    QList<DeclaredSubscription> subscriptions;
    QList<DeclaredMigration> migrations; ///< In the order of their names.
};

} // namespace quoin::plugins
