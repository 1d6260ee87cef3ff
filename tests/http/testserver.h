// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "home.h"

#include "http/accesssink.h"
#include "http/gate.h"
#include "http/server.h"

#include <quoin/detail/handlers.h>

#include <QThread>
#include <QThreadPool>

#include <memory>
#include <vector>

/// A real server on a loopback port and a thread of its own, so that tests may use blocking clients. Declare the
/// routes, then start().
class TestServer
{
public:
    explicit TestServer(const quoin::http::Limits &limits = {}, quoin::http::AccessSink *sink = nullptr);
    ~TestServer();

    /// As Registry::get() of the SDK, and so on; the returned entry may still be changed before start().
    template <class F>
    quoin::http::RouteEntry &get(const QString &pattern, F function)
    {
        return route("GET", pattern, std::move(function));
    }
    template <class F>
    quoin::http::RouteEntry &post(const QString &pattern, F function)
    {
        return route("POST", pattern, std::move(function));
    }
    template <class F>
    quoin::http::RouteEntry &route(const QByteArray &method, const QString &pattern, F function)
    {
        using Handler = quoin::detail::RouteHandler<F>;
        return add(method, pattern, Handler::captureTypes(), Handler::runsOn,
                   std::make_unique<Handler>(std::move(function)));
    }
    quoin::http::RouteEntry &add(const QByteArray &method, const QString &pattern,
                                 const QList<QByteArray> &captureTypes, quoin::abi::RunsOn runsOn,
                                 std::unique_ptr<quoin::abi::Handler> handler);

    /// Before start(). Lent; asked on the server's thread.
    void setGate(quoin::http::Gate *gate) { m_gate = gate; }

    /// Before start().
    void setProxies(const QString &proxies);

    void start();
    quint16 port() const { return m_port; }
    QThreadPool &pool() { return m_pool; }
    quoin::http::Server &server() { return *m_server; }

    void drain(std::chrono::milliseconds hardDeadline, quoin::http::HandBack handBack = {});
    bool hasDrained() const { return m_hasDrained; }

private:
    const quoin::http::Limits m_limits;
    quoin::http::AccessSink *m_sink;
    quoin::http::Gate *m_gate = nullptr;
    quoin::http::Proxies m_proxies;
    std::vector<std::unique_ptr<quoin::abi::Handler>> m_handlers;
    std::vector<std::unique_ptr<quoin::http::RouteEntry>> m_entries;
    QThreadPool m_pool;
    QThread m_thread;
    Home m_home;                             ///< Lives on m_thread.
    quoin::http::Server *m_server = nullptr; ///< Lives on m_thread.
    quint16 m_port = 0;
    std::atomic<bool> m_hasDrained = false;
};
