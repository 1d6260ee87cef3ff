// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/attemptmeter.h"
#include "queue/exchange.h"
#include "queue/queue.h"
#include "queue/runpool.h"
#include "queue/strangers.h"
#include "queue/taskcatalogue.h"

#include <QTimer>

#include <memory>

namespace quoin::queue {

class Mailbox;

/// What may be set about a DatabaseQueue.
struct QueueOptions
{
    int concurrency = 2; ///< Tasks run at once; 0: none here, the queue does nothing.
    std::chrono::milliseconds lease = std::chrono::seconds(10);  ///< A killed worker's tasks are taken over after this.
    std::chrono::milliseconds renewal = std::chrono::seconds(3); ///< Less than a third of the lease.
    std::chrono::milliseconds poll = std::chrono::seconds(
        1); ///< How often to look for what nobody told: other processes' pushes.
    std::chrono::milliseconds grace = std::chrono::seconds(2); ///< How long a drain waits for an absent database.
    meters::Meters *meters = nullptr;                          ///< Where attempts are counted; lent, may be null.
    bool tellsDone = false;                                    ///< A line in the log for each task that is done.
    Clock clock = {}; ///< Empty: the database server's, or this machine's for SQLite. Leases and due times go by it.
    std::function<double()> random = {}; ///< In [0, 1), for the jitter of retries; empty: Qt's generator.
};

/// Claims tasks from the table `task` under leases, runs them on its own threads and settles them.
///
/// At least once, settled once: a task that is claimed is run, unless it is given back; a worker that is killed or
/// stalls loses its lease, another runs the task again, and only the holder of the lease can settle it. Attempts ended
/// by a crash count. While the database is away nothing is claimed, outcomes are kept, and everything goes on by itself
/// when it is back. Tasks it does not know it leaves to others, with a warning (see Strangers). Lives in one thread
/// with an event loop (the main one); all functions but wake() are called there.
class DatabaseQueue final : public Queue
{
    Q_OBJECT

public:
    /// database is lent and outlives this object.
    DatabaseQueue(abi::Database *database, TaskCatalogue catalogue, QueueOptions options = {},
                  QObject *parent = nullptr);
    /// Asks what runs to stop and waits for it. What is claimed is taken over by others when its lease ends: drain() is
    /// kinder.
    ~DatabaseQueue() override;

    /// Begins to claim. Takes over at once what a killed process has left, if its leases have run out.
    void start() override;
    std::function<void()> waker() const override;
    /// drained() comes at the latest `grace` after the deadline, when the database is away.
    void drain(std::chrono::milliseconds deadline) override;
    void setConcurrency(int threads) override;
    int concurrency() const override { return m_options.concurrency; }
    /// Of the leases.
    const QString &owner() const override { return m_owner; }
    QueueCounters counters() const override;

private:
    enum class Phase { Idle, Working, Draining, Drained };

    void advance();
    ExchangeOrder nextOrder();
    bool isWorth(const ExchangeOrder &order) const;
    void send(ExchangeOrder order);
    void receive(const ExchangeOrder &order, const Result<ExchangeAnswer> &answer);
    void failed(const ExchangeOrder &order, const Error &error);
    void noteSettled(const ExchangeOrder &order, const ExchangeAnswer &answer);
    void noteLost(const ExchangeOrder &order, const ExchangeAnswer &answer);
    void begin(const QList<Claimed> &claimed);
    void giveUp(const Claimed &task);
    void takeFinished();
    void giveBack(const QList<LeaseKey> &leases);
    void armDue(qint64 now, qint64 nextDue);
    void tick();
    void look();
    void seen(const Result<Outlook> &outlook);
    void finishDrain();
    void noteAway(const Error &error);
    void noteBack();

    const Database m_database;
    const TaskCatalogue m_catalogue;
    const QStringList m_names;
    QueueOptions m_options;
    const QString m_worker;
    const QString m_owner;
    const std::shared_ptr<Mailbox> m_mailbox; // shared with database jobs and task threads, which may end after this
    RunPool m_runs;
    Strangers m_strangers;
    AttemptMeter m_attempts;

    Phase m_phase = Phase::Idle;
    QList<Settlement> m_settlements; ///< Not yet told; bounded by what can be held.
    bool m_inFlight = false;         ///< An exchange is.
    bool m_looking = false;
    bool m_mayClaim = false; ///< Somebody said that there is something.
    bool m_mustRenew = false;
    bool m_mustReclaim = false;
    int m_failures = 0; ///< Of exchanges, in a row.
    QString m_away;     ///< Why the database could not be reached; null while it can.
    QueueCounters m_counters;

    QTimer m_tick;
    QTimer m_renewal;
    QTimer m_due;
    QTimer m_backoff;
    QTimer m_deadline;
};

} // namespace quoin::queue
