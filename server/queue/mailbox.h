// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QMetaObject>
#include <QObject>

#include <functional>
#include <mutex>

namespace quoin::queue {

/// How other threads call an object that may be gone by then. Shared by those who call; the object closes it when it ends.
class Mailbox
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
        if (m_receiver)
            QMetaObject::invokeMethod(m_receiver, std::move(call), Qt::QueuedConnection);
    }

    /// By the receiver, in its destructor.
    void close()
    {
        const std::lock_guard lock(m_mutex);
        m_receiver = nullptr;
    }

private:
    std::mutex m_mutex;
    QObject *m_receiver;
};

} // namespace quoin::queue
