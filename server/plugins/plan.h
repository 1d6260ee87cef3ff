// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/refusal.h"

#include <quoin/result.h>

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QMetaType>
#include <QString>

namespace quoin::plugins {

/// One file, told apart by its content: another build of a plugin is another version, whatever number it carries.
struct VersionKey
{
    QString id;
    QByteArray sha256; ///< In lower-case hexadecimal.

    bool operator==(const VersionKey &) const = default;
    bool operator<(const VersionKey &other) const
    {
        return id != other.id ? id < other.id : sha256 < other.sha256; // QString of Qt 6.4 has no <=>
    }
};

/// A plugin that a worker loads.
struct PlannedPlugin
{
    QString id;
    QString version;
    QString title;
    QByteArray sha256;
    QString copy; ///< In the store: what is loaded.
    QString file; ///< In the drop folder, for people; it may hold another version by now.

    VersionKey key() const { return {id, sha256}; }
    bool operator==(const PlannedPlugin &) const = default;
};

/// A route that is answered with 503, because its plugin is withheld.
struct WithheldRoute
{
    QByteArray method;
    QString pattern;
    QList<QByteArray> captureTypes;

    bool operator==(const WithheldRoute &) const = default;
};

/// A plugin that is not loaded though its file is there: it is quarantined, or requires one that is.
struct WithheldPlugin
{
    QString id;
    QString version;
    QByteArray sha256;
    QString reason;     ///< A sentence for the client's problem and the log.
    int retryAfter = 0; ///< In seconds, for the header of that name.
    QList<WithheldRoute> routes;

    VersionKey key() const { return {id, sha256}; }
    bool operator==(const WithheldPlugin &) const = default;
};

/// What one generation of workers serves. Decided by the supervisor, carried to the worker as JSON, obeyed there by
/// PluginHost::load(). A value; any thread.
struct Plan
{
    QList<PlannedPlugin> plugins; ///< In the order of starting.
    QList<WithheldPlugin> withheld;
    QList<Refusal> refusals; ///< What the supervisor turned away, to tell; nothing is done with it.

    /// Whether workers would do the same with it: all but the refusals and where the files are.
    bool servesSame(const Plan &other) const;

    QJsonObject toJson() const;
    /// Invalid, and what is wrong with it, unless it is what toJson() makes.
    static Result<Plan> fromJson(const QJsonObject &object);
};

} // namespace quoin::plugins

Q_DECLARE_METATYPE(quoin::plugins::Plan)
