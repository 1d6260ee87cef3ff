// SPDX-License-Identifier: GPL-3.0-only
#include "http/server.h"

#include "http/acceptor.h"
#include "http/dispatcher.h"
#include "http/gate.h"
#include "http/loop.h"

namespace quoin::http {

namespace {

Router closed(Router router, const Gate *gate)
{
    if (gate)
        router.close(*gate);
    return router;
}

} // namespace

Server::Server(const Limits &limits, Router router, QThreadPool &pool, AccessSink *sink, Gate *gate, QObject *parent)
    : QObject(parent)
    , m_limits(limits)
    , m_router(closed(std::move(router), gate))
    , m_dispatcher(std::make_unique<Dispatcher>(m_limits, m_router, pool, gate))
    , m_loop(std::make_unique<Loop>(m_limits, *m_dispatcher, sink))
{
    connect(m_loop.get(), &Loop::drained, this, &Server::drained);
}

Server::~Server() = default;

void Server::setProxies(Proxies proxies) { m_loop->setProxies(std::move(proxies)); }

Result<> Server::listen(const QHostAddress &address, quint16 port)
{
    auto acceptor = std::make_unique<Acceptor>([this](int descriptor) {
        m_accepted.fetch_add(1, std::memory_order_relaxed);
        m_loop->adopt(descriptor);
    });
    if (const Result<> listening = acceptor->listen(address, port); !listening)
        return listening;
    m_acceptors.push_back(std::move(acceptor));
    return {};
}

void Server::adoptListener(int descriptor)
{
    m_acceptors.push_back(std::make_unique<Acceptor>([this](int accepted) { m_loop->adopt(accepted); }));
    m_acceptors.back()->adopt(descriptor);
}

quint16 Server::port() const { return m_acceptors.empty() ? quint16(0) : m_acceptors.back()->port(); }

void Server::adopt(int descriptor, const QByteArray &note) { m_loop->adopt(descriptor, note); }

void Server::drain(std::chrono::milliseconds hardDeadline, HandBack handBack)
{
    for (const auto &acceptor : m_acceptors)
        acceptor->close();
    m_loop->drain(hardDeadline, std::move(handBack));
}

int Server::connections() const { return m_loop->connections(); }
quint64 Server::requests() const { return m_loop->requests(); }
int Server::waitingJobs() const { return m_dispatcher->waitingJobs(); }
quint64 Server::refused() const { return m_loop->refused(); }

} // namespace quoin::http
