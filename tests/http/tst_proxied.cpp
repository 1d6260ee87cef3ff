// SPDX-License-Identifier: GPL-3.0-only
// Connections on which a proxy speaks first.
#include "gate.h"
#include "proxyheaders.h"
#include "rawclient.h"
#include "testserver.h"

#include <QRegularExpression>
#include <QTest>

#include <mutex>

using namespace quoin;
using namespace proxyheaders;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace {

class Peers final : public http::AccessSink
{
public:
    void record(const http::AccessRecord &record) override
    {
        const std::lock_guard lock(m_mutex);
        m_peers.append(record.peer.toByteArray());
    }
    QByteArrayList all()
    {
        const std::lock_guard lock(m_mutex);
        return m_peers;
    }

private:
    std::mutex m_mutex;
    QByteArrayList m_peers;
};

/// A server that tells each client its address, and takes a proxy's word for it.
class Server
{
public:
    explicit Server(const QString &proxies = u"127.0.0.1"_s, const http::Limits &limits = {})
        : m_server(limits, &m_peers)
    {
        m_server.get(u"/"_s,
                     [](const Request &request) { return QtFuture::makeReadyFuture(Response::text(request.peer())); });
        m_server.get(u"/slow"_s, [this](const Request &request) {
            m_gate.pass();
            return Response::text(request.peer());
        });
        m_server.setProxies(proxies);
        m_server.start();
    }
    TestServer *operator->() { return &m_server; }
    quint16 port() const { return m_server.port(); }
    Gate &gate() { return m_gate; }
    QByteArrayList peers() { return m_peers.all(); }
    void leaveTo(Server &other)
    {
        m_server.drain(10s,
                       [&other](int descriptor, const QByteArray &note) { other->server().adopt(descriptor, note); });
    }

private:
    Peers m_peers;
    TestServer m_server;
    Gate m_gate; // after the server
};

const auto request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"_ba;
const QRegularExpression complaint(u"connection of a proxy closed peer=127\\.0\\.0\\.1 why="_s);

} // namespace

class Proxied : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u"."_s)); }
    void theClientIsWhomTheProxyNames_data();
    void theClientIsWhomTheProxyNames();
    void itMayComeByteByByte();
    void everyRequestOfTheConnectionIsTheClients();
    void whoIsNoProxyIsNotBelieved_data();
    void whoIsNoProxyIsNotBelieved();
    void aProxyThatSaysNothingOfItsClientIsClosed_data();
    void aProxyThatSaysNothingOfItsClientIsClosed();
    void aProxyThatIsNotUnderstoodIsOneLine();
    void aProxyThatComesAndGoesIsNoLine();
    void eachClientHasItsOwnShareOfConnections();
    void aClientOnTheProxysHostIsNotThisHost();
    void whoTakesOverKnowsTheClient();
    void whoTakesOverBeforeTheHeaderReadsIt();
    void whoTakesOverFromAProxyAloneAsksNoMore();
};

void Proxied::theClientIsWhomTheProxyNames_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<QByteArray>("peer");
    QTest::newRow("version 1") << line("192.0.2.7") << "192.0.2.7"_ba;
    QTest::newRow("version 1, IPv6") << line("2001:DB8:0::7") << "2001:db8::7"_ba;
    QTest::newRow("version 2") << binary("192.0.2.7") << "192.0.2.7"_ba;
    QTest::newRow("version 2, IPv6") << binary("2001:db8::7") << "2001:db8::7"_ba;
    QTest::newRow("IPv4 in IPv6") << binary("::ffff:192.0.2.7") << "192.0.2.7"_ba;
    QTest::newRow("a health check") << healthCheck() << "127.0.0.1"_ba;
    QTest::newRow("unknown") << "PROXY UNKNOWN\r\n"_ba
                             << "127.0.0.1"_ba;
}

void Proxied::theClientIsWhomTheProxyNames()
{
    QFETCH(const QByteArray, header);
    QFETCH(const QByteArray, peer);
    Server server;
    RawClient client(server.port());
    client.send(header + request);
    QCOMPARE(client.answer().body, peer);
    QCOMPARE(client.get("/").body, peer);
    QTRY_COMPARE(server.peers(), (QByteArrayList{peer, peer}));
}

void Proxied::itMayComeByteByByte()
{
    Server server;
    for (const QByteArray &header : {line("192.0.2.7"), binary("192.0.2.7")}) {
        RawClient client(server.port());
        client.sendByteByByte(header + request);
        QCOMPARE(client.answer().body, "192.0.2.7"_ba);
    }
}

void Proxied::everyRequestOfTheConnectionIsTheClients()
{
    Server server;
    RawClient client(server.port());
    client.send(binary("192.0.2.7") + request + request + "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    server.gate().open();
    for (int i = 0; i < 3; ++i)
        QCOMPARE(client.answer().body, "192.0.2.7"_ba);
    client.send("GET / HTTP/1.1\r\n\r\n"); // no Host
    QCOMPARE(client.answer().status, 400);
    QTRY_COMPARE(server.peers(), QByteArrayList(4, "192.0.2.7"));
}

void Proxied::whoIsNoProxyIsNotBelieved_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::newRow("version 1") << line("192.0.2.7");
    QTest::newRow("version 2") << binary("192.0.2.7");
}

void Proxied::whoIsNoProxyIsNotBelieved()
{
    QFETCH(const QByteArray, header);
    Server server(u"192.0.2.0/24, ::1"_s);
    QCOMPARE(RawClient(server.port()).get("/").body, "127.0.0.1"_ba);
    RawClient liar(server.port());
    liar.send(header + request);
    QCOMPARE(liar.answer().status, 400);
    QTRY_COMPARE(server.peers(), (QByteArrayList{"127.0.0.1", "127.0.0.1"}));
}

