// SPDX-License-Identifier: GPL-3.0-only
// Stopping loses nothing.
#include "gate.h"
#include "later.h"
#include "rawclient.h"
#include "testserver.h"

#include <QTest>

using namespace quoin;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class Drain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anEmptyServerHasDrainedAtOnce();
    void idleClientsAreClosedAndNewOnesRefused();
    void whatIsInFlightIsAnswered();
    void aHalfSentUploadIsReadAndAnswered();
    void aFreshConnectionStillHasItsFirstRequest();
    void aStreamEndsByItself();
    void theHardDeadlineEndsTheRest();
};

namespace {

void addRoutes(TestServer &server, Gate &gate)
{
    server.get(u"/"_s, [](const Request &) { return QtFuture::makeReadyFuture(Response::text("hello")); });
    server.get(u"/slow"_s, [&gate](const Request &) {
        gate.pass();
        return Response::text("slow");
    });
    server.post(u"/echo"_s, [](const Request &request) { return Response::text(request.body()); });
}

} // namespace

void Drain::anEmptyServerHasDrainedAtOnce()
{
    TestServer server;
    server.start();
    server.drain(10s);
    QTRY_VERIFY(server.hasDrained());
}

void Drain::idleClientsAreClosedAndNewOnesRefused()
{
    TestServer server;
    Gate gate;
    addRoutes(server, gate);
    server.start();
    RawClient idle(server.port());
    QCOMPARE(idle.get("/").body, QByteArray("hello"));
    server.drain(10s);
    QVERIFY(idle.isClosedByServer());
    QTRY_VERIFY(server.hasDrained());
    QVERIFY(!RawClient(server.port()).isConnected());
}

void Drain::whatIsInFlightIsAnswered()
{
    TestServer server;
    Gate gate;
    addRoutes(server, gate);
    server.start();
    RawClient client(server.port());
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(gate.waitForArrival());
    server.drain(10s);
    QVERIFY(!server.hasDrained());
    gate.open();
    const RawAnswer answer = client.answer();
    QCOMPARE(answer.body, QByteArray("slow"));
    QCOMPARE(answer.header("Connection"), QByteArray("close"));
    QVERIFY(client.isClosedByServer());
    client.close();
    QTRY_VERIFY(server.hasDrained());
}

void Drain::aHalfSentUploadIsReadAndAnswered()
{
    TestServer server;
    Gate gate;
    addRoutes(server, gate);
    server.start();
    RawClient client(server.port());
    QCOMPARE(client.get("/").body, QByteArray("hello"));
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n");
    QCOMPARE(client.answer().status, 100); // the server is within the request
    client.send("abc");
    server.drain(10s);
    client.send("def");
    QCOMPARE(client.answer().body, QByteArray("abcdef"));
    client.close();
    QTRY_VERIFY(server.hasDrained());
}

void Drain::aFreshConnectionStillHasItsFirstRequest()
{
    TestServer server;
    Gate gate;
    addRoutes(server, gate);
    server.start();
    RawClient client(server.port());
    QTRY_COMPARE(server.server().connections(), 1);
    server.drain(10s);
    const RawAnswer answer = client.get("/");
    QCOMPARE(answer.body, QByteArray("hello"));
    QCOMPARE(answer.header("Connection"), QByteArray("close"));
    client.close();
    QTRY_VERIFY(server.hasDrained());
}

void Drain::aStreamEndsByItself()
{
    TestServer server;
    Gate gate;
    server.get(u"/"_s, [&gate](const Request &) {
        auto count = std::make_shared<int>(0);
        return QtFuture::makeReadyFuture(Response::stream("text/plain", [&gate, count] {
            return later([&gate, count]() -> Result<QByteArray> {
                if (++*count == 2)
                    gate.pass();
                return *count < 5 ? QByteArray("piece") : QByteArray();
            });
        }));
    });
    server.start();
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(gate.waitForArrival());
    server.drain(10s);
    gate.open();
    const RawAnswer answer = client.answer();
    QCOMPARE(answer.body, QByteArray("piece").repeated(4));
    QVERIFY(answer.isWhole);
    client.close();
    QTRY_VERIFY(server.hasDrained());
}

void Drain::theHardDeadlineEndsTheRest()
{
    TestServer server;
    Gate gate;
    addRoutes(server, gate);
    server.start();
    RawClient pending(server.port());
    pending.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(gate.waitForArrival());
    RawClient fresh(server.port());
    RawClient half(server.port());
    half.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
    QTRY_COMPARE(server.server().connections(), 3);
    server.drain(100ms);
    QTRY_VERIFY(server.hasDrained());
    QCOMPARE(server.server().connections(), 0);
    QCOMPARE(pending.answer().status, 0);
    gate.open();
}

QTEST_GUILESS_MAIN(Drain)
#include "tst_drain.moc"
