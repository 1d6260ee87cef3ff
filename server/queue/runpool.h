// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/taskthreads.h"

#include <QHash>

namespace quoin::queue {

/// What is to be run: a claimed task under the name it is known by here, with its kind and its own limits.
struct Assignment
{
    Claimed claimed;
    QString name;
    TaskKind kind;
    RunLimits limits = {};
};

/// The task threads and what is claimed for them. Used on one thread, the queue's; the runs themselves are on the
/// pool's.
class RunPool
{
public:
    using RunPointer = TaskThreads::RunPointer;
    using Finished = TaskThreads::Finished;

    /// finished is called on a task thread whenever takeFinished() has something after it had nothing, begun the same
    /// for takeBegun(); both must be quick. Without begun, nothing is kept for takeBegun().
    RunPool(int concurrency, std::function<void()> finished, std::function<void()> begun = {});
    /// Asks what runs to stop, and waits for it.
    ~RunPool();

    int concurrency() const { return m_threads.count(); }
    /// At least 1. What runs is not disturbed by less.
    void setConcurrency(int threads) { m_threads.setCount(threads); }
    /// How many more to claim. Short tasks are claimed ahead, about 50 ms of them, so that the threads need not wait
    /// for the database; long ones are left to whoever has a free thread, here or elsewhere.
    int room() const;

    /// What is started together can be run together (TaskKind::batch).
    void start(const QList<Assignment> &assignments);
    void start(const Assignment &assignment) { start(QList<Assignment>{assignment}); }

    /// What has ended since the last call; it is held no more.
    QList<Finished> takeFinished();
    /// What has begun since the last call; perhaps it has ended, too.
    QList<RunPointer> takeBegun() { return m_threads.takeBegun(); }

    QList<LeaseKey> held() const { return m_held.keys(); }
    QList<RunPointer> heldRuns() const { return m_held.values(); }
    qsizetype heldCount() const { return m_held.size(); }
    /// Null if it is not held.
    RunPointer find(const LeaseKey &key) const { return m_held.value(key); }

    /// Takes back this one, if it has not begun.
    bool takeBack(const LeaseKey &key);
    /// Takes back what has not begun.
    QList<LeaseKey> takeWaiting();
    /// Takes back what has waited for a second, behind tasks that turned out to be long, and claims less from now on.
    QList<LeaseKey> takeStuck();
    /// Forgets everything, also what runs: its outcome will not be told.
    QList<LeaseKey> abandon();
    /// From now on every run, also a later one, is asked to stop.
    void requestStop() { m_draining = true; }

    /// Those that have begun to overrun since the last call.
    QList<RunPointer> takeOverruns();
    /// Those that have begun to overrun their hard limit since the last call.
    QList<RunPointer> takeHardOverruns();

private:
    template <class Condition>
    QList<LeaseKey> takeBackIf(Condition condition);

    static constexpr double unknownCost = 1e6; // microseconds; long, so that nothing is claimed ahead

    std::atomic<bool> m_draining = false;
    QHash<LeaseKey, RunPointer> m_held;
    double m_typicalCost = unknownCost;
    int m_largestBatch = 1; ///< Of the kinds that were started.
    TaskThreads m_threads;  // last: what it runs uses m_draining
};

} // namespace quoin::queue
