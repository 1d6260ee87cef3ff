// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QMap>
#include <QString>
#include <QStringList>

namespace quoin::plugins {

struct HostStatus; // pluginstatus.h

/// An earlier version that a person wants served. It ends by itself when another file comes: who installs a newer one
/// wants that.
struct Pin
{
    QByteArray to;        ///< The sha256 to serve.
    QByteArray insteadOf; ///< The sha256 in the folder that it was chosen over.

    bool operator==(const Pin &) const = default;
};

/// What people have decided by `quoin plugin disable|enable|rollback`; the file choices.json. A value.
struct Choices
{
    QStringList disabled;             ///< Ids, sorted.
    QMap<QString, Pin> pinned;        ///< By id.
    QMap<QString, QDateTime> enabled; ///< By id: what was held against it before this moment (quarantine, a rollback, a
                                      ///< refused start) no longer counts.

    /// Not served any more, file or not, until enabled.
    void disable(const QString &id);
    /// Served again: lifts disable, rollback and quarantine, and tries again what had failed to start.
    void enable(const QString &id, const QDateTime &now);
    /// Pins the version that was live before the one that is. NotFound if the id is unknown or nothing was live before.
    Result<> rollBack(const QString &id, const HostStatus &status);

    bool operator==(const Choices &) const = default;
    QJsonObject toJson() const;
    static Result<Choices> fromJson(const QJsonObject &object);
};

} // namespace quoin::plugins
