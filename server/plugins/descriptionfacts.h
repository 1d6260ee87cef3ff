// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>
#include <quoin/result.h>

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>
#include <QStringList>

#include <chrono>
#include <optional>

namespace quoin::plugins {

struct RouteFacts
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

    bool operator==(const RouteFacts &) const = default;
};

struct TaskFacts
{
    QString name; ///< "<id>.what"
    int attempts = 1;
    std::chrono::milliseconds firstDelay = {};
    std::chrono::milliseconds timeLimit = {};
    int largestBatch = 0;        ///< Runs that it takes at once at most; 0: it takes one after the other.
    QStringList parameters = {}; ///< The names of its arguments; may be empty.

    bool operator==(const TaskFacts &) const = default;
};

struct DeclaredAlias
{
    QString alias;
    QString task; ///< A task of the same plugin.

    bool operator==(const DeclaredAlias &) const = default;
};

struct DeclaredSubscription
{
    QString event;
    QString task;

    bool operator==(const DeclaredSubscription &) const = default;
};

struct DeclaredMigration
{
    QString name; ///< "<id>/0001-what-it-does"
    QStringList sqlite;
    QStringList postgresql;

    bool operator==(const DeclaredMigration &) const = default;
};

/// What a plugin has, without the code: a value that a process which maps no plugin can hold and hand on. Any thread.
struct DescriptionFacts
{
    QList<RouteFacts> routes;
    QList<TaskFacts> tasks;
    QList<DeclaredAlias> aliases;
    QList<DeclaredSubscription> subscriptions;
    QList<DeclaredMigration> migrations; ///< In the order of their names.

    /// {"routes": [{"method", "pattern", "captures", "captureTypes", "where": "pool"|"loop", "summary", "scope",
    /// "deadline": milliseconds or absent, "bodyLimit": bytes or absent}], "tasks": [{"name", "attempts",
    /// "firstDelay", "timeLimit": milliseconds, "largestBatch": absent if 0, "parameters": [] or absent}], "aliases":
    /// [{"alias", "task"}], "subscriptions": [{"event", "task"}], "migrations": [{"name", "sqlite": [], "postgresql":
    /// []}]}
    QJsonObject toJson() const;

    /// What toJson() made. Strict, since the text may come from a process that ran a stranger's code: Invalid with the
    /// member that is missing, of another type, out of range or unknown. An absent list is an empty one.
    static Result<DescriptionFacts> fromJson(const QJsonObject &object);

    bool operator==(const DescriptionFacts &) const = default;
};

} // namespace quoin::plugins
