// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/candidates.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// The entry of this version, unless a person has enabled its plugin since.
template <class Held>
const Held *standing(const QList<Held> &all, const VersionKey &key, const Choices &choices)
{
    const auto found = std::find_if(all.begin(), all.end(), [&](const Held &held) {
        const QDateTime enabled = choices.enabled.value(key.id);
        return held.key == key && !(enabled.isValid() && enabled >= held.since);
    });
    return found == all.end() ? nullptr : &*found;
}

/// The pin of this id, if it was set over the file that is in the folder now.
std::optional<Pin> standingPin(const VersionKey &offered, const Choices &choices)
{
    const auto pin = choices.pinned.find(offered.id);
    if (pin == choices.pinned.end() || pin->insteadOf != offered.sha256)
        return std::nullopt;
    return *pin;
}

} // namespace

const Quarantine *quarantineOf(const VersionKey &key, const Situation &situation)
{
    return standing(situation.quarantine, key, situation.choices);
}

QString whySetBack(const VersionKey &offered, const Situation &situation)
{
    if (standingPin(offered, situation.choices))
        return u"rolled back by a person"_s;
    const Bar *const bar = standing(situation.barred, offered, situation.choices);
    return bar ? bar->reason : QString();
}

QList<VersionKey> candidatesFor(const QString &id, const Situation &situation)
{
    const OfferedFile offered = situation.offered.value(id);
    const VersionKey inFolder{id, offered.sha256};
    const bool isFit = !offered.sha256.isEmpty() && !offered.refusal;
    const bool isSetBack = !whySetBack(inFolder, situation).isEmpty();
    QList<VersionKey> candidates;
    const auto add = [&candidates](const VersionKey &key) {
        if (!candidates.contains(key))
            candidates.append(key);
    };
    if (const auto pin = standingPin(inFolder, situation.choices))
        add({id, pin->to});
    if (isFit && !isSetBack)
        add(inFolder);
    // A person has taken it away: a broken file is no reason to bring an earlier version back.
    const auto earlier = situation.removed.contains(id) ? QList<LiveVersion>() : situation.histories.value(id);
    for (const LiveVersion &live : earlier) {
        const VersionKey key{id, live.sha256};
        // The very bytes may have been vouched for when they came: only their signature in the folder is spoilt.
        if ((key != inFolder || offered.refusal) && !standing(situation.barred, key, situation.choices))
            add(key);
    }
    // With no earlier version left, one that crashed once is better than none.
    if (isFit)
        add(inFolder);
    return candidates;
}

} // namespace quoin::plugins
