// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

#include <QHash>
#include <QStringList>

namespace quoin::queue {

class Outbox;

/// Turns an event into one task for each subscription, in the event's transaction. Filled at start by add(); then any
/// thread. A subscription may name a task that this process does not know (its plugin was refused): the task is stored
/// all the same and waits, because the event will not come again.
class Subscriptions final : public abi::Events
{
public:
    /// outbox is lent and outlives this.
    explicit Subscriptions(Outbox *outbox);

    /// Subscribing twice is subscribing once.
    void add(const QString &event, const QString &task);

    bool publish(abi::Connection *connection, const QString &event, const QByteArray &arguments, Error *error) override;
    bool publishEach(abi::Connection *connection, const QString &event, const QByteArrayList &arguments,
                     Error *error) override;

private:
    Outbox *m_outbox;
    QHash<QString, QStringList> m_tasks;
};

} // namespace quoin::queue
