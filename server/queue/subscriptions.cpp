// SPDX-License-Identifier: GPL-3.0-only
#include "queue/subscriptions.h"

#include "queue/outbox.h"

namespace quoin::queue {

Subscriptions::Subscriptions(Outbox *outbox)
    : m_outbox(outbox)
{
}

void Subscriptions::add(const QString &event, const QString &task)
{
    QStringList &tasks = m_tasks[event];
    if (!tasks.contains(task))
        tasks += task;
}

bool Subscriptions::publish(abi::Connection *connection, const QString &event, const QByteArray &arguments,
                            Error *error)
{
    return publishEach(connection, event, {arguments}, error);
}

bool Subscriptions::publishEach(abi::Connection *connection, const QString &event, const QByteArrayList &arguments,
                                Error *error)
{
    const QStringList tasks = m_tasks.value(event);
    for (const QString &task : tasks) {
        if (!m_outbox->storeEach(connection, task, arguments, error))
            return false;
    }
    return true;
}

} // namespace quoin::queue
