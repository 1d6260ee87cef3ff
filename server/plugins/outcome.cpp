// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/outcome.h"

#include "plugins/candidates.h"

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

VersionFate fateOf(const KnownVersion &version, const QByteArray &sha256, PluginState state)
{
    VersionFate fate;
    fate.sha256 = sha256;
    fate.state = state;
    if (version.admitted) {
        fate.version = version.admitted->metadata.version.toString();
        fate.title = version.admitted->metadata.title;
    }
    return fate;
}

void refuse(VersionFate &fate, const Refusal &refusal)
{
    fate.version = refusal.version;
    fate.phase = phaseName(refusal.phase);
    fate.reason = refusal.reason;
    fate.remedy = refusal.remedy;
}

/// Of a file that is not served.
VersionFate fateOfOffered(const VersionKey &key, const Situation &situation, const Choice &choice)
{
    const OfferedFile offered = situation.offered.value(key.id);
    const KnownVersion version = situation.versions.value(key);
    VersionFate fate = fateOf(version, key.sha256, PluginState::Refused);
    if (situation.choices.disabled.contains(key.id)) {
        fate.state = PluginState::Disabled;
        fate.reason = u"disabled"_s;
        fate.remedy = u"quoin plugin enable %1"_s.arg(key.id);
    } else if (offered.refusal) {
        refuse(fate, *offered.refusal);
    } else if (choice.rejected.contains(key)) {
        refuse(fate, choice.rejected.value(key));
    } else if (const QString why = whySetBack(key, situation); !why.isEmpty()) {
        fate.state = PluginState::RolledBack;
        fate.reason = why;
        fate.remedy = u"put another version into the folder, or: quoin plugin enable %1"_s.arg(key.id);
    } else {
        fate.state = version.facts ? PluginState::Probed : PluginState::Linted;
    }
    return fate;
}

} // namespace

Outcome outcomeOf(const QString &id, const Situation &situation, const Choice &choice)
{
    const OfferedFile offered = situation.offered.value(id);
    const VersionKey inFolder{id, offered.sha256};
    Outcome outcome;
    outcome.file = offered.file;
    VersionKey served;
    if (choice.chosen.contains(id)) {
        served = choice.chosen.value(id);
        outcome.current = fateOf(situation.versions.value(served), served.sha256, PluginState::Starting);
    } else if (choice.withheld.contains(id)) {
        served = choice.withheld.value(id).key();
        outcome.current = fateOf(situation.versions.value(served), served.sha256, PluginState::Quarantined);
        outcome.current.reason = choice.withheld.value(id).reason;
        outcome.current.remedy = u"put a mended version into the folder, or: quoin plugin enable %1"_s.arg(id);
    } else {
        outcome.current = fateOfOffered(inFolder, situation, choice);
        return outcome;
    }
    if (served != inFolder || offered.refusal)
        outcome.turnedAway = fateOfOffered(inFolder, situation, choice);
    return outcome;
}

} // namespace quoin::plugins
