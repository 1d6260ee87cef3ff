// SPDX-License-Identifier: GPL-3.0-only
#include "queue/taskthreads.h"

#include "queue/batch.h"
#include "trace/current.h"

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

constexpr qsizetype mostBytes = 16 * 1024 * 1024; ///< Of arguments in one batch, so that memory stays bounded.

/// How many runs this one may be among. With each attempt it is fewer, so that a task that brings the process down, and
/// costs all beside it an attempt, is soon alone.
qsizetype companyOf(const Run &run)
{
    const int halvings = std::min(2 * (run.attempt() - 1), 30);
    return std::max(run.kind().largestBatch >> halvings, 1);
}

} // namespace

TaskThreads::TaskThreads(int count, Notices notices)
    : m_notices(std::move(notices))
    , m_count(std::max(count, 1))
{
    m_pool.setMaxThreadCount(m_count);
    m_pool.setExpiryTimeout(-1);
}

TaskThreads::~TaskThreads()
{
    {
        const std::lock_guard lock(m_mutex);
        m_line.clear();
    }
    m_pool.waitForDone();
}

int TaskThreads::count() const
{
    const std::lock_guard lock(m_mutex);
    return m_count;
}

void TaskThreads::setCount(int count)
{
    const std::lock_guard lock(m_mutex);
    m_count = std::max(count, 1);
    m_pool.setMaxThreadCount(m_count);
    startThreads();
}

void TaskThreads::add(const QList<RunPointer> &runs)
{
    const std::lock_guard lock(m_mutex);
    m_line.insert(m_line.end(), runs.cbegin(), runs.cend());
    startThreads();
}

void TaskThreads::forgetGivenBack()
{
    const std::lock_guard lock(m_mutex);
    std::erase_if(m_line, [](const RunPointer &run) { return run->isGivenBack(); });
}

/// Under the lock. A thread leaves when the line is empty, so one more is started for each that could have work.
void TaskThreads::startThreads()
{
    const auto hungry = static_cast<std::size_t>(m_serving - m_busy);
    const std::size_t work = m_line.size() > hungry ? m_line.size() - hungry : 0;
    const auto more = std::min<std::size_t>(work, static_cast<std::size_t>(std::max(m_count - m_serving, 0)));
    for (std::size_t i = 0; i < more; ++i) {
        ++m_serving;
        // Its future is not used: continuations that are attached while it finishes are not safe in Qt 6.4, see
        // docs/decisions/0040.
        const QFuture<void> unused = QtConcurrent::run(&m_pool, [this] { serve(); });
    }
}

void TaskThreads::serve()
{
    stepBack();
    for (;;) {
        const QList<RunPointer> batch = nextBatch();
        if (batch.isEmpty())
            return;
        run(batch);
    }
}

/// What this thread is to run, begun; nothing, and the thread counts no more, when there is nothing or it is one too
/// many.
QList<TaskThreads::RunPointer> TaskThreads::nextBatch()
{
    const std::lock_guard lock(m_mutex);
    QList<RunPointer> batch;
    while (batch.isEmpty() && !m_line.empty() && m_serving <= m_count) {
        const RunPointer first = m_line.front();
        m_line.pop_front();
        if (!first->begin())
            continue;
        batch += first;
        if (first->kind().batch)
            takeSameKind(batch);
    }
    if (batch.isEmpty())
        --m_serving;
    else
        ++m_busy;
    if (m_notices.begun && !batch.isEmpty()) {
        m_begun += batch;
        if (m_begun.size() == batch.size())
            m_notices.begun();
    }
    return batch;
}

void TaskThreads::takeSameKind(QList<RunPointer> &batch)
{
    const auto *handler = batch.first()->kind().batch;
    const auto isSameKind = [handler](const RunPointer &run) { return run->kind().batch == handler; };
    const auto waiting = 1 + std::ranges::count_if(m_line, isSameKind);
    const auto sharers = std::max(m_count - m_busy, 1);
    qsizetype share = std::min<qsizetype>((waiting + sharers - 1) / sharers, companyOf(*batch.first()));
    qsizetype bytes = batch.first()->claimed().arguments.size();
    std::erase_if(m_line, [&](const RunPointer &run) {
        if (batch.size() >= share || bytes >= mostBytes || !isSameKind(run) || batch.size() >= companyOf(*run))
            return false;
        if (run->begin()) {
            batch += run;
            share = std::min(share, companyOf(*run));
            bytes += run->claimed().arguments.size();
        }
        return true;
    });
}

void TaskThreads::run(const QList<RunPointer> &batch)
{
    std::vector<trace::Context> traces;
    for (const RunPointer &run : batch)
        traces.push_back(run->trace());
    const trace::Entered entered(traces);
    const qint64 begun = systemMicroseconds();
    QList<Finished> finished;
    if (batch.first()->kind().batch) {
        const auto errors = callBatch(batch);
        for (qsizetype i = 0; i < batch.size(); ++i)
            finished += {batch[i], batch[i]->outcome(errors[i])};
    } else {
        finished += {batch.first(), batch.first()->outcome(batch.first()->call())};
    }
    const auto cost = static_cast<double>(systemMicroseconds() - begun) / static_cast<double>(batch.size());
    for (Finished &one : finished)
        one.cost = cost;
    note(std::move(finished));
}

void TaskThreads::note(QList<Finished> finished)
{
    const std::lock_guard lock(m_mutex);
    --m_busy;
    const bool hadNone = m_finished.isEmpty();
    m_finished += std::move(finished);
    if (hadNone)
        m_notices.finished();
}

QList<TaskThreads::Finished> TaskThreads::takeFinished()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_finished, {});
}

QList<TaskThreads::RunPointer> TaskThreads::takeBegun()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_begun, {});
}

} // namespace quoin::queue
