// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QMetaObject>
#include <QObject>

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace quoin::queue {

/// How other threads call an object that may be gone by then. Shared by those who call; the object closes it when it
/// ends. The calls wait in a list of its own rather than in Qt's event queue: many make one event, and ThreadSanitizer,
/// which does not see the locks within a stock Qt, can follow what they carry.
class Mailbox : public std::enable_shared_from_this<Mailbox>
{
public:
    explicit Mailbox(QObject *receiver)
        : m_receiver(receiver)
    {
    }

    /// Has call run in the receiver's thread, later; drops it if the receiver has gone. Any thread.
    void post(std::function<void()> call)
    {
        const std::lock_guard lock(m_mutex);
        if (!m_receiver)
            return;
        m_calls.push_back(std::move(call));
        if (m_calls.size() == 1)
            notify();
    }

    /// By the receiver, in its destructor.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_receiver = nullptr;
        m_calls.clear();
    }

private:
    void notify()
    {
        QMetaObject::invokeMethod(
            m_receiver, [self = shared_from_this()] { self->deliver(); }, Qt::QueuedConnection);
    }

    void deliver()
    {
        std::vector<std::function<void()>> calls;
        {
            const std::lock_guard lock(m_mutex);
            calls.swap(m_calls);
        }
        for (const auto &call : calls) {
            if (m_receiver) // a call before may have ended it, in this very thread
                call();
        }
    }

    std::mutex m_mutex;
    QObject *m_receiver; ///< Written in its own thread only.
    std::vector<std::function<void()>> m_calls;
};

} // namespace quoin::queue
