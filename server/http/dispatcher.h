// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/limits.h"
#include "http/reply.h"
#include "http/router.h"

#include <atomic>

class QThreadPool;

namespace quoin::http {

/// From a complete request to its handler, on the loop or on the pool, with nothing a handler does getting past it.
class Dispatcher
{
public:
    /// All are lent, and the pool's jobs are done before the dispatcher goes.
    Dispatcher(const Limits &limits, const Router &router, QThreadPool &pool);

    /// Looks up the route when the head is there. Loop thread.
    void resolve(IncomingRequest &request) const;
    qint64 bodyLimit(const IncomingRequest &request) const;
    qint64 deadlineMs(const IncomingRequest &request) const;

    /// Hands the request to its handler, or answers in its place. Loop thread.
    void dispatch(const IncomingRequest &request, const Token &token, const std::shared_ptr<Mailbox> &mailbox);

    /// Blocking handlers that wait for a thread. Any thread.
    int waitingJobs() const { return m_waiting.load(std::memory_order_relaxed); }

private:
    static void call(abi::Handler &handler, const IncomingRequest &request, const Token &token,
                     const std::shared_ptr<Mailbox> &mailbox);
    void enqueue(abi::Handler &handler, const IncomingRequest &request, const Token &token,
                 const std::shared_ptr<Mailbox> &mailbox);
    static Answer refusal(const IncomingRequest &request);

    const Limits &m_limits;
    const Router &m_router;
    QThreadPool &m_pool;
    std::atomic<int> m_waiting = 0;
};

} // namespace quoin::http
