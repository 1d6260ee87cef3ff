// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/held.h"

namespace quoin::celery {

void Hands::add(const HeldPointer &held)
{
    held->serial = ++m_serial;
    m_bytes += held->claimed.raw.size();
    m_all.insert(held->serial, held);
}

HeldPointer Hands::findLost(const QString &id) const
{
    for (const HeldPointer &held : m_all) {
        if (held->isLost && held->message.id == id)
            return held;
    }
    return {};
}

HeldPointer Hands::findId(const QString &id) const
{
    for (const HeldPointer &held : m_all) {
        if (held->message.id == id && !held->isLost)
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
}

void Hands::clear()
{
    m_bytes = 0;
    m_all.clear();
    m_runs.clear();
}

} // namespace quoin::celery
