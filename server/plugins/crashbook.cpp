// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/crashbook.h"

#include <iterator>

namespace quoin::plugins {

namespace {

bool isWithin(const QDateTime &then, const QDateTime &now, std::chrono::seconds span)
{
    return then.msecsTo(now) < std::chrono::milliseconds(span).count();
}

} // namespace

bool CrashBook::isOnProbation(const VersionKey &key, const QList<LiveVersion> &history, const QDateTime &now) const
{
    return history.size() > 1 && history.first().sha256 == key.sha256
        && isWithin(history.first().since, now, m_limits.probation);
}

CrashBook::Verdict CrashBook::crashed(const VersionKey &key, const QList<LiveVersion> &history, bool canRollBack,
                                      const QDateTime &now)
{
    QList<QDateTime> &crashes = m_crashes[key];
    crashes.removeIf([&](const QDateTime &then) { return !isWithin(then, now, m_limits.window); });
    crashes.append(now);
    if (canRollBack && isOnProbation(key, history, now))
        return Verdict::RollBack;
    return crashes.size() >= m_limits.crashes ? Verdict::Quarantine : Verdict::Counted;
}

void CrashBook::forget(const QString &id)
{
    for (auto it = m_crashes.begin(); it != m_crashes.end();)
        it = it.key().id == id ? m_crashes.erase(it) : std::next(it);
}

} // namespace quoin::plugins
