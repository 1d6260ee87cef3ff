// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/crumb.h"

#include "supervisor/threadplace.h"

namespace quoin::supervisor {

// Only this thread writes, so that reading needs no care.
Crumb::Trace Crumb::read(const ThreadCrumb &crumb)
{
    constexpr auto relaxed = std::memory_order_relaxed;
    return {crumb.module.load(relaxed), crumb.kind.load(relaxed), crumb.since.load(relaxed),
            crumb.deadline.load(relaxed), crumb.number.load(relaxed)};
}

// A sequence lock with one writer. Whoever sees a new value (acquire) also sees the first change of the sequence, since
// each value is stored after it (release); and whoever sees the second change sees all values.
void Crumb::write(ThreadCrumb &crumb, const Trace &trace)
{
    constexpr auto release = std::memory_order_release;
    const quint32 sequence = crumb.sequence.load(std::memory_order_relaxed);
    crumb.sequence.store(sequence + 1, std::memory_order_relaxed);
    crumb.kind.store(trace.kind, release);
    crumb.since.store(trace.since, release);
    crumb.deadline.store(trace.deadline, release);
    crumb.number.store(trace.number, release);
    crumb.module.store(trace.module, release);
    crumb.sequence.store(sequence + 2, release);
}

Crumb::Crumb(int module, CrumbKind kind, std::chrono::milliseconds limit, quint64 number)
{
    if (module < 0)
        return;
    m_crumb = crumbOfThisThread();
    if (!m_crumb)
        return;
    m_outer = read(*m_crumb);
    const qint64 now = coarseMonotonicMilliseconds();
    write(*m_crumb, {module + 1, qint32(kind), now, limit.count() > 0 ? now + limit.count() : 0, number});
}

Crumb::~Crumb()
{
    if (!m_crumb)
        return;
    if (m_outer.module != 0)
        write(*m_crumb, m_outer);
    else
        m_crumb->module.store(0, std::memory_order_release); // what is not live is not read
}

} // namespace quoin::supervisor
