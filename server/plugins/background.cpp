// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/background.h"

namespace quoin::plugins {

Background::Background()
    : m_thread(&Background::work, this)
{
}

Background::~Background()
{
    {
        const std::lock_guard lock(m_mutex);
        m_isEnding = true;
    }
    m_added.notify_one();
    m_thread.join();
}

void Background::add(Call job)
{
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_added.notify_one();
}

void Background::work()
{
    std::unique_lock lock(m_mutex);
    while (true) {
        m_added.wait(lock, [this] { return m_isEnding || !m_jobs.empty(); });
        if (m_jobs.empty())
            return;
        const Call job = std::move(m_jobs.front());
        m_jobs.pop_front();
        lock.unlock();
        job();
        lock.lock();
    }
}

void Background::tell(Call outcome)
{
    {
        const std::lock_guard lock(m_mutex);
        m_outcomes.push_back(std::move(outcome));
    }
    QMetaObject::invokeMethod(this, &Background::deliver, Qt::QueuedConnection);
}

/// Once for each outcome.
void Background::deliver()
{
    std::unique_lock lock(m_mutex);
    const Call outcome = std::move(m_outcomes.front());
    m_outcomes.pop_front();
    lock.unlock();
    outcome();
}

} // namespace quoin::plugins
