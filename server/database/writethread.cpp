// SPDX-License-Identifier: GPL-3.0-only
#include "database/writethread.h"

#include "database/databaselog.h"

#include <algorithm>
#include <chrono>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

constexpr int repeatLimit = 5;
constexpr std::chrono::seconds slowBatch{1}; ///< Someone should look: everybody's writes wait behind it.

Error outcomeUnknown(const Error &cause)
{
    return Error::unavailable(
        u"the connection was lost while the database committed, so whether it was stored is unknown; look "
        "before you try again (%1)"_s.arg(cause.message()));
}

} // namespace

WriteThread::WriteThread(Shared &shared)
    : ConnectionThread(shared, Purpose::Write)
{
}

WriteThread::~WriteThread()
{
    join(); // Here and not only in the base: the thread calls what this class overrides.
}

JobList WriteThread::take() { return m_shared.writes.queue.take(m_shared.options.batchLimit); }

void WriteThread::process(const JobList &jobs)
{
    const auto start = std::chrono::steady_clock::now();
    settle(jobs);
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - start);
    if (took >= slowBatch)
        qCWarning(databaseLog).noquote().nospace()
            << "database slow write ms=" << took.count() << " jobs=" << jobs.size();
}

void WriteThread::settle(JobSpan jobs)
{
    int repeats = 0;
    while (!jobs.empty()) {
        const auto start = std::chrono::steady_clock::now();
        const Attempt tried = attempt(jobs);
        if (tried.stage == Stage::Committed) {
            const auto took = std::chrono::steady_clock::now() - start;
            return committed(jobs, std::chrono::duration_cast<std::chrono::microseconds>(took));
        }
        if (tried.stage == Stage::OutcomeUnknown)
            return failed(jobs, outcomeUnknown(tried.fault.error));

        if (tried.fault.kind == FaultKind::Lost) {
            // Nothing was committed, so the batch may be repeated, once: the connection may have been dead for hours.
            if (!reconnect() || repeats++ > 0)
                return failed(jobs, Outage::error());
        } else if (jobs.size() == 1 || tried.stage == Stage::Begin) {
            if (!mayRepeat(tried, repeats++))
                return failed(jobs, tried.fault.error);
        } else if (tried.stage == Stage::Job && tried.fault.kind == FaultKind::Statement) {
            settle(jobs.first(tried.failedJob));
            settle(jobs.subspan(tried.failedJob, 1));
            jobs = jobs.subspan(tried.failedJob + 1);
            repeats = 0;
        } else {
            return settleEach(
                jobs); // COMMIT was refused, or they clash with others: smaller transactions hold fewer locks.
        }
    }
}

void WriteThread::settleEach(JobSpan jobs)
{
    for (std::size_t i = 0; i < jobs.size(); ++i)
        settle(jobs.subspan(i, 1));
}

WriteThread::Attempt WriteThread::attempt(JobSpan jobs)
{
    if (auto fault = m_connection.begin()) {
        m_connection.rollback();
        return {Stage::Begin, 0, *fault};
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if (auto fault = m_connection.run(*jobs[i])) {
            m_connection.rollback();
            return {Stage::Job, i, *fault};
        }
    }
    if (auto fault = m_connection.commit()) {
        const Stage stage = fault->kind == FaultKind::Lost ? Stage::OutcomeUnknown : Stage::Commit;
        if (stage == Stage::OutcomeUnknown)
            abandon();
        else
            m_connection.rollback();
        return {stage, 0, *fault};
    }
    return {};
}

bool WriteThread::mayRepeat(const Attempt &attempt, int repeats)
{
    if (attempt.fault.kind == FaultKind::Storage)
        abandon(); // SQLite may go on failing on a handle that has seen an I/O error.
    if (attempt.fault.kind != FaultKind::Transient || repeats >= repeatLimit)
        return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1 << repeats)); // Lets the one it clashed with end.
    return true;
}

void WriteThread::committed(JobSpan jobs, std::chrono::microseconds took)
{
    const auto count = static_cast<qint64>(jobs.size());
    m_shared.meter.transactions.add(static_cast<quint64>(took.count()));
    m_shared.meter.batches.add(jobs.size());
    ++m_shared.batches;
    m_shared.writesDone += count;
    qint64 largest = m_shared.largestBatch;
    while (largest < count && !m_shared.largestBatch.compare_exchange_weak(largest, count)) { }
    finish(jobs, nullptr);
}

void WriteThread::failed(JobSpan jobs, const Error &error)
{
    meters::add(m_shared.meter.failures, jobs.size());
    finish(jobs, &error);
}

} // namespace quoin::database
