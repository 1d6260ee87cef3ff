// SPDX-License-Identifier: GPL-3.0-only
#include "database/outage.h"

#include "database/databaselog.h"

using namespace Qt::StringLiterals;

namespace quoin::database {

Outage::Outage(QString where, meters::DatabaseMeter &meter)
    : m_where(std::move(where))
    , m_meter(meter)
{
}

void Outage::lost(const QString &reason, qint64 heals)
{
    const std::lock_guard lock(m_mutex);
    if (m_away || m_heals != heals)
        return;
    m_away.store(true, std::memory_order_release);
    ++m_count;
    m_meter.away = 1;
    meters::addAlone(m_meter.outages);
    qCWarning(databaseLog).noquote().nospace() << "database away url=" << m_where << " error=\"" << reason << '"';
}

bool Outage::healed()
{
    if (!isAway())
        return false;
    const std::lock_guard lock(m_mutex);
    if (!m_away)
        return false;
    m_away.store(false, std::memory_order_release);
    m_meter.away = 0;
    m_heals.fetch_add(1, std::memory_order_release);
    qCInfo(databaseLog).noquote().nospace() << "database back url=" << m_where;
    return true;
}

Error Outage::error()
{
    return Error::unavailable(
        u"the database cannot be reached at the moment; nothing was stored; try again in a few seconds"_s);
}

} // namespace quoin::database
