// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/sampler.h"

#include <limits>

namespace quoin::supervisor {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
/// Of one worker between two looks; more than any can, so that the sum of all stays a number.
constexpr quint64 mostAtOnce = 1'000'000'000;

quint64 grown(quint64 now, quint64 before) { return now > before ? std::min(now - before, mostAtOnce) : 0; }

quint32 capped(quint64 number)
{
    return static_cast<quint32>(std::min<quint64>(number, std::numeric_limits<quint32>::max()));
}

/// The share of one of several seconds; the last one has what is left over.
quint64 share(quint64 total, qint64 count, bool isLast)
{
    const auto seconds = static_cast<quint64>(count);
    return total / seconds + (isLast ? total % seconds : 0);
}

} // namespace

Sampler::Counted Sampler::read(const WorkerSlot &slot)
{
    Counted counted;
    for (const auto &answers : slot.answered)
        counted.requests += answers.load(relaxed);
    counted.errors = slot.answered[5].load(relaxed);
    counted.tasksDone = slot.tasksDone.load(relaxed);
    counted.tasksFailed = slot.tasksFailed.load(relaxed);
    for (std::size_t i = 0; i < counted.latencies.size(); ++i)
        counted.latencies[i] = slot.latencies.buckets[i].load(relaxed);
    return counted;
}

void Sampler::take(int slot)
{
    const Counted now = read(m_memory.slot(slot));
    Counted &before = m_before[slot];
    m_since.requests += grown(now.requests, before.requests);
    m_since.errors += grown(now.errors, before.errors);
    m_since.tasksDone += grown(now.tasksDone, before.tasksDone);
    m_since.tasksFailed += grown(now.tasksFailed, before.tasksFailed);
    for (std::size_t i = 0; i < now.latencies.size(); ++i)
        m_since.latencies[i] += grown(now.latencies[i], before.latencies[i]);
    before = now;
}

void Sampler::collect(int slot)
{
    take(slot);
    m_before.erase(slot);
}

void Sampler::sample(const QList<int> &slots, qint64 second)
{
    if (second == m_lastSecond)
        return; // the caller's timer came a little early
    SecondFigures now;
    now.second = second;
    for (const int index : slots) {
        take(index);
        const WorkerSlot &slot = m_memory.slot(index);
        now.connections = capped(quint64(now.connections) + slot.connections.load(relaxed));
        now.tasksRunning = capped(quint64(now.tasksRunning) + slot.runningTasks.load(relaxed));
    }
    if (m_lastSecond == 0)
        m_lastSecond = second - 1;
    const qint64 count = std::clamp<qint64>(second - m_lastSecond, 1, HostBoard::mostSeconds);
    m_lastSecond = second;
    HostBoard &board = m_memory.board();
    board.requests.store(board.requests.load(relaxed) + m_since.requests, relaxed);
    board.errors.store(board.errors.load(relaxed) + m_since.errors, relaxed);
    appendSeconds(m_since, now, count);
    m_since = {};
}

void Sampler::appendSeconds(const Counted &counted, SecondFigures now, qint64 count)
{
    now.p50 = percentile(counted.latencies, 0.50);
    now.p95 = percentile(counted.latencies, 0.95);
    now.p99 = percentile(counted.latencies, 0.99);
    const qint64 end = now.second;
    for (qint64 i = 1; i <= count; ++i) {
        const bool isLast = i == count;
        now.second = end - count + i;
        now.requests = capped(share(counted.requests, count, isLast));
        now.errors = capped(share(counted.errors, count, isLast));
        now.tasksDone = capped(share(counted.tasksDone, count, isLast));
        now.tasksFailed = capped(share(counted.tasksFailed, count, isLast));
        append(m_memory.board(), now);
    }
}

} // namespace quoin::supervisor
