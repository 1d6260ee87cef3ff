// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayList>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>

/// What task threads did, in the order they did it.
class Journal
{
public:
    void note(const QByteArray &entry)
    {
        const std::lock_guard lock(m_mutex);
        m_entries += entry;
    }
    QByteArrayList entries() const
    {
        const std::lock_guard lock(m_mutex);
        return m_entries;
    }
    qsizetype count() const { return entries().size(); }
    void clear()
    {
        const std::lock_guard lock(m_mutex);
        m_entries.clear();
    }

private:
    mutable std::mutex m_mutex;
    QByteArrayList m_entries;
};

/// Holds task threads until it is opened, or for a minute at most, so that a test that failed does not hang.
class Gate
{
public:
    void open()
    {
        const std::lock_guard lock(m_mutex);
        m_isOpen = true;
        m_changed.notify_all();
    }
    void pass()
    {
        std::unique_lock lock(m_mutex);
        ++m_arrived;
        m_changed.wait_for(lock, std::chrono::seconds(60), [this] { return m_isOpen; });
    }
    int arrived() const { return m_arrived; }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::atomic<int> m_arrived = 0;
    bool m_isOpen = false;
};
