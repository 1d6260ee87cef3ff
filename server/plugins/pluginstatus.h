// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/plan.h"
#include "plugins/refusal.h"

#include <quoin/result.h>

#include <QDateTime>
#include <QJsonArray>
#include <QJsonObject>
#include <QList>
#include <QMap>
#include <QString>

#include <optional>

namespace quoin::plugins {

/// Where a plugin stands. Only Live is served (and, until the workers that have it are gone, Draining).
enum class PluginState {
    Seen,     ///< Its file is there; nobody has looked into it yet.
    Staged,   ///< Copied into the store.
    Linted,   ///< Passed every gate at which no code of it runs.
    Probed,   ///< Has described itself in a process of its own.
    Starting, ///< In the plan that is being rolled out.
    Live,
    Draining,    ///< No longer in the plan; the workers that have it are leaving.
    Gone,        ///< Its file was taken away.
    Refused,     ///< At a gate, see phase and reason.
    Quarantined, ///< Crashed too often; its routes answer 503.
    RolledBack,  ///< An earlier version is served in its place.
    Disabled,    ///< By a person.
};

/// "live", "rolled-back" ...
QString stateName(PluginState state);
std::optional<PluginState> stateOfName(const QString &name);

/// A version that has been live.
struct LiveVersion
{
    QString version;
    QString title;
    QByteArray sha256;
    QDateTime since; ///< When it went live, the latest time.

    bool operator==(const LiveVersion &) const = default;
};

/// A version and what became of it.
struct VersionFate
{
    QString version;   ///< Empty while unknown.
    QString title;     ///< Empty while unknown.
    QByteArray sha256; ///< Empty if the file could not be read.
    PluginState state = PluginState::Seen;
    QDateTime since; ///< When it came into this state.
    QString phase;   ///< Of a refusal: phaseName(); else empty.
    QString reason;
    QString remedy;

    bool operator==(const VersionFate &) const = default;
};

/// All that is known of one plugin.
struct PluginStatus
{
    QString id;
    QString file;                          ///< In the drop folder.
    VersionFate current;                   ///< What is served, or would be.
    std::optional<VersionFate> turnedAway; ///< The file in the folder, if an earlier version is current in its place:
                                           ///< Refused or RolledBack.
    bool wasRemoved
        = false; ///< Its file was taken away since it was live: nothing serves in the place of a broken one.
    QList<LiveVersion> history; ///< The latest first, at most 3; the first is the one that is live, or was last.

    bool operator==(const PluginStatus &) const = default;
};

/// A version that is not served any more because it crashed.
struct Quarantine
{
    VersionKey key;
    QString version;
    QString reason; ///< "crashed 3 times in 60 s: SIGSEGV at 0x0"
    QDateTime since;
    int crashes = 0;

    bool operator==(const Quarantine &) const = default;
};

/// A version in whose place the previous one is served, because it crashed right after it came.
struct Bar
{
    VersionKey key;
    QString version;
    QString reason;
    QDateTime since;

    bool operator==(const Bar &) const = default;
};

/// What the supervisor knows; the file status.json. A value.
struct HostStatus
{
    qint64 supervisor = 0; ///< Its process id.
    quint64 generation = 0;
    QDateTime since;             ///< When the supervisor started.
    QList<PluginStatus> plugins; ///< By id.
    QList<Quarantine> quarantine;
    QList<Bar> barred;
    QJsonArray workers; ///< As the supervisor gives them; nothing here reads them.

    const PluginStatus *plugin(const QString &id) const;

    QJsonObject toJson() const;
    static Result<HostStatus> fromJson(const QJsonObject &object);
};

} // namespace quoin::plugins
