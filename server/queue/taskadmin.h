// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/taskstate.h"

#include <quoin/database.h>

namespace quoin::queue {

/// What a person may do to one task, and what health and metrics ask of all of them. Reads and writes the table only,
/// so it works in any process, whoever runs the tasks. Any thread.
class TaskAdmin
{
public:
    /// database is lent; give it a PushWatch, so that a retried task runs at once.
    explicit TaskAdmin(abi::Database *database)
        : m_database(database)
    {
    }
    explicit TaskAdmin(const Database &database)
        : m_database(database)
    {
    }

    /// Makes a task ready that is dead or cancelled, or failed and waits for its next attempt, with all its attempts
    /// before it. NotFound; Conflict when it is in another state, or when an unfinished task has its unique key. One
    /// that was a message gets a new one; the old is kept as a cancelled row of its own, so that a copy of it in the
    /// broker does not run.
    Future<> retry(qint64 id) const;

    /// Cancels a task that is not finished. One that runs is asked to stop within a renewal of its lease, and whatever
    /// it does after this no longer counts. One that is sent is dropped by the worker of ours that meets its message; a
    /// Python worker does not know of this. The state it was in. NotFound; Conflict when it is done or cancelled.
    Future<TaskState> cancel(qint64 id) const;

    /// Forgets a task that is done, dead or cancelled. NotFound; Conflict when it is not finished, and when it was
    /// cancelled as a message that the broker may still have: its row is what keeps that from running.
    Future<> remove(qint64 id) const;

    // The same as parts of a write job.
    static Result<> retryIn(Connection &connection, qint64 id);
    static Result<TaskState> cancelIn(Connection &connection, qint64 id);
    static Result<> removeIn(Connection &connection, qint64 id);

    struct Figures
    {
        qint64 ready = 0;
        qint64 scheduled = 0;
        qint64 sent = 0;    ///< Handed to the broker, and not known to be taken by a worker.
        qint64 running = 0; ///< In all processes.
        qint64 dead = 0;
        qint64 oldestReady
            = 0; ///< When the oldest ready task was pushed, microseconds since 1970 UTC; 0: none is ready.
    };
    /// Counts on the indexes alone: about 150 ms for each million that waits; not for every request.
    Future<Figures> figures() const;

private:
    Database m_database;
};

} // namespace quoin::queue
