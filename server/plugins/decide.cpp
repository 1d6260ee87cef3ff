// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/decide.h"

#include "plugins/candidates.h"
#include "plugins/claims.h"
#include "plugins/objections.h"
#include "plugins/order.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

/// Chooses a version for each id, and chooses again as long as something speaks against one of them. Each round
/// rejects at least one version, so that it ends.
class Decider
{
public:
    explicit Decider(const Situation &situation)
        : m_situation(situation)
    {
        for (auto it = situation.offered.begin(); it != situation.offered.end(); ++it) {
            if (!situation.choices.disabled.contains(it.key()))
                m_candidates.insert(it.key(), candidatesFor(it.key(), situation));
        }
    }

    Decision decide()
    {
        do {
            choose();
        } while (m_needed.isEmpty() && (rejectUnmet() || rejectConflicts()));
        return decision();
    }

private:
    void choose();
    void chooseFor(const QString &id);
    void withholdDependents();
    bool rejectUnmet();
    bool rejectConflicts();
    QStringList bySeniority() const;
    void reject(const VersionKey &key, Phase phase, const Fault &fault);
    void withhold(const VersionKey &key, const QString &reason);

    Decision decision() const;
    PlannedPlugin planned(const QString &id) const;
    Outcome outcome(const QString &id, const OfferedFile &offered) const;
    VersionFate fate(const VersionKey &key, PluginState state) const;
    VersionFate fateOfOffered(const QString &id, const OfferedFile &offered) const;

    const AdmittedFile &admitted(const VersionKey &key) const { return *m_situation.versions.find(key)->admitted; }

    const Situation &m_situation;
    QMap<QString, QList<VersionKey>> m_candidates;
    QMap<VersionKey, Refusal> m_rejected;
    QList<VersionKey> m_needed;
    QMap<QString, VersionKey> m_chosen;
    QMap<QString, WithheldPlugin> m_withheld;
    QStringList m_sequence;
};

void Decider::choose()
{
    m_needed.clear();
    m_chosen.clear();
    m_withheld.clear();
    for (auto it = m_candidates.begin(); it != m_candidates.end(); ++it)
        chooseFor(it.key());
    withholdDependents();
}

void Decider::chooseFor(const QString &id)
{
    for (const VersionKey &key : m_candidates.value(id)) {
        if (m_rejected.contains(key))
            continue;
        const auto known = m_situation.versions.find(key);
        if (known != m_situation.versions.end() && known->refusal) {
            m_rejected.insert(key, *known->refusal);
            continue;
        }
        if (known == m_situation.versions.end() || !known->admitted || !known->facts) {
            m_needed.append(key);
            return;
        }
        if (const Quarantine *quarantine = quarantineOf(key, m_situation))
            return withhold(key, quarantine->reason);
        const Objection objection = objectionTo(key, m_situation);
        if (objection.needed) {
            m_needed.append(*objection.needed);
            return;
        }
        if (!objection.fault) {
            m_chosen.insert(id, key);
            return;
        }
        reject(key, objection.phase, *objection.fault);
    }
}

void Decider::withhold(const VersionKey &key, const QString &reason)
{
    const AdmittedFile &file = admitted(key);
    WithheldPlugin plugin{key.id, file.metadata.version.toString(), key.sha256, reason, m_situation.retryAfter, {}};
    for (const RouteFacts &route : m_situation.versions.find(key)->facts->routes)
        plugin.routes.append({route.method, route.pattern, route.captureTypes});
    m_chosen.remove(key.id);
    m_withheld.insert(key.id, plugin);
}

/// What requires a plugin that is only away for a while is away for a while.
void Decider::withholdDependents()
{
    bool again = true;
    while (std::exchange(again, false)) {
        for (const VersionKey &key : m_chosen.values()) {
            for (const Requirement &requirement : admitted(key).metadata.requirements) {
                if (!m_withheld.contains(requirement.id) || !m_chosen.contains(key.id))
                    continue;
                withhold(key, u"requires %1, which is quarantined"_s.arg(requirement.id));
                again = true;
            }
        }
    }
}

bool Decider::rejectUnmet()
{
    QHash<QString, QVersionNumber> present;
    for (const HostClaim &claim : m_situation.hostClaims)
        present.insert(claim.id, claim.version);
    QList<Metadata> plugins;
    for (const VersionKey &key : std::as_const(m_chosen))
        plugins.append(admitted(key).metadata);
    const Order order = resolveOrder(plugins, present);
    for (auto it = order.refused.begin(); it != order.refused.end(); ++it) {
        const VersionKey key = m_chosen.value(it.key());
        reject(key, Phase::Resolve, disabledRequirement(admitted(key).metadata, m_situation).value_or(it.value()));
    }
    m_sequence = order.sequence;
    return !order.refused.isEmpty();
}

