// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "meters/meters.h"
#include "plugins/pluginhost.h"
#include "queue/outbox.h"
#include "queue/pruner.h"
#include "queue/pushwatch.h"
#include "queue/queue.h"
#include "queue/subscriptions.h"
#include "settings/settings.h"

#include <QObject>
#include <QTimer>

#include <atomic>
#include <memory>

namespace quoin::celery {
class Relay;
}

namespace quoin::server {

/// Which process of a fleet this is, for what tells them apart.
struct TaskRole
{
    bool runsTasks = true;
    bool serves = true;               ///< Requests as well.
    int index = 0;                    ///< Of the process in its fleet.
    meters::Meters *meters = nullptr; ///< Where attempts are counted; lent, may be null.
};

/// The way of a task within one process: what plugins push goes through the outbox into the table, and from there to
/// the queue that the settings name, the database's or Celery's on Redis. Lives on the main thread.
class TaskService final : public QObject
{
    Q_OBJECT

public:
    /// database is lent and outlives this, or is closed before. described: every plugin that was described, for one
    /// that does not start may still be sent tasks: they wait for a process in which it does. They outlive this.
    TaskService(const Settings &settings, const TaskRole &role, abi::Database &database,
                const QList<const plugins::HostedPlugin *> &described, QObject *parent = nullptr);
    ~TaskService() override;

    // What plugins are given. Any thread.
    abi::Database *database() { return m_watchedDatabase.get(); } ///< Everybody writes through it, but the queue.
    abi::Tasks *tasks() { return m_outbox.get(); }
    abi::Events *events() { return m_subscriptions.get(); }

    /// Begins to run the tasks of these. Once.
    Result<> start(const QList<const plugins::HostedPlugin *> &live);
    /// There may be tasks that another process has pushed.
    void wake();
    /// Of this process.
    queue::QueueCounters counters() const { return m_queue ? m_queue->counters() : queue::QueueCounters(); }

    /// What runs ends within the deadline or is given back; drained() follows. Called again, it can shorten the time.
    void drain(std::chrono::milliseconds deadline);
    /// Before the database is closed: nothing is woken any more.
    void stop() { m_wakeable = nullptr; }

Q_SIGNALS:
    /// Tasks were pushed that other processes are to run; once for many.
    void pushed();
    void drained();
    /// A task holds a thread for ever: this process should be replaced.
    void replaceWanted(const QString &why);
    /// Remote control asked for the end of this worker. It drains already.
    void endWanted(const QString &why);

private:
    Result<std::unique_ptr<queue::Queue>> makeDatabaseQueue(const queue::TaskCatalogue &catalogue);
    Result<std::unique_ptr<queue::Queue>> makeCeleryQueue(const queue::TaskCatalogue &catalogue);
    Result<> startRelay();
    void onQueueDrained();
    void finishDrain();
    void onPush();
    void giveMemoryBack();
    bool usesCelery() const;

    const Settings m_settings;
    const TaskRole m_role;
    abi::Database &m_database;
    const queue::TaskCatalogue m_known;
    std::unique_ptr<queue::Outbox> m_outbox;
    std::unique_ptr<queue::Subscriptions> m_subscriptions;
    std::unique_ptr<queue::PushWatch> m_watchedDatabase;
    std::unique_ptr<queue::Queue> m_queue;
    std::unique_ptr<celery::Relay> m_relay; ///< With Celery's queue.
    std::unique_ptr<queue::Pruner> m_pruner;
    std::function<void()> m_wakeUp; ///< Of what takes pushed tasks on: the queue, or the relay.
    std::atomic<const std::function<void()> *> m_wakeable = nullptr;
    std::atomic<bool> m_hasPushed = false; ///< And pushed() is on its way.
    QTimer m_calm;                         ///< Looks whether a rush is over.
    qint64 m_attemptsBefore = 0;
    bool m_isDraining = false;
    bool m_isQueueDrained = false;
    bool m_isFinishing = false;
};

} // namespace quoin::server
