// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/taskstate.h"

#include <QObject>

#include <chrono>
#include <functional>

namespace quoin::queue {

/// Counted since the start, by this process.
struct QueueCounters
{
    qint64 done = 0;
    qint64 failed = 0; ///< Attempts.
    qint64 dead = 0;
    qint64 lost = 0; ///< Outcomes that did not count, because the task was no longer ours.
    int held = 0;    ///< Now: running, or claimed and about to.
};

/// Takes tasks from wherever they wait, runs them on task threads of its own, and settles them in the table `task`.
///
/// The contract, whatever the tasks wait in (a test runs against each): at least once, settled once. A task that is
/// claimed is run, unless it is given back; a worker that is killed or stalls loses what it held, another runs it
/// again, and only who holds a task can settle it. What cannot be reached is waited for, with one line in the log, and
/// everything goes on by itself. Lives in one thread with an event loop (the main one); all functions but wake() are
/// called there.
class Queue : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;
    // What is claimed is taken over by others in time: drain() is kinder.
    ~Queue() override = default;

    /// Begins to claim. Once.
    virtual void start() = 0;

    /// A function that says that there may be something to claim; cheap, any thread, also after the queue has gone.
    virtual std::function<void()> waker() const = 0;
    void wake() { waker()(); }

    /// Stops claiming and asks what runs to stop. What ends within the deadline is settled (failed because of the stop:
    /// given back, uncounted), the rest is given back. Called again, it can only shorten the time. drained() follows,
    /// also when nothing answers: soon after the deadline then.
    virtual void drain(std::chrono::milliseconds deadline) = 0;

    /// Tasks run at once, at least one; of a queue that runs nothing here, nothing. What runs is not disturbed by less.
    virtual void setConcurrency(int threads) = 0;
    virtual int concurrency() const = 0;

    /// Whom the tasks that are held here belong to, unique for each object: host:pid:random.
    virtual const QString &owner() const = 0;
    virtual QueueCounters counters() const = 0;

Q_SIGNALS:
    /// Committed: the attempt is over and the task is in this state (done, dead, cancelled, scheduled for a retry, or
    /// ready: given back).
    void taskSettled(qint64 id, quoin::queue::TaskState state);
    /// Nothing is held any more. A task that ignores its stop request may still be running: its outcome will not count.
    void drained();
};

} // namespace quoin::queue
