// SPDX-License-Identifier: GPL-3.0-only
// Each limit and deadline that needs a clock, other connections or memory.
#include "gate.h"
#include "rawclient.h"
#include "residentmemory.h"
#include "testserver.h"

#include <QElapsedTimer>
#include <QTcpSocket>
#include <QTest>

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace quoin;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class LimitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSilentClientIsTold408();
    void aHeadThatDripsIsTold408HoweverOftenItDrips();
    void aBodyThatDripsIsTold408();
    void anIdleConnectionIsClosedWithoutAWord();
    void aBodyAtItsRateIsNotHurried();
    void connectionsAboveTheCapAreTold503();
    void theBodiesOfAllRequestsShareOneBudget();
    void pipelinedBytesBehindAPendingAnswerStayInTheSocket();
    void descriptorsRunningOutPausesAcceptingOnly();
    void listeningOnATakenPortSaysWhatToDo();
    void theServerListensOnIpv6();
    void aDescriptorIsEnoughToServe();
};

namespace {

void addHello(TestServer &server)
{
    server.get(u"/"_s, [](const Request &) { return QtFuture::makeReadyFuture(Response::text("hello")); });
    server.post(u"/echo"_s, [](const Request &request) {
        return QtFuture::makeReadyFuture(Response::bytes(request.body(), "text/plain"));
    });
}

} // namespace

void LimitsTest::aSilentClientIsTold408()
{
    http::Limits limits;
    limits.silentTime = 50ms;
    TestServer server(limits);
    addHello(server);
    server.start();
    RawClient client(server.port());
    const RawAnswer answer = client.answer();
    QCOMPARE(answer.status, 408);
    QCOMPARE(answer.header("Connection"), QByteArray("close"));
    QVERIFY(client.isClosedByServer());
}

void LimitsTest::aHeadThatDripsIsTold408HoweverOftenItDrips()
{
    http::Limits limits;
    limits.headTime = 300ms;
    TestServer server(limits);
    addHello(server);
    server.start();
    RawClient client(server.port());
    QElapsedTimer timer;
    timer.start();
    client.send("GET / HTTP/1.1\r\n");
    while (timer.elapsed() < 5000 && server.server().connections() > 0) {
        client.send("X: y\r\n");
        QTest::qSleep(50); // the rate of the drip, not a wait for anything
    }
    QCOMPARE(client.answer().status, 408);
}

void LimitsTest::aBodyThatDripsIsTold408()
{
    http::Limits limits;
    limits.bodyGrace = 300ms;
    TestServer server(limits);
    addHello(server);
    server.start();
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
    for (int i = 0; i < 100 && server.server().connections() > 0; ++i) {
        client.send("abc");
        QTest::qSleep(50);
    }
    QCOMPARE(client.answer().status, 408);
}

void LimitsTest::aBodyAtItsRateIsNotHurried()
{
    http::Limits limits;
    limits.bodyGrace = 1ms;
    limits.bodyRate = 10;
    TestServer server(limits);
    addHello(server);
    server.start();
    RawClient client(server.port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 2000\r\n\r\n" + QByteArray(100, 'a'));
    for (int i = 0; i < 19; ++i) {
        QTest::qSleep(50); // over several ticks
        client.send(QByteArray(100, 'a'));
    }
    QCOMPARE(client.answer().body, QByteArray(2000, 'a'));
}

void LimitsTest::anIdleConnectionIsClosedWithoutAWord()
{
    http::Limits limits;
    limits.idleTime = 50ms;
    TestServer server(limits);
    addHello(server);
    server.start();
    RawClient client(server.port());
    QCOMPARE(client.get("/").body, QByteArray("hello"));
    QVERIFY(client.isClosedByServer());
}

void LimitsTest::connectionsAboveTheCapAreTold503()
{
    http::Limits limits;
    limits.connections = 3;
    TestServer server(limits);
    addHello(server);
    server.start();
    auto first = std::make_unique<RawClient>(server.port());
    RawClient second(server.port()), third(server.port());
    for (RawClient *client : {first.get(), &second, &third})
        QCOMPARE(client->get("/").status, 200);
    for (int i = 0; i < 5; ++i) {
        RawClient fourth(server.port());
        const RawAnswer answer = fourth.get("/");
        QCOMPARE(answer.status, 503);
        QVERIFY(!answer.header("Retry-After").isNull());
        QVERIFY(fourth.isClosedByServer());
    }
    first.reset();
    QTRY_COMPARE(RawClient(server.port()).get("/").status, 200);
}

void LimitsTest::theBodiesOfAllRequestsShareOneBudget()
{
    http::Limits limits;
    limits.bufferedBodies = 1000000;
    TestServer server(limits);
    Gate gate;
    addHello(server);
    server.post(u"/held"_s, [&gate](const Request &) {
        gate.pass();
        return Response::empty();
    });
    server.start();
    RawClient holder(server.port());
    holder.send("POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 800000\r\n\r\n" + QByteArray(800000, 'a'));
    QVERIFY(gate.waitForArrival());
    RawClient other(server.port());
    other.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + QByteArray(300000, 'a'));
    const RawAnswer refused = other.answer();
    QCOMPARE(refused.status, 503);
    QVERIFY(!refused.header("Retry-After").isNull());
    gate.open();
    QCOMPARE(holder.answer().status, 204);
    server.pool().waitForDone();
    RawClient again(server.port());
    again.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 900000\r\n\r\n" + QByteArray(900000, 'a'));
    QCOMPARE(again.answer().body.size(), 900000);
}

