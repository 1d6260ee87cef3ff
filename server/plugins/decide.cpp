// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/decide.h"

#include "plugins/candidates.h"
#include "plugins/claims.h"
#include "plugins/objections.h"
#include "plugins/order.h"
#include "plugins/outcome.h"

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

    const AdmittedFile &admitted(const VersionKey &key) const { return *m_situation.versions.find(key)->admitted; }

    const Situation &m_situation;
    QMap<QString, QList<VersionKey>> m_candidates;
    Choice m_choice;
    QList<VersionKey> m_needed;
    QStringList m_sequence;
};

void Decider::choose()
{
    m_needed.clear();
    m_choice.chosen.clear();
    m_choice.withheld.clear();
    for (auto it = m_candidates.begin(); it != m_candidates.end(); ++it)
        chooseFor(it.key());
    withholdDependents();
}

void Decider::chooseFor(const QString &id)
{
    for (const VersionKey &key : m_candidates.value(id)) {
        if (m_choice.rejected.contains(key))
            continue;
        const auto known = m_situation.versions.find(key);
        if (known != m_situation.versions.end() && known->refusal) {
            m_choice.rejected.insert(key, *known->refusal);
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
            m_choice.chosen.insert(id, key);
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
    m_choice.chosen.remove(key.id);
    m_choice.withheld.insert(key.id, plugin);
}

/// What requires a plugin that is only away for a while is away for a while.
void Decider::withholdDependents()
{
    bool again = true;
    while (std::exchange(again, false)) {
        for (const VersionKey &key : m_choice.chosen.values()) {
            for (const Requirement &requirement : admitted(key).metadata.requirements) {
                if (!m_choice.withheld.contains(requirement.id) || !m_choice.chosen.contains(key.id))
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
    for (const VersionKey &key : std::as_const(m_choice.chosen))
        plugins.append(admitted(key).metadata);
    const Order order = resolveOrder(plugins, present);
    for (auto it = order.refused.begin(); it != order.refused.end(); ++it) {
        const VersionKey key = m_choice.chosen.value(it.key());
        reject(key, Phase::Resolve, disabledRequirement(admitted(key).metadata, m_situation).value_or(it.value()));
    }
    m_sequence = order.sequence;
    return !order.refused.isEmpty();
}

/// Who has been live for longest first, newcomers last, in the order of starting.
QStringList Decider::bySeniority() const
{
    QStringList ids = m_choice.withheld.keys() + m_sequence;
    const auto liveSince = [this](const QString &id) {
        const auto history = m_situation.histories.value(id);
        const VersionKey key = m_choice.withheld.contains(id) ? m_choice.withheld.value(id).key()
                                                              : m_choice.chosen.value(id);
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
        const VersionKey key = m_choice.withheld.contains(id) ? m_choice.withheld.value(id).key()
                                                              : m_choice.chosen.value(id);
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
    m_choice.rejected.insert(key,
                             {file.path, key.id, file.metadata.version.toString(), phase, fault.reason, fault.remedy});
}

Decision Decider::decision() const
{
    Decision decision;
    decision.needed = m_needed;
    for (const QString &id : m_sequence) {
        if (m_choice.chosen.contains(id))
            decision.plan.plugins.append(planned(id));
    }
    decision.plan.withheld = m_choice.withheld.values();
    for (const OfferedFile &offered : m_situation.offered) {
        if (offered.refusal)
            decision.plan.refusals.append(*offered.refusal);
    }
    decision.plan.refusals += m_choice.rejected.values();
    for (auto it = m_situation.offered.begin(); it != m_situation.offered.end(); ++it)
        decision.outcomes.insert(it.key(), outcomeOf(it.key(), m_situation, m_choice));
    return decision;
}

PlannedPlugin Decider::planned(const QString &id) const
{
    const AdmittedFile &file = admitted(m_choice.chosen.value(id));
    return {id,        file.metadata.version.toString(),  file.metadata.title, file.sha256,
            file.copy, m_situation.offered.value(id).file};
}

} // namespace

Decision decide(const Situation &situation) { return Decider(situation).decide(); }

} // namespace quoin::plugins
