// SPDX-License-Identifier: GPL-3.0-only
#include "hostreporter.h"

#include "supervisor/retirement.h"

#include <QDateTime>

namespace quoin::server {

HostReporter::HostReporter(supervisor::HostMemory &memory, Rows rows)
    : m_memory(memory)
    , m_rows(std::move(rows))
    , m_sampler(memory)
    , m_processorTime(memory)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.callOnTimeout(this, &HostReporter::sample);
    startTimer();
}

void HostReporter::enlist(int slot) { supervisor::enlist(m_memory, slot); }

void HostReporter::collect(int slot)
{
    m_sampler.collect(slot);
    supervisor::retire(m_memory, slot);
}

void HostReporter::update() { supervisor::setRows(m_memory.board(), m_rows()); }

/// Just after the next full second.
void HostReporter::startTimer()
{
    m_timer.start(static_cast<int>(1000 - QDateTime::currentMSecsSinceEpoch() % 1000) + 2);
}

void HostReporter::sample()
{
    const auto rows = m_rows();
    supervisor::setRows(m_memory.board(), rows);
    m_processorTime.sample(rows);
    QList<int> slots;
    for (const supervisor::WorkerRow &row : rows)
        slots.append(row.slot);
    m_sampler.sample(slots, QDateTime::currentSecsSinceEpoch());
    startTimer();
}

} // namespace quoin::server
