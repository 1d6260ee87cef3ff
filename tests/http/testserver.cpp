// SPDX-License-Identifier: GPL-3.0-only
#include "testserver.h"

using namespace quoin;
using namespace Qt::StringLiterals;

TestServer::TestServer(const http::Limits &limits, http::AccessSink *sink)
    : m_limits(limits)
    , m_sink(sink)
{
    m_pool.setMaxThreadCount(4);
}

TestServer::~TestServer()
{
    if (!m_server)
        return;
    m_home.run([this] {
        m_pool.waitForDone(); // here, where no further request can begin a job meanwhile
        delete m_server;
    });
    m_thread.quit();
    m_thread.wait();
}

http::RouteEntry &TestServer::add(const QByteArray &method, const QString &pattern,
                                  const QList<QByteArray> &captureTypes, abi::RunsOn runsOn,
                                  std::unique_ptr<abi::Handler> handler)
{
    auto &entry = *m_entries.emplace_back(std::make_unique<http::RouteEntry>());
    entry.method = method;
    entry.pattern = pattern;
    entry.captureTypes = captureTypes;
    entry.runsOn = runsOn;
    entry.handler = handler.get();
    entry.owner = u"tests"_s;
    m_handlers.push_back(std::move(handler));
    return entry;
}

void TestServer::setProxies(const QString &proxies)
{
    const auto parsed = http::Proxies::parse(proxies);
    if (!parsed)
        qFatal("%s", qPrintable(parsed.error().message()));
    m_proxies = *parsed;
}

void TestServer::start()
{
    http::Router router;
    for (const auto &entry : m_entries) {
        if (const auto added = router.add(*entry); !added)
            qFatal("%s", qPrintable(added.error().message()));
    }
    m_home.moveToThread(&m_thread);
    m_thread.start();
    m_home.run([&] {
        m_server = new http::Server(m_limits, std::move(router), m_pool, m_sink, m_gate);
        m_server->setProxies(m_proxies);
        QObject::connect(m_server, &http::Server::drained, m_server, [this] { m_hasDrained = true; });
        if (const auto listening = m_server->listen(QHostAddress::LocalHost, 0); !listening)
            qFatal("%s", qPrintable(listening.error().message()));
        m_port = m_server->port();
    });
}

void TestServer::drain(std::chrono::milliseconds hardDeadline, http::HandBack handBack)
{
    m_home.run([&] { m_server->drain(hardDeadline, std::move(handBack)); });
}

#ifdef __SANITIZE_ADDRESS__
/// QAbstractHttpServer has a QSslConfiguration, so that OpenSSL makes random generators for the server's thread; now
/// and then some are left when that thread ends. Here nothing else uses OpenSSL.
extern "C" const char *__lsan_default_suppressions();
extern "C" const char *__lsan_default_suppressions() { return "leak:libcrypto.so\n"; }
#endif
