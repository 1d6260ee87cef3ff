// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/situation.h"

#include <QMap>
#include <QString>

#include <optional>

namespace quoin::plugins {

/// Which version of each id is served, and which are not.
struct Choice
{
    QMap<QString, VersionKey> chosen;
    QMap<QString, WithheldPlugin> withheld;
    QMap<VersionKey, Refusal> rejected;
};

/// What becomes of one id. A chosen version has the state Starting: whether it is live already, others know.
struct Outcome
{
    VersionFate current;                   ///< Without since.
    std::optional<VersionFate> turnedAway; ///< The file in the folder, if an earlier version is current in its place.
    QString file;

    bool operator==(const Outcome &) const = default;
};

/// Of an id that is offered.
Outcome outcomeOf(const QString &id, const Situation &situation, const Choice &choice);

} // namespace quoin::plugins
