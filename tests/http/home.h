// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QCoreApplication>
#include <QEvent>
#include <QObject>

#include <condition_variable>
#include <functional>
#include <mutex>

/// Runs functions on the thread it lives on, which has an event loop, while the caller waits. They are handed over
/// under a mutex of its own: ThreadSanitizer does not see the locks within a stock Qt's event queue.
class Home final : public QObject
{
public:
    /// From one other thread.
    void run(const std::function<void()> &function)
    {
        std::unique_lock lock(m_mutex);
        m_function = &function;
        QCoreApplication::postEvent(this, new QEvent(QEvent::User));
        m_done.wait(lock, [this] { return !m_function; });
    }

protected:
    void customEvent(QEvent *) override
    {
        const std::lock_guard lock(m_mutex); // the caller waits in any case
        (*m_function)();
        m_function = nullptr;
        m_done.notify_one();
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_done;
    const std::function<void()> *m_function = nullptr; ///< Guarded by m_mutex.
};
