// SPDX-License-Identifier: GPL-3.0-only
#include "queue/runpool.h"

#include <QtConcurrentRun>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace quoin::queue {

namespace {

/// Requests go before tasks. QThread::setPriority() does nothing under Linux' default policy SCHED_OTHER; the nice
/// value, which Linux keeps for each thread, does (setpriority(2), "C library/kernel differences"). Lowering it needs
/// no privilege.
void stepBack()
{
    thread_local const int done = setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), 10);
    Q_UNUSED(done)
}

} // namespace

RunPool::RunPool(int concurrency, std::function<void()> finished)
    : m_exit(std::make_shared<Exit>())
{
    m_exit->notify = std::move(finished);
    m_pool.setMaxThreadCount(concurrency);
    m_pool.setExpiryTimeout(-1);
}

RunPool::~RunPool()
{
    requestStop();
    for (const auto &run : std::as_const(m_held))
        run->giveBack();
    m_pool.waitForDone();
}

int RunPool::room() const
{
    constexpr double ahead = 50'000;
    constexpr int most = 64; // more would not make the commits rarer, only a crash dearer
    const double useful = concurrency() * ahead / std::max(m_typicalMicroseconds, 1.0);
    const int wanted = concurrency() + static_cast<int>(std::min<double>(useful, most));
    return std::max(0, wanted - static_cast<int>(m_held.size()));
}

void RunPool::start(const Claimed &claimed, const QString &name, const TaskKind &kind)
{
    const auto run = std::make_shared<Run>(claimed, name, kind, m_draining);
    m_held.insert(run->key(), run);
    // Its future is not used: continuations that are attached while it finishes are not safe in Qt 6.4, see
    // docs/decisions/0040.
    const QFuture<void> unused = QtConcurrent::run(&m_pool, [run, exit = m_exit] {
        stepBack();
        if (const auto outcome = run->execute())
            exit->add(run, *outcome);
    });
}

void RunPool::Exit::add(const std::shared_ptr<Run> &run, const Outcome &outcome)
{
    const std::lock_guard lock(mutex);
    finished.append({run, outcome});
    if (finished.size() == 1)
        notify();
}

QList<RunPool::Finished> RunPool::takeFinished()
{
    QList<Finished> finished;
    {
        const std::lock_guard lock(m_exit->mutex);
        finished.swap(m_exit->finished);
    }
    QList<Finished> ours;
    for (const Finished &one : std::as_const(finished)) {
        noteDuration(one.outcome);
        if (m_held.value(one.run->key()) == one.run) {
            m_held.remove(one.run->key());
            ours += one;
        }
    }
    return ours;
}

void RunPool::noteDuration(const Outcome &outcome)
{
    const auto duration = static_cast<double>(outcome.finished - outcome.started);
    m_typicalMicroseconds += (std::clamp(duration, 0.0, 1e9) - m_typicalMicroseconds) * 0.2;
}

template <class Condition>
QList<LeaseKey> RunPool::takeBack(Condition condition)
{
    QList<LeaseKey> taken;
    for (const auto &run : std::as_const(m_held)) {
        if (condition(*run) && run->giveBack())
            taken += run->key();
    }
    for (const LeaseKey &key : std::as_const(taken))
        m_held.remove(key);
    return taken;
}

QList<LeaseKey> RunPool::takeWaiting()
{
    return takeBack([](const Run &) { return true; });
}

QList<LeaseKey> RunPool::takeStuck()
{
    const QList<LeaseKey> taken = takeBack([](const Run &run) { return run.isStuck(std::chrono::seconds(1)); });
    if (!taken.isEmpty())
        m_typicalMicroseconds = unknownDuration;
    return taken;
}

QList<LeaseKey> RunPool::abandon()
{
    const QList<LeaseKey> all = m_held.keys();
    m_held.clear();
    return all;
}

QList<std::shared_ptr<Run>> RunPool::takeOverruns()
{
    QList<std::shared_ptr<Run>> overruns;
    for (const auto &run : std::as_const(m_held)) {
        if (run->noticeOverrun())
            overruns += run;
    }
    return overruns;
}

} // namespace quoin::queue