void LimitsTest::pipelinedBytesBehindAPendingAnswerStayInTheSocket()
{
    TestServer server;
    Gate gate;
    addHello(server);
    server.get(u"/slow"_s, [&gate](const Request &) {
        gate.pass();
        return Response::text("slow");
    });
    server.start();
    RawClient client(server.port());
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(gate.waitForArrival());
    const qint64 before = residentBytes();
    const QByteArray request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    const int count = 200000; // 5.6 MB: more than the buffers of both sockets hold
    const std::unique_ptr<QThread> sender(QThread::create([&] {
        for (int i = 0; i < count / 1000; ++i)
            client.send(request.repeated(1000));
    }));
    sender->start();
    QVERIFY(!sender->wait(500)); // it is stuck, because nobody reads
    QVERIFY(!isResidentMemoryMeaningful || residentBytes() - before < 4 * 1024 * 1024);
    gate.open();
    QCOMPARE(client.answer().body, QByteArray("slow"));
    for (int i = 0; i < count; ++i)
        QVERIFY(client.answer().body == "hello");
    QVERIFY(sender->wait(10000));
}

void LimitsTest::descriptorsRunningOutPausesAcceptingOnly()
{
    if (!isResidentMemoryMeaningful)
        QSKIP("the sanitizers open pipes to look at memory, and report what they cannot look at");
    TestServer server;
    addHello(server);
    server.start();
    RawClient served(server.port());
    QCOMPARE(served.get("/").body, QByteArray("hello"));

    rlimit normal{};
    ::getrlimit(RLIMIT_NOFILE, &normal);
    RawClient waiting(server.port()); // its descriptor is made before there are none left
    QCOMPARE(waiting.get("/").body, QByteArray("hello"));
    const int next = ::dup(0);
    ::close(next);
    const rlimit none{static_cast<rlim_t>(next + 1), normal.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    RawClient last(server.port()); // takes the last one: the server's accept() fails
    last.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    for (int i = 0; i < 100; ++i)
        QCOMPARE(served.get("/").body, QByteArray("hello"));
    timespec before{}, after{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
    QTest::qWait(500);
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
    ::setrlimit(RLIMIT_NOFILE, &normal);
    QCOMPARE(last.answer().body, QByteArray("hello")); // accepted once there are descriptors again
    const qint64 used = (after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000;
    QVERIFY2(used < 250, "accepting spins while there are no descriptors");
}

void LimitsTest::listeningOnATakenPortSaysWhatToDo()
{
    TestServer server;
    server.start();
    QThreadPool pool;
    http::Server second({}, {}, pool, nullptr);
    const auto listening = second.listen(QHostAddress::LocalHost, server.port());
    QVERIFY(!listening);
    const QString message = listening.error().message();
    QVERIFY2(message.contains(QString::number(server.port())) && message.contains(u"choose another port"_s),
             qPrintable(message));
    const auto foreign = second.listen(QHostAddress(u"192.0.2.1"_s), 0);
    QVERIFY(!foreign);
    QVERIFY(foreign.error().message().contains(u"not an address of this host"_s));
}

void LimitsTest::theServerListensOnIpv6()
{
    QThreadPool pool;
    http::Server server({}, {}, pool, nullptr);
    const auto listening = server.listen(QHostAddress::LocalHostIPv6, 0);
    if (!listening)
        QSKIP(qPrintable(listening.error().message()));
    QTcpSocket client;
    client.connectToHost(QHostAddress::LocalHostIPv6, server.port());
    client.write("GET / HTTP/1.1\r\nHost: [::1]\r\n\r\n");
    QTRY_VERIFY(client.bytesAvailable() > 0);
    QVERIFY(client.readAll().startsWith("HTTP/1.1 404 "));
}

void LimitsTest::aDescriptorIsEnoughToServe()
{
    TestServer server;
    addHello(server);
    server.start();
    int pair[2];
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    server.server().adopt(pair[0]); // from another thread than the loop's
    QVERIFY(::send(pair[1], "GET / HTTP/1.0\r\n\r\n", 18, 0) == 18);
    QByteArray answer(4096, Qt::Uninitialized);
    answer.truncate(::recv(pair[1], answer.data(), 4096, 0));
    QVERIFY(answer.startsWith("HTTP/1.1 200 OK") && answer.endsWith("hello"));
    ::close(pair[1]);
    QTRY_COMPARE(server.server().connections(), 0);
}

QTEST_GUILESS_MAIN(LimitsTest)
#include "tst_limits.moc"
