// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/run.h"

#include <QList>
#include <QThreadPool>

#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace quoin::queue {

/// The threads that runs are run on, and the line of those that wait for one. A thread that becomes free takes the
/// first of the line; if its kind is a batch, also those of the same kind behind it, as many as its fair share while
/// other threads are free, too; with each further attempt fewer. All functions may be called from any thread.
class TaskThreads
{
public:
    using RunPointer
        = std::shared_ptr<Run>; // shared: with the thread that runs it, which may outlast the queue's interest

    struct Finished
    {
        RunPointer run;
        Outcome outcome;
        double cost = 0; ///< Microseconds of a thread: of a batch its share.
    };

    /// Called on a task thread when takeFinished() or takeBegun() has something after it had nothing; must be quick.
    struct Notices
    {
        std::function<void()> finished;
        std::function<void()> begun; ///< May be empty: then nothing is kept for takeBegun().
    };

    TaskThreads(int count, Notices notices);
    /// Waits for what runs. What waits in line is not run any more.
    ~TaskThreads();
    Q_DISABLE_COPY_MOVE(TaskThreads)

    int count() const;
    void setCount(int count);

    /// They go to the end of the line all at once, so that they can be taken as batches.
    void add(const QList<RunPointer> &runs);
    /// Takes those out of the line that were given back.
    void forgetGivenBack();

    QList<Finished> takeFinished();
    QList<RunPointer> takeBegun();

private:
    void startThreads();
    void serve();
    QList<RunPointer> nextBatch();
    void takeSameKind(QList<RunPointer> &batch);
    void run(const QList<RunPointer> &batch);
    void note(QList<Finished> finished);

    const Notices m_notices;
    mutable std::mutex m_mutex; ///< Of all below but the pool.
    std::deque<RunPointer> m_line;
    QList<Finished> m_finished;
    QList<RunPointer> m_begun;
    int m_count;
    int m_serving = 0;  ///< Threads at work, or about to look at the line.
    int m_busy = 0;     ///< Threads that run something.
    QThreadPool m_pool; // last: its threads use all of the above
};

} // namespace quoin::queue
