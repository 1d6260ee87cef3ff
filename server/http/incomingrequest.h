// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/gate.h"
#include "http/memorybudget.h"
#include "http/requesthead.h"
#include "http/router.h"
#include "http/servertiming.h"
#include "trace/context.h"

#include <quoin/abi.h>

#include <atomic>
#include <memory>

namespace quoin::http {

/// A request that owns its bytes. Built by one connection, then immutable but for its state, and kept by whoever
/// retains it. Once nobody else does, the connection takes it for its next request: no allocation in the common case.
class IncomingRequest final : public abi::Request
{
public:
    /// One reference, the caller's.
    explicit IncomingRequest(std::shared_ptr<MemoryBudget> budget);
    IncomingRequest(const IncomingRequest &) = delete;
    IncomingRequest &operator=(const IncomingRequest &) = delete;

    void retain() const noexcept override;
    void release() const noexcept override;
    bool isShared() const { return m_references.load(std::memory_order_acquire) != 1; }

    /// Back to the state after construction, keeping small buffers. Requires !isShared().
    void clear();

    // Building, on the loop's thread.
    Fault assignHead(std::string_view bytes, const Limits &limits);
    void setId(QByteArrayView id) { m_id.assign(id.data(), static_cast<std::size_t>(id.size())); }
    void setPeer(const QByteArray &peer) { m_peer = peer; }
    /// Goes on with the trace that its head names, or begins one. isTimed: and asks what the database takes.
    void beginTrace(bool isTimed);
    RouteMatch &match() { return m_match; }
    const RouteMatch &match() const { return m_match; }
    void setAdmission(std::unique_ptr<Admission> admission) { m_admission = std::move(admission); }
    QByteArray &bodyBuffer() { return m_body; }
    /// Charges what the body buffer has grown by to the budget; false if that is spent.
    bool chargeBody();
    const RequestHead &head() const { return m_head; }
    std::string_view idView() const { return m_id; }
    const trace::Context &trace() const { return m_trace; }
    Times &times() const { return m_times; }
    /// Of a route that is not open to everybody; null on others.
    const Admission *admission() const { return m_admission.get(); }
    /// Tells whom it concerns how the request has ended.
    void conclude(int status) const
    {
        if (m_admission && m_admission->sequel)
            m_admission->sequel->answered(status);
    }

    /// The client has closed its side: nobody may be waiting.
    void hint() noexcept;
    /// Nobody waits: the deadline has passed or the connection is gone.
    void abandon() noexcept { m_state.store(State::Abandoned, std::memory_order_relaxed); }
    bool isAbandoned() const { return m_state.load(std::memory_order_relaxed) == State::Abandoned; }

    // abi::Request
    QByteArray method() const override;
    QByteArray target() const override;
    QByteArray path() const override;
    QByteArray query() const override;
    QByteArray header(QByteArrayView name) const override;
    HeaderList headers() const override;
    QByteArray body() const override { return m_body; }
    QByteArray id() const override;
    QByteArray peer() const override { return m_peer; }
    QByteArray capture(int index) const override;
    bool isCancelled() const override { return m_state.load(std::memory_order_relaxed) != State::Awaited; }
    bool checkJson(qint64 *offset, QString *fault) const override;

protected:
    ~IncomingRequest(); ///< By release() alone.

private:
    enum class State : quint8 { Awaited, Doubtful, Abandoned };

    mutable std::atomic<int> m_references = 1;
    std::atomic<State> m_state = State::Awaited;
    std::string m_bytes; ///< The head as received; m_head and m_match point into it.
    RequestHead m_head;
    RouteMatch m_match;
    QByteArray m_body;
    qint64 m_charged = 0;
    std::string m_id;
    QByteArray m_peer;
    trace::Context m_trace;
    mutable Times m_times; ///< Written by whoever has it, whatever thread that is.
    std::unique_ptr<Admission> m_admission;
    std::shared_ptr<MemoryBudget> m_budget; ///< Shared: a request may outlive the server.
};

} // namespace quoin::http
