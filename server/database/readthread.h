// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/connectionthread.h"

namespace quoin::database {

/// Runs read jobs, each in one snapshot. Jobs that wait together share it: a snapshot is taken after each of them was
/// asked for.
class ReadThread final : public ConnectionThread
{
public:
    /// sharers: how many such threads take from the queue, so that each leaves the others their part.
    ReadThread(Shared &shared, std::size_t sharers);
    ~ReadThread() override;

private:
    JobList take() override;
    void process(const JobList &jobs) override;
    std::size_t runSnapshot(JobSpan jobs, std::optional<SqlFault> *fault);
    void answer(abi::Job &job, const Error *error);

    const std::size_t m_sharers;
};

} // namespace quoin::database
