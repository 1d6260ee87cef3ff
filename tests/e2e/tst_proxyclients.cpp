// SPDX-License-Identifier: GPL-3.0-only
#include "tokenground.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// A server behind a proxy that says who its clients are, through all of its processes.
class ProxyClientsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatAClientDoesIsLoggedUnderItsAddress();
    void aRollKeepsTheClient();
    void failuresAreCountedByClient();
    void withoutAProxysWordNobodyIsServed();

private:
    HttpReply ask(HttpClient &client, const QByteArray &target, const QByteArray &lines);

    std::unique_ptr<TokenGround> m_ground;
};

namespace {

QByteArray headerOf(const QByteArray &client) { return "PROXY TCP4 " + client + " 127.0.0.1 40000 5000\r\n"; }

} // namespace

void ProxyClientsTest::initTestCase()
{
    m_ground = std::make_unique<TokenGround>();
    m_ground->dropChanging(u"1.0.0"_s);
    m_ground->server().set(u"log.requests"_s, u"true"_s);
    m_ground->server().set(u"http.proxy_protocol"_s, u"required"_s);
    m_ground->server().set(u"http.proxies"_s, u"127.0.0.1"_s);
    m_ground->server().set(u"auth.anonymous_writes"_s, u"true"_s);
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
}

/// The connection has said who it is.
HttpReply ProxyClientsTest::ask(HttpClient &client, const QByteArray &target, const QByteArray &lines)
{
    client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n");
    return client.receive();
}

void ProxyClientsTest::whatAClientDoesIsLoggedUnderItsAddress()
{
    HttpClient client(m_ground->server().port());
    QVERIFY(client.open());
    client.send(headerOf("198.51.100.7"));
    QCOMPARE(ask(client, "/changing", "X-Request-Id: logged\r\n").status, 200);
    QTRY_COMPARE(m_ground->lines({"logged", "198.51.100.7"}), 1);
}

void ProxyClientsTest::aRollKeepsTheClient()
{
    const quint16 port = m_ground->server().port();
    HttpClient kept(port), fresh(port);
    QVERIFY(kept.open() && fresh.open());
    kept.send(headerOf("198.51.100.8"));
    fresh.send(headerOf("198.51.100.9"));
    QCOMPARE(ask(kept, "/changing", "X-Request-Id: before\r\n").body, "1.0.0"_ba);
    m_ground->dropChanging(u"2.0.0"_s);
    const auto servedBy = [&] {
        HttpClient other(port);
        return other.open() && other.send(headerOf("198.51.100.10")) ? ask(other, "/changing", {}).body : QByteArray();
    };
    QTRY_COMPARE_WITH_TIMEOUT(servedBy(), "2.0.0"_ba, 60'000);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->server().children().size(), 1, 30'000); // the worker before has left
    QCOMPARE(ask(kept, "/changing", "X-Request-Id: after\r\n").body, "2.0.0"_ba);
    QCOMPARE(ask(fresh, "/changing", "X-Request-Id: fresh\r\n").body, "2.0.0"_ba);
    QTRY_COMPARE(m_ground->lines({"after", "198.51.100.8"}), 1);
    QTRY_COMPARE(m_ground->lines({"fresh", "198.51.100.9"}), 1);
}

void ProxyClientsTest::failuresAreCountedByClient()
{
    HttpClient guesser(m_ground->server().port()), other(m_ground->server().port());
    QVERIFY(guesser.open() && other.open());
    guesser.send(headerOf("198.51.100.11"));
    other.send(headerOf("198.51.100.12"));
    const QByteArray guess = "Authorization: Bearer quoin_" + QByteArray(49, 'x') + "\r\n";
    int status = 401;
    for (int i = 0; i < 30 && status == 401; ++i)
        status = ask(guesser, "/guarded/look", guess).status;
    QCOMPARE(status, 429);
    QCOMPARE(ask(other, "/guarded/look", guess).status, 401);
    QCOMPARE(m_ground->lines({"too many wrong access tokens", "198.51.100.11"}), 1);
}

void ProxyClientsTest::withoutAProxysWordNobodyIsServed()
{
    QCOMPARE(m_ground->get("/changing").status, 0);
    QTRY_COMPARE(m_ground->lines({"connection of a proxy closed", "127.0.0.1", "remedy"}), 1);
}

QTEST_GUILESS_MAIN(ProxyClientsTest)
#include "tst_proxyclients.moc"
