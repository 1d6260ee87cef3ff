// SPDX-License-Identifier: GPL-3.0-only
// Many clients, most of them bad.
#include "later.h"
#include "rawclient.h"
#include "testserver.h"

#include <QTest>

#include <random>

#include <sys/resource.h>

using namespace quoin;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class Storm : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void noInputCrashesStallsOrFillsTheServer_storm();
    void idleConnectionsDoNotDisturbTheOthers();
};

namespace {

void addRoutes(TestServer &server)
{
    server.get(u"/"_s, [](const Request &) { return QtFuture::makeReadyFuture(Response::text("hello")); });
    server.get(u"/pool"_s, [](const Request &) { return Response::text(QByteArray(200000, 'p')); });
    server.get(u"/later"_s, [](const Request &) { return later([] { return Response::text("later"); }); });
    server.get(u"/throws"_s, [](const Request &) -> Response { throw 1; });
    server.post(u"/echo"_s, [](const Request &request) { return Response::bytes(request.body(), "text/plain"); });
    server.get(u"/stream"_s, [](const Request &) {
        auto left = std::make_shared<int>(50);
        return QtFuture::makeReadyFuture(Response::stream("text/plain", [left] {
            return later(
                [left]() -> Result<QByteArray> { return (*left)-- > 0 ? QByteArray(10000, 's') : QByteArray(); });
        }));
    });
}

/// One client that does something, often wrong, and leaves in one of several ways.
void visit(quint16 port, unsigned seed)
{
    std::mt19937 random(seed);
    static const QByteArrayList doings{
        "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /pool HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /later HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /stream HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET /stream HTTP/1.0\r\n\r\n",
        "GET /throws HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\nhalf",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "GET /\r\n\r\n",
        "\x16\x03\x01",
        "GET / HTTP/1.1\r\nHo",
        "HEAD /pool HTTP/1.1\r\nHost: a\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n",
    };
    RawClient client(port);
    for (unsigned i = 0; i < 1 + random() % 6; ++i) {
        const QByteArray &doing = doings.at(static_cast<qsizetype>(random() % static_cast<unsigned>(doings.size())));
        random() % 8 == 0 ? client.sendByteByByte(doing) : static_cast<void>(client.send(doing));
    }
    switch (random() % 5) {
    case 0:
        return client.reset();
    case 1:
        return client.close();
    case 2:
        client.finishSending();
        [[fallthrough]];
    case 3:
        client.readSome();
        return;
    default:
        client.readSome();
        return client.reset();
    }
}

} // namespace

void Storm::noInputCrashesStallsOrFillsTheServer_storm()
{
    http::Limits limits;
    limits.headTime = limits.silentTime = limits.bodyGrace = 200ms; // the half requests are to time out within the test
    TestServer server(limits);
    addRoutes(server);
    server.start();
    RawClient good(server.port());
    QCOMPARE(good.get("/").body, QByteArray("hello")); // so it is not silent, however long the others keep it waiting
    std::vector<std::unique_ptr<QThread>> threads;
    for (unsigned t = 0; t < 8; ++t) {
        threads.emplace_back(QThread::create([&server, t] {
            for (unsigned i = 0; i < 150; ++i)
                visit(server.port(), t * 1000 + i);
        }));
        threads.back()->start();
    }
    for (int i = 0; i < 200; ++i)
        QCOMPARE(good.get("/").body, QByteArray("hello"));
    for (const auto &thread : threads)
        QVERIFY(thread->wait(100000));
    QCOMPARE(good.get("/").body, QByteArray("hello"));
    QTRY_COMPARE_WITH_TIMEOUT(server.server().connections(), 1, 30000); // nothing of it is left
}

void Storm::idleConnectionsDoNotDisturbTheOthers()
{
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min<rlim_t>(limit.rlim_max, 8192);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    const int wanted = static_cast<int>(std::min<rlim_t>(1500, (limit.rlim_cur - 200) / 2)); // both ends are ours
    TestServer server;
    addRoutes(server);
    server.start();
    std::vector<std::unique_ptr<RawClient>> idle;
    for (int i = 0; i < wanted; ++i)
        idle.push_back(std::make_unique<RawClient>(server.port()));
    QTRY_COMPARE(server.server().connections(), wanted);
    RawClient active(server.port());
    for (int i = 0; i < 2000; ++i)
        QCOMPARE(active.get("/").body, QByteArray("hello"));
    for (const auto &client : idle) // and each of them is served when it wakes up
        QCOMPARE(client->get("/").body, QByteArray("hello"));
}

QTEST_GUILESS_MAIN(Storm)
#include "tst_storm.moc"
