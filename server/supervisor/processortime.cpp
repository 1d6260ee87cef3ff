// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/processortime.h"

#include <ctime>
#include <unistd.h>

#include <utility>

namespace quoin::supervisor {

quint64 processorMicroseconds(qint64 pid)
{
    clockid_t clock = 0;
    timespec time{};
    if (::clock_getcpuclockid(static_cast<pid_t>(pid), &clock) != 0 || ::clock_gettime(clock, &time) != 0)
        return 0;
    return static_cast<quint64>(time.tv_sec) * 1'000'000 + static_cast<quint64>(time.tv_nsec) / 1000;
}

void ProcessorTime::add(int kind, qint64 pid)
{
    quint64 &seen = m_seen[pid];
    const quint64 now = processorMicroseconds(pid);
    if (now > seen) // else it is gone
        meters::addAlone(m_memory.board().processorMicroseconds[kind], now - std::exchange(seen, now));
}

void ProcessorTime::sample(const QList<WorkerRow> &rows)
{
    const qint64 self = ::getpid();
    add(0, self);
    for (const WorkerRow &row : rows) {
        if (row.pid != self) // with --single, the worker is this process
            add(row.role == Role::Web ? 1 : 2, row.pid);
    }
    std::erase_if(m_seen, [&](const auto &entry) {
        return entry.first != self
            && std::none_of(rows.begin(), rows.end(), [&](const WorkerRow &row) { return row.pid == entry.first; });
    });
}

} // namespace quoin::supervisor
