// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

#include <functional>

namespace quoin::queue {

/// The database as others should be given it: knows which write jobs pushed a task, and tells when their COMMIT has
/// succeeded, so that the queue wakes at the first moment at which it can see the task and needs no polling. Every job
/// works, on the database's thread, for what its maker's thread worked for (trace/current.h). Any thread, like the
/// database it stands before.
class PushWatch final : public abi::Database
{
public:
    /// database is lent and outlives this, which outlives the jobs given to it until they have finished. committed is
    /// called on a database thread; it must be quick.
    PushWatch(abi::Database *database, std::function<void()> committed);

    Dialect dialect() const override { return m_database->dialect(); }
    void read(abi::Job *owned) override;
    void write(abi::Job *owned) override;

    /// Called by the outbox: the job now running on this thread has pushed a task. False: it is not watched.
    static bool notePush();

private:
    abi::Database *m_database;
    std::function<void()> m_committed;
};

} // namespace quoin::queue
