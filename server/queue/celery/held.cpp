// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/held.h"

namespace quoin::celery {

void Hands::add(const HeldPointer &held)
{
    held->serial = ++m_serial;
    m_bytes += held->claimed.raw.size();
    m_all.insert(held->serial, held);
}

void Hands::setLost(const HeldPointer &held)
{
    held->isLost = true;
    m_lost.insert(held->message.id, held);
}

void Hands::adopt(const HeldPointer &held, const ClaimedMessage &claimed)
{
    m_bytes += claimed.raw.size() - held->claimed.raw.size();
    held->claimed = claimed;
    held->isLost = false;
    m_lost.remove(held->message.id);
}

HeldPointer Hands::findId(const QString &id) const
{
    for (const HeldPointer &held : m_all) {
        if (held->message.id == id && !held->isLost)
            return held;
    }
    return {};
}

HeldPointer Hands::findAtWork(const QString &id) const
{
    for (const HeldPointer &held : m_all) {
        if (held->row != 0 && held->message.id == id)
            return held;
    }
    return {};
}

void Hands::remove(const HeldPointer &held)
{
    if (m_all.remove(held->serial) == 0)
        return;
    m_bytes -= held->claimed.raw.size();
    if (m_runs.value(held->key()) == held)
        m_runs.remove(held->key());
    if (held->isLost && m_lost.value(held->message.id) == held)
        m_lost.remove(held->message.id);
}

void Hands::clear()
{
    m_bytes = 0;
    m_all.clear();
    m_runs.clear();
    m_lost.clear();
}

} // namespace quoin::celery
