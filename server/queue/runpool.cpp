// SPDX-License-Identifier: GPL-3.0-only
#include "queue/runpool.h"

#include <algorithm>

namespace quoin::queue {

RunPool::RunPool(int concurrency, std::function<void()> finished, std::function<void()> begun)
    : m_threads(concurrency, {std::move(finished), std::move(begun)})
{
}

RunPool::~RunPool() { requestStop(); }

int RunPool::room() const
{
    constexpr double ahead = 50'000;
    // More would not make the commits rarer, only a crash dearer; a thread should find its next batch waiting, though.
    const int most = std::max(64, 2 * concurrency() * m_largestBatch);
    const double useful = concurrency() * ahead / std::max(m_typicalCost, 1.0);
    const int wanted = concurrency() + static_cast<int>(std::min<double>(useful, most));
    return std::max(0, wanted - static_cast<int>(m_held.size()));
}

void RunPool::start(const QList<Assignment> &assignments)
{
    QList<RunPointer> runs;
    runs.reserve(assignments.size());
    for (const auto &[claimed, name, kind, limits] : assignments) {
        const auto run = std::make_shared<Run>(claimed, name, kind, m_draining, limits);
        m_held.insert(run->key(), run);
        m_largestBatch = std::max(m_largestBatch, kind.largestBatch);
        runs += run;
    }
    m_threads.add(runs);
}

QList<RunPool::Finished> RunPool::takeFinished()
{
    const auto finished = m_threads.takeFinished();
    QList<Finished> ours;
    for (const Finished &one : finished) {
        m_typicalCost += (std::clamp(one.cost, 0.0, 1e9) - m_typicalCost) * 0.2;
        if (m_held.value(one.run->key()) == one.run) {
            m_held.remove(one.run->key());
            ours += one;
        }
    }
    return ours;
}

template <class Condition>
QList<LeaseKey> RunPool::takeBackIf(Condition condition)
{
    QList<LeaseKey> taken;
    for (const auto &run : std::as_const(m_held)) {
        if (condition(*run) && run->giveBack())
            taken += run->key();
    }
    for (const LeaseKey &key : std::as_const(taken))
        m_held.remove(key);
    if (!taken.isEmpty())
        m_threads.forgetGivenBack();
    return taken;
}

bool RunPool::takeBack(const LeaseKey &key)
{
    const RunPointer run = find(key);
    if (!run || !run->giveBack())
        return false;
    m_held.remove(key);
    m_threads.forgetGivenBack();
    return true;
}

QList<LeaseKey> RunPool::takeWaiting()
{
    return takeBackIf([](const Run &) { return true; });
}

QList<LeaseKey> RunPool::takeStuck()
{
    const QList<LeaseKey> taken = takeBackIf([](const Run &run) { return run.isStuck(std::chrono::seconds(1)); });
    if (!taken.isEmpty())
        m_typicalCost = unknownCost;
    return taken;
}

QList<LeaseKey> RunPool::abandon()
{
    const QList<LeaseKey> all = m_held.keys();
    takeWaiting();
    m_held.clear();
    return all;
}

QList<RunPool::RunPointer> RunPool::takeOverruns()
{
    QList<RunPointer> overruns = m_held.values();
    overruns.removeIf([](const RunPointer &run) { return !run->noticeOverrun(); });
    return overruns;
}

QList<RunPool::RunPointer> RunPool::takeHardOverruns()
{
    QList<RunPointer> overruns = m_held.values();
    overruns.removeIf([](const RunPointer &run) { return !run->noticeHardOverrun(); });
    return overruns;
}

} // namespace quoin::queue
