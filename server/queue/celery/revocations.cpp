// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/revocations.h"

namespace quoin::celery {

QHash<QString, qint64> Revocations::add(const QHash<QString, qint64> &ids)
{
    QHash<QString, qint64> added;
    for (auto id = ids.cbegin(); id != ids.cend(); ++id) {
        const auto known = m_times.constFind(id.key());
        if (known != m_times.cend()) {
            if (*known >= id.value())
                continue;
            m_byTime.remove(*known, id.key());
        }
        m_times.insert(id.key(), id.value());
        m_byTime.insert(id.value(), id.key());
        added.insert(id.key(), id.value());
    }
    while (m_times.size() > most)
        removeOldest();
    return added;
}

void Revocations::forgetOld(qint64 now)
{
    while (!m_byTime.isEmpty() && m_byTime.firstKey() < now - remembered)
        removeOldest();
}

void Revocations::removeOldest()
{
    m_times.remove(m_byTime.first());
    m_byTime.erase(m_byTime.begin());
}

} // namespace quoin::celery
