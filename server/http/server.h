// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/limits.h"
#include "http/peer.h"
#include "http/proxies.h"
#include "http/router.h"

#include <quoin/result.h>

#include <QHostAddress>
#include <QObject>

#include <atomic>
#include <chrono>
#include <memory>

class QThreadPool;

namespace quoin::http {

class AccessSink;
class Acceptor;
class Dispatcher;
class Gate;
class Loop;

/// An HTTP/1.1 server on the thread it was made on: routes, limits, and where connections come from, which is listen(),
/// adopt() or both.
class Server final : public QObject
{
    Q_OBJECT

public:
    /// pool runs blocking handlers, sink (may be null) is told of each exchange; both are lent and outlive the server.
    /// Wait for the pool's jobs after drained() and before the handlers or the server are destroyed.
    /// gate says who may call which route; lent, and null: everybody.
    Server(const Limits &limits, Router router, QThreadPool &pool, AccessSink *sink, Gate *gate = nullptr,
           QObject *parent = nullptr);
    ~Server() override;

    /// Before the first connection: who begins its connections by saying who the client is (PROXY protocol), and is not
    /// understood without. Nobody, by default.
    void setProxies(Proxies proxies);

    /// Port 0: any free one. May be called again for a further address.
    Result<> listen(const QHostAddress &address, quint16 port);
    /// Accepts from a socket that listens already; owns it.
    void adoptListener(int descriptor);
    /// The port of the latest of these; 0 without one.
    quint16 port() const;
    /// Serves a connection that somebody else accepted. Owns the descriptor. note: what came with it, if another server
    /// handed it back. Any thread.
    void adopt(int descriptor, const QByteArray &note = {});

    /// Accepts no more, ends what is under way, cuts off what is left at the deadline, and then emits drained().
    /// handBack: who takes connections over that are between two requests; without it they are closed. Called again, it
    /// can change both.
    void drain(std::chrono::milliseconds hardDeadline, HandBack handBack = {});

    // Figures. Any thread.
    int connections() const;  ///< Open now.
    quint64 requests() const; ///< Since the start.
    int waitingJobs() const;  ///< Blocking handlers that wait for a thread.
    quint64 accepted() const { return m_accepted.load(std::memory_order_relaxed); } ///< By listen(), since the start.
    quint64 refused() const; ///< Connections over a limit, since the start.

Q_SIGNALS:
    void drained();

private:
    const Limits m_limits;
    const Router m_router;
    std::unique_ptr<Dispatcher> m_dispatcher;
    std::unique_ptr<Loop> m_loop;
    std::vector<std::unique_ptr<Acceptor>> m_acceptors;
    std::atomic<quint64> m_accepted = 0;
};

} // namespace quoin::http
