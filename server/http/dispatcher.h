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
    /// All are lent (gate may be null: nothing is guarded), and the pool's jobs are done before the dispatcher goes.
    Dispatcher(const Limits &limits, const Router &router, QThreadPool &pool, Gate *gate = nullptr);

    /// Looks up the route when the head is there. Loop thread.
    void resolve(IncomingRequest &request) const;
    qint64 bodyLimit(const IncomingRequest &request) const;
    qint64 deadlineMs(const IncomingRequest &request) const;

    /// The answer to a request that the gate does not let in, if its head says so already. Loop thread.
    std::optional<Answer> refusalAtHead(const IncomingRequest &request) const;
    /// Hands the request to its handler, or answers in its place. Loop thread.
    void dispatch(IncomingRequest &request, const Token &token, const std::shared_ptr<Mailbox> &mailbox);

    /// Blocking handlers that wait for a thread. Any thread.
    int waitingJobs() const { return m_waiting.load(std::memory_order_relaxed); }

private:
    void ask(IncomingRequest &request, const Token &token, const std::shared_ptr<Mailbox> &mailbox);
    void run(const IncomingRequest &request, const Token &token, const std::shared_ptr<Mailbox> &mailbox);
    void call(abi::Handler &handler, const IncomingRequest &request, const Token &token,
              const std::shared_ptr<Mailbox> &mailbox);
    void enqueue(abi::Handler &handler, const IncomingRequest &request, const Token &token,
                 const std::shared_ptr<Mailbox> &mailbox);
    static Answer refusal(const IncomingRequest &request);

    const Limits &m_limits;
    const Router &m_router;
    QThreadPool &m_pool;
    Gate *const m_gate;
    const std::shared_ptr<bool> m_isHere = std::make_shared<bool>(true); ///< Watched by what a gate still decides.
    std::atomic<int> m_waiting = 0;
};

} // namespace quoin::http