void Proxied::aProxyThatSaysNothingOfItsClientIsClosed_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("a request") << request;
    QTest::newRow("a line that is none") << "PROXY TCP4 nobody\r\n"_ba + request;
    QTest::newRow("a header cut short") << binary("192.0.2.7").first(14) + request;
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("half a header") << binary("192.0.2.7").first(20);
}

void Proxied::aProxyThatSaysNothingOfItsClientIsClosed()
{
    QFETCH(const QByteArray, bytes);
    http::Limits limits;
    limits.headTime = 300ms;
    Server server(u"127.0.0.1"_s, limits);
    QTest::ignoreMessage(QtWarningMsg, complaint);
    RawClient client(server.port());
    client.send(bytes);
    QCOMPARE(client.readSome(), QByteArray()); // not even an answer
    QTRY_COMPARE(server->server().connections(), 0);
    QCOMPARE(server.peers(), QByteArrayList());
}

void Proxied::aProxyThatIsNotUnderstoodIsOneLine()
{
    Server server;
    QTest::ignoreMessage(QtWarningMsg, complaint); // more would fail the test
    for (int i = 0; i < 20; ++i) {
        RawClient client(server.port());
        client.send(request);
        QCOMPARE(client.readSome(), QByteArray());
    }
}

void Proxied::aProxyThatComesAndGoesIsNoLine()
{
    Server server;
    for (const QByteArray &bytes : {QByteArray(), line("192.0.2.7").first(9), line("192.0.2.7")}) {
        RawClient client(server.port());
        client.send(bytes);
        client.close();
        QTRY_COMPARE(server->server().connections(), 0);
    }
}

void Proxied::eachClientHasItsOwnShareOfConnections()
{
    http::Limits limits;
    limits.connectionsPerAddress = 2;
    Server server(u"127.0.0.1"_s, limits);
    const auto ask = [](RawClient &client, const QByteArray &address) {
        client.send(binary(address) + request);
        return client.answer().status;
    };
    RawClient first(server.port()), second(server.port()), third(server.port()), other(server.port());
    QCOMPARE(ask(first, "192.0.2.7"), 200);
    QCOMPARE(ask(second, "192.0.2.7"), 200);
    QCOMPARE(server->server().refused(), 0U);
    QCOMPARE(ask(third, "192.0.2.7"), 503);
    QCOMPARE(server->server().refused(), 1U);
    QCOMPARE(ask(other, "192.0.2.8"), 200);
    third.close();
    first.close();
    QTRY_COMPARE(server->server().connections(), 2);
    RawClient next(server.port());
    QCOMPARE(ask(next, "192.0.2.7"), 200);
}

void Proxied::aClientOnTheProxysHostIsNotThisHost()
{
    http::Limits limits;
    limits.connectionsPerAddress = 1;
    Server server(u"127.0.0.1"_s, limits);
    RawClient first(server.port()), second(server.port());
    first.send(binary("127.0.0.1") + request);
    QCOMPARE(first.answer().status, 200);
    second.send(binary("127.0.0.1") + request);
    QCOMPARE(second.answer().status, 503); // the exemption is for those who need no proxy
}

void Proxied::whoTakesOverKnowsTheClient()
{
    Server first, second;
    RawClient idle(first.port()), fresh(first.port()), busy(first.port());
    idle.send(binary("192.0.2.7") + request);
    QCOMPARE(idle.answer().body, "192.0.2.7"_ba);
    fresh.send(binary("192.0.2.8"));
    busy.send(binary("2001:db8::9") + "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(first.gate().waitForArrival());
    first.leaveTo(second);
    first.gate().open();
    QCOMPARE(busy.answer().body, "2001:db8::9"_ba);
    QCOMPARE(idle.get("/").body, "192.0.2.7"_ba);
    QCOMPARE(fresh.get("/").body, "192.0.2.8"_ba);
    QCOMPARE(busy.get("/").body, "2001:db8::9"_ba);
    QTRY_COMPARE(second.peers(), (QByteArrayList{"192.0.2.7", "192.0.2.8", "2001:db8::9"}));
    QTRY_VERIFY(first->hasDrained());
}

void Proxied::whoTakesOverBeforeTheHeaderReadsIt()
{
    Server first, second;
    RawClient silent(first.port()), half(first.port());
    half.send(line("192.0.2.8").first(12));
    QTRY_COMPARE(first->server().connections(), 2);
    first.leaveTo(second);
    silent.send(line("192.0.2.7") + request);
    QCOMPARE(silent.answer().body, "192.0.2.7"_ba);
    half.send(line("192.0.2.8").sliced(12) + request);
    QCOMPARE(half.answer().body, "192.0.2.8"_ba);
    QCOMPARE(half.get("/").body, "192.0.2.8"_ba);
}

void Proxied::whoTakesOverFromAProxyAloneAsksNoMore()
{
    Server first, second;
    RawClient check(first.port());
    check.send(healthCheck() + request);
    QCOMPARE(check.answer().body, "127.0.0.1"_ba);
    first.leaveTo(second);
    QCOMPARE(check.get("/").body, "127.0.0.1"_ba);
    QTRY_COMPARE(second.peers(), QByteArrayList{"127.0.0.1"});
}

QTEST_GUILESS_MAIN(Proxied)
#include "tst_proxied.moc"
