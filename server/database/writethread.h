// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/connectionthread.h"

namespace quoin::database {

/// Group commit: the jobs that wait when the thread becomes free share one transaction, and are answered after its
/// COMMIT. A job that fails harms only itself: what came before it is run again and committed, it is run again alone,
/// and what came after it is the next batch. So the order of jobs stays, and a job is run a few times at most and
/// committed once.
class WriteThread final : public ConnectionThread
{
public:
    explicit WriteThread(Shared &shared);
    ~WriteThread() override;

private:
    enum class Stage { Committed, Begin, Job, Commit, OutcomeUnknown };
    struct Attempt
    {
        Stage stage = Stage::Committed; ///< What failed.
        std::size_t failedJob = 0;
        SqlFault fault;
    };

    JobList take() override;
    void process(const JobList &jobs) override;
    void settle(JobSpan jobs);
    void settleEach(JobSpan jobs);
    Attempt attempt(JobSpan jobs);
    bool mayRepeat(const Attempt &attempt, int repeats);
    void committed(JobSpan jobs, std::chrono::microseconds took);
    void failed(JobSpan jobs, const Error &error);
};

} // namespace quoin::database
