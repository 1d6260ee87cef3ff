// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/jobqueue.h"
#include "database/shared.h"
#include "database/sqlconnection.h"

#include <span>
#include <thread>

namespace quoin::database {

using JobSpan = std::span<const std::unique_ptr<abi::Job>>;

/// A thread with a connection of its own that works a queue off until the queue is closed and empty. Without a
/// connection it tries to connect, at first after 50 ms and then ever less often, down to once a second; if no other
/// thread of its lane has one either, jobs are turned away at once.
class ConnectionThread
{
public:
    ConnectionThread(Shared &shared, Purpose purpose);
    virtual ~ConnectionThread();
    Q_DISABLE_COPY_MOVE(ConnectionThread)

    void start();
    void join(); ///< Its queue has been closed.

protected:
    virtual JobList take() = 0; ///< Empty: nothing to do; see JobQueue::take().
    virtual void process(const JobList &jobs) = 0;

    /// Connects anew after a loss. False: the server is away, and says so.
    bool reconnect();
    /// Leaves a connection that will not work again; the next job opens another.
    void abandon() { m_connection.close(); }
    static void finish(JobSpan jobs, const Error *error);

    Shared &m_shared;
    SqlConnection m_connection;

private:
    void run();
    bool stayConnected();
    bool isDone() const;
    void setServing(bool serving);
    void wakeAll();
    void verify();
    Result<> ping();
    void waitFor(std::chrono::milliseconds time, qint64 heals);
    void refuse(const JobList &jobs);

    Lane &m_lane;
    bool m_serving = false; ///< Counted in the lane.
    std::thread m_thread;
};

} // namespace quoin::database
