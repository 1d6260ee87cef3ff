// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/sqldatabase.h"
#include "queue/databasequeue.h"
#include "queue/outbox.h"
#include "queue/pushwatch.h"
#include "queue/subscriptions.h"
#include "queue/taskadmin.h"
#include "queuemaker.h"

#include <quoin/detail/handlers.h>
#include <quoin/tasks.h>

#include <QSignalSpy>
#include <QTest>

#include <memory>
#include <vector>

/// A real database with the table task, opened from one URL of TestGround by as many benches as a test wants.
std::unique_ptr<quoin::database::SqlDatabase> openDatabase(const QString &url);

/// The tasks of a test: any callable Result<>(const TaskRun &, ...).
class TaskSet
{
public:
    template <class F>
    TaskSet &add(const QString &name, F function, const quoin::TaskOptions &options = {})
    {
        m_handlers.push_back(std::make_shared<quoin::detail::TaskFunction<F>>(std::move(function)));
        m_catalogue.add(name,
                        {m_handlers.back().get(), options.attempts, options.firstDelay, options.timeLimit, nullptr, 1,
                         options.parameters});
        return *this;
    }
    /// Of a batch: any callable QList<Result<>>(const QList<TaskRun> &).
    template <class F>
    TaskSet &addBatch(const QString &name, F function, const quoin::TaskOptions &options = {})
    {
        m_batches.push_back(std::make_shared<quoin::detail::BatchTaskFunction<F>>(std::move(function)));
        m_catalogue.add(name,
                        {nullptr, options.attempts, options.firstDelay, options.timeLimit, m_batches.back().get(),
                         options.largestBatch, options.parameters});
        return *this;
    }
    TaskSet &alias(const QString &alias, const QString &name) { return m_catalogue.addAlias(alias, name), *this; }

    const quoin::queue::TaskCatalogue &catalogue() const { return m_catalogue; }

private:
    std::vector<std::shared_ptr<quoin::abi::TaskHandler>> m_handlers;     // shared by the copies in each bench
    std::vector<std::shared_ptr<quoin::abi::BatchTaskHandler>> m_batches; // shared, as above
    quoin::queue::TaskCatalogue m_catalogue;
};

/// One process' worth of queue: database, outbox, subscriptions and the queue, wired as the host wires them.
class QueueBench
{
public:
    QueueBench(const QString &url, const TaskSet &taskSet, quoin::queue::QueueOptions options = {});

    /// Pushes in a transaction of its own; the id.
    qint64 push(const QString &task, const QByteArray &arguments = "[]", const quoin::PushOptions &options = {});
    /// The single value of a query, as text; null for NULL and for no row.
    QByteArray value(const QString &sql, const QVariantList &values = {});
    /// "state attempt" of a task.
    QByteArray state(qint64 id);
    void execute(const QString &sql, const QVariantList &values = {});

    template <class F>
    auto write(F job)
    {
        return quoin::Database(&watch).write(std::move(job)).result();
    }

    const TaskSet tasks;
    std::unique_ptr<quoin::database::SqlDatabase> database;
    const MadeQueue made;
    quoin::queue::Queue &queue;
    quoin::queue::PushWatch watch;
    quoin::queue::Outbox outbox;
    quoin::queue::Subscriptions subscriptions;
    quoin::queue::TaskAdmin admin;
};

/// A clock that stands still until it is set forward.
class ManualClock
{
public:
    quoin::queue::Clock clock() const
    {
        return [now = m_now] { return now->load(); };
    }
    void advance(std::chrono::microseconds by) { *m_now += by.count(); }
    qint64 now() const { return *m_now; }

private:
    std::shared_ptr<std::atomic<qint64>> m_now = std::make_shared<std::atomic<qint64>>(1'700'000'000'000'000);
};
