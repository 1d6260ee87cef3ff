// SPDX-License-Identifier: GPL-3.0-only
#include "hostreporter.h"

#include <QDateTime>

namespace quoin::server {

HostReporter::HostReporter(supervisor::HostMemory &memory, Rows rows)
    : m_memory(memory)
    , m_rows(std::move(rows))
    , m_sampler(memory)
{
    m_timer.setSingleShot(true);
    m_timer.setTimerType(Qt::PreciseTimer);
    m_timer.callOnTimeout(this, &HostReporter::sample);
    startTimer();
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
    QList<int> slots;
    for (const supervisor::WorkerRow &row : rows)
        slots.append(row.slot);
    m_sampler.sample(slots, QDateTime::currentSecsSinceEpoch());
    startTimer();
}

} // namespace quoin::server
