// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/jobqueue.h"
#include "database/shared.h"
#include "database/sqlconnection.h"

#include <span>
#include <thread>

namespace quoin::database {

using JobSpan = std::span<const std::unique_ptr<abi::Job>>;

/// A thread with a connection of its own that works a queue off until the queue is closed and empty. While the server is away it turns
/// jobs away at once and tries to connect, at first after 50 ms and then ever less often, up to once a second.
class ConnectionThread
{
public:
    ConnectionThread(Shared &shared, Purpose purpose);
    virtual ~ConnectionThread();
    Q_DISABLE_COPY_MOVE(ConnectionThread)

    void start();
    void join(); ///< Its queue has been closed.

protected:
    virtual JobList take() = 0; ///< Empty: closed, and nothing is left.
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
    void refuseFor(std::chrono::milliseconds time);

    JobQueue &m_queue;
    std::thread m_thread;
};

} // namespace quoin::database
