// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/objections.h"

#include "plugins/expanding.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

bool hasBeenLive(const VersionKey &key, const QList<LiveVersion> &history)
{
    return std::any_of(history.begin(), history.end(),
                       [&](const LiveVersion &live) { return live.sha256 == key.sha256; });
}

bool isBuiltIn(const QString &id, const QList<HostClaim> &claims)
{
    return std::any_of(claims.begin(), claims.end(), [&](const HostClaim &claim) { return claim.id == id; });
}

std::optional<Fault> downgrade(const Metadata &metadata, const QList<LiveVersion> &history)
{
    for (const LiveVersion &live : history) {
        if (metadata.version < QVersionNumber::fromString(live.version))
            return Fault{u"older than %1, which has been live: where trust is required, a file never sets a version "
                         "back"_s.arg(live.version),
                         u"quoin plugin rollback %1"_s.arg(metadata.id)};
    }
    return std::nullopt;
}

DescriptionFacts withoutMigrationsOf(DescriptionFacts facts, const DescriptionFacts &previous)
{
    facts.migrations.removeIf([&](const DeclaredMigration &migration) {
        return std::any_of(previous.migrations.begin(), previous.migrations.end(),
                           [&](const DeclaredMigration &done) { return done.name == migration.name; });
    });
    return facts;
}

/// Only where a version before is still at work. What that one has too has been done when it came.
Objection takesAway(const KnownVersion &version, const QString &id, const Situation &situation)
{
    Objection objection;
    objection.phase = Phase::Describe;
    const auto history = situation.histories.value(id);
    if (history.isEmpty() || situation.removed.contains(id))
        return objection;
    objection.fault = expandingFault(*version.facts);
    if (!objection.fault)
        return objection;
    const VersionKey before{id, history.first().sha256};
    const auto previous = situation.versions.find(before);
    if (previous == situation.versions.end() || (!previous->facts && !previous->refusal)) {
        objection.fault.reset();
        objection.needed = before;
    } else if (previous->facts) {
        objection.fault = expandingFault(withoutMigrationsOf(*version.facts, *previous->facts));
    }
    return objection;
}

} // namespace

Objection objectionTo(const VersionKey &key, const Situation &situation)
{
    const KnownVersion version = situation.versions.value(key);
    const Metadata &metadata = version.admitted->metadata;
    const auto history = situation.histories.value(key.id);
    Objection objection;
    objection.phase = Phase::Conflict;
    if (isBuiltIn(key.id, situation.hostClaims)) {
        objection.fault = {u"a plugin of this id is built into the host"_s, u"give it another id"_s};
        return objection;
    }
    objection.phase = Phase::Metadata;
    if (situation.settingsFault)
        objection.fault = situation.settingsFault(metadata);
    if (objection.fault || hasBeenLive(key, history))
        return objection;
    objection.phase = Phase::Trust;
    if (situation.refusesDowngrades)
        objection.fault = downgrade(metadata, history);
    return objection.fault ? objection : takesAway(version, key.id, situation);
}

std::optional<Fault> disabledRequirement(const Metadata &metadata, const Situation &situation)
{
    for (const Requirement &requirement : metadata.requirements) {
        if (situation.choices.disabled.contains(requirement.id))
            return Fault{u"requires %1, which is disabled"_s.arg(requirement.id),
                         u"quoin plugin enable %1"_s.arg(requirement.id)};
    }
    return std::nullopt;
}

} // namespace quoin::plugins