/// Who has been live for longest first, newcomers last, in the order of starting.
QStringList Decider::bySeniority() const
{
    QStringList ids = m_withheld.keys() + m_sequence;
    const auto liveSince = [this](const QString &id) {
        const auto history = m_situation.histories.value(id);
        const VersionKey key = m_withheld.contains(id) ? m_withheld.value(id).key() : m_chosen.value(id);
        return !history.isEmpty() && history.first().sha256 == key.sha256 ? history.first().since.toMSecsSinceEpoch()
                                                                          : std::numeric_limits<qint64>::max();
    };
    std::stable_sort(ids.begin(), ids.end(),
                     [&](const QString &a, const QString &b) { return liveSince(a) < liveSince(b); });
    return ids;
}

bool Decider::rejectConflicts()
{
    Claims claims;
    for (const HostClaim &claim : m_situation.hostClaims)
        claims.claim(claim.facts, claim.id);
    bool rejected = false;
    for (const QString &id : bySeniority()) {
        const VersionKey key = m_withheld.contains(id) ? m_withheld.value(id).key() : m_chosen.value(id);
        const DescriptionFacts &facts = *m_situation.versions.find(key)->facts;
        const QStringList taken = claims.conflicts(facts);
        if (taken.isEmpty()) {
            claims.claim(facts, id);
            continue;
        }
        reject(key, Phase::Conflict, {taken.join(u"; "_s), u"remove one of the two plugins"_s});
        rejected = true;
    }
    return rejected;
}

void Decider::reject(const VersionKey &key, Phase phase, const Fault &fault)
{
    const AdmittedFile &file = admitted(key);
    m_rejected.insert(key, {file.path, key.id, file.metadata.version.toString(), phase, fault.reason, fault.remedy});
}

Decision Decider::decision() const
{
    Decision decision;
    decision.needed = m_needed;
    for (const QString &id : m_sequence) {
        if (m_chosen.contains(id))
            decision.plan.plugins.append(planned(id));
    }
    decision.plan.withheld = m_withheld.values();
    for (const OfferedFile &offered : m_situation.offered) {
        if (offered.refusal)
            decision.plan.refusals.append(*offered.refusal);
    }
    decision.plan.refusals += m_rejected.values();
    for (auto it = m_situation.offered.begin(); it != m_situation.offered.end(); ++it)
        decision.outcomes.insert(it.key(), outcome(it.key(), it.value()));
    return decision;
}

PlannedPlugin Decider::planned(const QString &id) const
{
    const AdmittedFile &file = admitted(m_chosen.value(id));
    return {id,        file.metadata.version.toString(),  file.metadata.title, file.sha256,
            file.copy, m_situation.offered.value(id).file};
}

Outcome Decider::outcome(const QString &id, const OfferedFile &offered) const
{
    Outcome outcome;
    outcome.file = offered.file;
    const bool isServed = m_chosen.contains(id) || m_withheld.contains(id);
    if (!isServed) {
        outcome.current = fateOfOffered(id, offered);
        return outcome;
    }
    const bool isChosen = m_chosen.contains(id);
    const VersionKey key = isChosen ? m_chosen.value(id) : m_withheld.value(id).key();
    outcome.current = fate(key, isChosen ? PluginState::Starting : PluginState::Quarantined);
    if (!isChosen) {
        outcome.current.reason = m_withheld.value(id).reason;
        outcome.current.remedy = u"put a mended version into the folder, or: quoin plugin enable %1"_s.arg(id);
    }
    if (key.sha256 != offered.sha256)
        outcome.turnedAway = fateOfOffered(id, offered);
    return outcome;
}

VersionFate Decider::fate(const VersionKey &key, PluginState state) const
{
    VersionFate fate;
    fate.sha256 = key.sha256;
    fate.state = state;
    if (const auto known = m_situation.versions.find(key); known != m_situation.versions.end() && known->admitted) {
        fate.version = known->admitted->metadata.version.toString();
        fate.title = known->admitted->metadata.title;
    }
    return fate;
}

/// Of a file that is not served.
VersionFate Decider::fateOfOffered(const QString &id, const OfferedFile &offered) const
{
    const VersionKey key{id, offered.sha256};
    VersionFate result = fate(key, PluginState::Refused);
    const auto refuse = [&result](const Refusal &refusal) {
        result.version = refusal.version;
        result.phase = phaseName(refusal.phase);
        result.reason = refusal.reason;
        result.remedy = refusal.remedy;
    };
    if (m_situation.choices.disabled.contains(id)) {
        result.state = PluginState::Disabled;
        result.reason = u"disabled"_s;
        result.remedy = u"quoin plugin enable %1"_s.arg(id);
    } else if (offered.refusal) {
        refuse(*offered.refusal);
    } else if (m_rejected.contains(key)) {
        refuse(m_rejected.value(key));
    } else if (const QString why = whySetBack(key, m_situation); !why.isEmpty()) {
        result.state = PluginState::RolledBack;
        result.reason = why;
        result.remedy = u"put another version into the folder, or: quoin plugin enable %1"_s.arg(id);
    } else {
        const auto known = m_situation.versions.find(key);
        result.state = known != m_situation.versions.end() && known->facts ? PluginState::Probed : PluginState::Linted;
    }
    return result;
}

} // namespace

Decision decide(const Situation &situation) { return Decider(situation).decide(); }

} // namespace quoin::plugins
