// SPDX-License-Identifier: GPL-3.0-only
#include "database/readthread.h"

namespace quoin::database {

namespace {

constexpr std::size_t snapshotLimit = 16; ///< Jobs in one snapshot: the last one waits for the others.
constexpr int repeatLimit = 3;

bool mayPass(FaultKind kind) { return kind == FaultKind::Lost || kind == FaultKind::Transient; }

} // namespace

ReadThread::ReadThread(Shared &shared, std::size_t sharers)
    : ConnectionThread(shared, Purpose::Read)
    , m_sharers(sharers)
{
}

ReadThread::~ReadThread()
{
    join(); // Here and not only in the base: the thread calls what this class overrides.
}

JobList ReadThread::take() { return m_shared.reads.queue.take(snapshotLimit, m_sharers); }

void ReadThread::process(const JobList &jobs)
{
    JobSpan left(jobs);
    int repeats = 0;
    while (!left.empty()) {
        std::optional<SqlFault> fault;
        const std::size_t done = runSnapshot(left, &fault);
        left = left.subspan(done);
        if (!fault)
            continue;
        m_connection.rollback();
        if (done > 0)
            repeats = 0;

        if (fault->kind == FaultKind::Lost && !reconnect()) {
            const Error away = Outage::error();
            for (const auto &job : left)
                answer(*job, &away);
            return;
        }
        if (mayPass(fault->kind) && repeats++ < repeatLimit)
            continue;
        answer(*left.front(), &fault->error);
        left = left.subspan(1);
        if (fault->kind == FaultKind::Storage)
            reconnect();
    }
}

/// The number of jobs that were run and answered, before one failed with *fault.
std::size_t ReadThread::runSnapshot(JobSpan jobs, std::optional<SqlFault> *fault)
{
    if ((*fault = m_connection.begin()))
        return 0;
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        if ((*fault = m_connection.run(*jobs[i])))
            return i;
        answer(*jobs[i], nullptr);
    }
    if (m_connection.commit())
        m_connection.rollback(); // Every job has its answer; the next begin() finds out what is wrong.
    return jobs.size();
}

void ReadThread::answer(abi::Job &job, const Error *error)
{
    ++m_shared.readsDone;
    job.finish(error);
}

} // namespace quoin::database
