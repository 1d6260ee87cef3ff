// SPDX-License-Identifier: GPL-3.0-only
#include "database/jobqueue.h"

#include <algorithm>

namespace quoin::database {

JobQueue::JobQueue(std::size_t limit, meters::Histogram<meters::requestBounds> &waits, meters::Counter &waiting)
    : m_limit(limit)
    , m_waits(waits)
    , m_waiting(waiting)
{
}

bool JobQueue::push(std::unique_ptr<abi::Job> &job)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_closed || m_jobs.size() >= m_limit)
            return false;
        m_jobs.push_back({std::move(job), Clock::now()});
        m_waiting.store(m_jobs.size(), std::memory_order_relaxed);
    }
    m_changed.notify_one();
    return true;
}

JobList JobQueue::take(std::size_t most, std::size_t sharers)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this, wakes = m_wakes] { return m_closed || !m_jobs.empty() || m_wakes != wakes; });
    return takeLocked(std::min(most, (m_jobs.size() + sharers - 1) / sharers));
}

JobList JobQueue::takeAll(std::chrono::milliseconds patience)
{
    std::unique_lock lock(m_mutex);
    m_changed.wait_for(lock, patience,
                       [this, wakes = m_wakes] { return m_closed || !m_jobs.empty() || m_wakes != wakes; });
    return takeLocked(m_jobs.size());
}

void JobQueue::waitWithoutTaking(std::chrono::milliseconds patience)
{
    std::unique_lock lock(m_mutex);
    m_stirred.wait_for(lock, patience, [this, wakes = m_wakes] { return m_closed || m_wakes != wakes; });
}

void JobQueue::wake()
{
    {
        const std::lock_guard lock(m_mutex);
        ++m_wakes;
    }
    m_changed.notify_all();
    m_stirred.notify_all();
}

void JobQueue::close()
{
    {
        const std::lock_guard lock(m_mutex);
        m_closed = true;
    }
    m_changed.notify_all();
    m_stirred.notify_all();
}

bool JobQueue::isClosed() const
{
    const std::lock_guard lock(m_mutex);
    return m_closed;
}

std::size_t JobQueue::size() const
{
    const std::lock_guard lock(m_mutex);
    return m_jobs.size();
}

JobList JobQueue::takeLocked(std::size_t most)
{
    const auto count = std::min(most, m_jobs.size());
    const auto end = m_jobs.begin() + static_cast<std::ptrdiff_t>(count);
    const auto now = Clock::now();
    JobList taken;
    taken.reserve(count);
    for (auto waiting = m_jobs.begin(); waiting != end; ++waiting) {
        const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(now - waiting->since);
        m_waits.addAlone(static_cast<quint64>(waited.count()));
        taken.push_back(std::move(waiting->job));
    }
    m_jobs.erase(m_jobs.begin(), end);
    m_waiting.store(m_jobs.size(), std::memory_order_relaxed);
    return taken;
}

} // namespace quoin::database
