// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/databasequeue.h"
#include "queue/taskcatalogue.h"
#include "testclock.h"

#include <quoin/testhost.h>

#include <QObject>

namespace quoin::testhost {

/// Runs tasks when it is told to, by a queue that lives for as long as that takes, and tells what became of them. Lives
/// on the thread of the event loop.
class TaskDesk final : public QObject
{
    Q_OBJECT

public:
    /// The database is lent.
    TaskDesk(abi::Database &database, queue::TaskCatalogue catalogue, const TestClock &clock);

    QList<TestTask> run();
    QList<TestTask> all() const;
    QList<QByteArray> heard(const QString &event) const;

    /// A task was committed. Any thread.
    void wake();

    /// The name under which events are kept that the test listens to. No queue knows it, so that it is never run.
    static QString listenerOf(const QString &event) { return QStringLiteral("testhost.heard.") + event; }

private:
    void note(qint64 id, queue::TaskState state);
    bool isAnythingDue() const;
    QList<TestTask> select(const QString &condition, const QVariantList &values) const;
    void drain(queue::DatabaseQueue &queue);

    abi::Database &m_abiDatabase;
    const Database m_database;
    const queue::TaskCatalogue m_catalogue;
    TestClock m_clock;
    queue::DatabaseQueue *m_queue = nullptr; ///< During run().
    QList<TestTask> m_ended;
};

} // namespace quoin::testhost
