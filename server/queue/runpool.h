// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/run.h"

#include <QHash>
#include <QThreadPool>

#include <functional>
#include <memory>
#include <mutex>

namespace quoin::queue {

/// The task threads and what is claimed for them. Used on one thread, the queue's; the runs themselves are on the
/// pool's.
class RunPool
{
public:
    /// finished is called on a task thread whenever takeFinished() has something after it had nothing; must be quick.
    RunPool(int concurrency, std::function<void()> finished);
    /// Asks what runs to stop, and waits for it.
    ~RunPool();

    int concurrency() const { return m_pool.maxThreadCount(); }
    /// How many more to claim. Short tasks are claimed ahead, about 50 ms of them, so that the threads need not wait
    /// for the database; long ones are left to whoever has a free thread, here or elsewhere.
    int room() const;

    void start(const Claimed &claimed, const QString &name, const TaskKind &kind);

    struct Finished
    {
        std::shared_ptr<Run> run; // shared with the thread that ran it, which may still be leaving
        Outcome outcome;
    };
    /// What has ended since the last call; it is held no more.
    QList<Finished> takeFinished();

    QList<LeaseKey> held() const { return m_held.keys(); }
    qsizetype heldCount() const { return m_held.size(); }
    std::shared_ptr<Run> find(const LeaseKey &key) const { return m_held.value(key); }

    /// Takes back what has not begun.
    QList<LeaseKey> takeWaiting();
    /// Takes back what has waited for a second, behind tasks that turned out to be long, and claims less from now on.
    QList<LeaseKey> takeStuck();
    /// Forgets everything, also what runs: its outcome will not be told.
    QList<LeaseKey> abandon();
    /// From now on every run, also a later one, is asked to stop.
    void requestStop() { m_draining = true; }

    /// Those that have begun to overrun since the last call.
    QList<std::shared_ptr<Run>> takeOverruns();

private:
    template <class Condition>
    QList<LeaseKey> takeBack(Condition condition);
    void noteDuration(const Outcome &outcome);

    static constexpr double unknownDuration = 1e6; // microseconds; long, so that nothing is claimed ahead

    std::atomic<bool> m_draining = false;
    QHash<LeaseKey, std::shared_ptr<Run>> m_held;
    double m_typicalMicroseconds = unknownDuration;

    // What task threads write.
    struct Exit
    {
        void add(const std::shared_ptr<Run> &run, const Outcome &outcome);

        std::mutex mutex;
        QList<Finished> finished;
        std::function<void()> notify;
    };
    const std::shared_ptr<Exit> m_exit; // shared with the tasks
    QThreadPool m_pool;                 // last: its threads use all of the above
};

} // namespace quoin::queue
