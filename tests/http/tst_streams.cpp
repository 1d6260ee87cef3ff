// SPDX-License-Identifier: GPL-3.0-only
// Pulled bodies.
#include "gate.h"
#include "later.h"
#include "rawclient.h"
#include "residentmemory.h"
#include "testserver.h"

#include <QElapsedTimer>
#include <QPromise>
#include <QTest>

using namespace quoin;
using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

class Streams : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMillionLinesNeedConstantMemory();
    void piecesFromAnotherThreadArriveWholeAndInOrder();
    void aKnownLengthIsDeclared();
    void anOldClientSeesTheEndByTheClose();
    void headDoesNotPull();
    void theConnectionGoesOnAfterAStream();
    void aSourceThatFailsCutsTheBody_data();
    void aSourceThatFailsCutsTheBody();
    void aStalledReaderStopsThePulling();
    void aStalledReaderIsCutOff();
    void aGoneClientEndsTheSource();
    void aFastStreamLeavesTheLoopToOthers();
};

namespace {

/// Counts itself, so that a test sees when it is gone.
class Source final : public abi::BodySource
{
public:
    using Function = std::function<void(std::unique_ptr<abi::Piece>)>;
    Source(std::atomic<int> &alive, Function function)
        : m_alive(alive)
        , m_function(std::move(function))
    {
        ++m_alive;
    }
    ~Source() override { --m_alive; }
    void pull(abi::Piece *owned) override { m_function(std::unique_ptr<abi::Piece>(owned)); }

private:
    std::atomic<int> &m_alive;
    Function m_function;
};

std::unique_ptr<abi::Handler> streaming(std::atomic<int> &alive, qint64 length, Source::Function function)
{
    return rawHandler([&alive, length, function](const abi::Request *, abi::Reply *owned) {
        const std::unique_ptr<abi::Reply> reply(owned);
        reply->stream(200, {{"Content-Type", "text/plain"}}, length, new Source(alive, function));
    });
}

NextPiece lines(int count)
{
    auto next = std::make_shared<int>(0);
    return [next, count]() -> QFuture<Result<QByteArray>> {
        QByteArray piece;
        while (*next < count && piece.size() < 16384)
            piece += "{\"id\":" + QByteArray::number((*next)++) + ",\"title\":\"a record with a title\"}\n";
        return QtFuture::makeReadyFuture(Result<QByteArray>(piece));
    };
}

} // namespace

void Streams::aMillionLinesNeedConstantMemory()
{
    TestServer server;
    server.get(u"/"_s, [](const Request &) {
        return QtFuture::makeReadyFuture(Response::stream("text/plain", lines(1000000)));
    });
    server.start();
    RawClient client(server.port());
    const qint64 before = residentBytes();
    qint64 most = 0;
    qint64 received = 0;
    qint64 newlines = 0;
    client.send("GET / HTTP/1.0\r\n\r\n"); // without chunks around the lines, so that they can be counted as they come
    for (QByteArray some = client.readSome(); !some.isEmpty(); some = client.readSome()) {
        received += some.size();
        newlines += some.count('\n');
        if (received % 64 < 8)
            most = std::max(most, residentBytes() - before);
    }
    QVERIFY(received > 40000000);
    QVERIFY(newlines > 1000000 && newlines < 1000010); // and the head's
    if (isResidentMemoryMeaningful)
        QVERIFY2(most < 8 * 1024 * 1024, qPrintable(QString::number(most)));
}

void Streams::piecesFromAnotherThreadArriveWholeAndInOrder()
{
    TestServer server;
    server.get(u"/"_s, [](const Request &) {
        auto next = std::make_shared<int>(0);
        return QtFuture::makeReadyFuture(Response::stream("text/plain", [next] {
            return later([next]() -> Result<QByteArray> {
                return *next == 2000 ? QByteArray() : QByteArray::number((*next)++) + '\n';
            });
        }));
    });
    server.start();
    RawClient client(server.port());
    for (int round = 0; round < 2; ++round) {
        const RawAnswer answer = client.get("/");
        QCOMPARE(answer.header("Transfer-Encoding"), QByteArray("chunked"));
        QVERIFY(answer.isWhole);
        const QByteArrayList numbers = answer.body.split('\n');
        QCOMPARE(numbers.size(), 2001);
        for (int i = 0; i < 2000; ++i)
            QCOMPARE(numbers.at(i).toInt(), i);
    }
}

void Streams::aKnownLengthIsDeclared()
{
    std::atomic<int> alive = 0;
    TestServer server;
    auto count = std::make_shared<int>(0);
    server.add("GET", u"/"_s, {}, abi::RunsOn::Loop, streaming(alive, 300000, [count](auto piece) {
                   ++*count % 4 ? piece->bytes(QByteArray(100000, 'b')) : piece->end();
               }));
    server.start();
    RawClient client(server.port());
    for (int i = 0; i < 2; ++i) {
        const RawAnswer answer = client.get("/");
        QCOMPARE(answer.header("Content-Length"), QByteArray("300000"));
        QVERIFY(answer.header("Transfer-Encoding").isNull());
        QVERIFY(answer.body == QByteArray(300000, 'b'));
    }
    QTRY_COMPARE(alive, 0);
}

void Streams::anOldClientSeesTheEndByTheClose()
{
    TestServer server;
    server.get(u"/"_s,
               [](const Request &) { return QtFuture::makeReadyFuture(Response::stream("text/plain", lines(10))); });
    server.start();
    RawClient client(server.port());
    client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    const RawAnswer answer = client.answer();
    QCOMPARE(answer.header("Connection"), QByteArray("close"));
    QVERIFY(answer.header("Transfer-Encoding").isNull());
    QCOMPARE(answer.body.count('\n'), 10);
}

void Streams::headDoesNotPull()
{
    std::atomic<int> alive = 0;
    std::atomic<int> pulled = 0;
    TestServer server;
    server.add("GET", u"/"_s, {}, abi::RunsOn::Loop, streaming(alive, -1, [&pulled](auto piece) {
                   ++pulled;
                   piece->end();
               }));
    server.start();
    RawClient client(server.port());
    client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
    QCOMPARE(client.answer(true).status, 200);
    QCOMPARE(pulled, 0);
    QCOMPARE(client.get("/").body, QByteArray());
    QTRY_COMPARE(alive, 0);
}

void Streams::theConnectionGoesOnAfterAStream()
{
    TestServer server;
    server.get(u"/stream"_s,
               [](const Request &) { return QtFuture::makeReadyFuture(Response::stream("text/plain", lines(20000))); });
    server.get(u"/text"_s, [](const Request &) { return QtFuture::makeReadyFuture(Response::text("text")); });
    server.start();
    RawClient client(server.port());
    client.send(
        QByteArray("GET /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /text HTTP/1.1\r\nHost: a\r\n\r\n").repeated(20));
    for (int i = 0; i < 20; ++i) {
        QCOMPARE(client.answer().body.count('\n'), 20000);
        QCOMPARE(client.answer().body, QByteArray("text"));
    }
}

void Streams::aSourceThatFailsCutsTheBody_data()
{
    QTest::addColumn<QString>("how");
    for (const QString &how : {u"fail"_s, u"drop"_s, u"throw"_s, u"too much"_s, u"too little"_s, u"from a thread"_s})
        QTest::newRow(qPrintable(how)) << how;
}

void Streams::aSourceThatFailsCutsTheBody()
{
    QFETCH(QString, how);
    std::atomic<int> alive = 0;
    auto count = std::make_shared<std::atomic<int>>(0);
    const qint64 length = how.startsWith(u"too"_s) ? 15 : -1;
    TestServer server;
    server.add("GET", u"/"_s, {}, abi::RunsOn::Loop,
               streaming(alive, length, [how, count](std::unique_ptr<abi::Piece> piece) {
                   if ((*count)++ == 0)
                       return piece->bytes("0123456789");
                   if (how == u"throw"_s)
                       throw std::runtime_error("no more");
                   if (how == u"fail"_s)
                       piece->fail(u"no more"_s);
                   else if (how == u"too much"_s)
                       piece->bytes("0123456789");
                   else if (how == u"too little"_s)
                       piece->end();
                   else if (how == u"from a thread"_s)
                       quoin::detail::startOn(*QThreadPool::globalInstance(), [raw = piece.release()] { delete raw; });
               }));
    server.get(u"/fine"_s, [](const Request &) { return Response::text("fine"); });
    server.start();
    RawClient client(server.port());
    const RawAnswer answer = client.get("/");
    QVERIFY(!answer.isWhole); // nobody takes a part for the whole
    QTRY_COMPARE(alive, 0);
    QCOMPARE(RawClient(server.port()).get("/fine").body, QByteArray("fine"));
}

void Streams::aStalledReaderStopsThePulling()
{
    std::atomic<int> alive = 0;
    std::atomic<qint64> given = 0;
    TestServer server;
    server.add("GET", u"/"_s, {}, abi::RunsOn::Loop, streaming(alive, -1, [&given](auto piece) {
                   given += 16384;
                   piece->bytes(QByteArray(16384, 's'));
               }));
    server.start();
    RawClient client(server.port(), 16384);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QTRY_VERIFY(given > 0);
    qint64 before = -1;
    while (given != before && before < 8 * 1024 * 1024) { // until it no longer grows
        before = given;
        QTest::qWait(300);
    }
    QVERIFY(before < 8 * 1024 * 1024);      // what the kernel's buffers hold, and 64 KiB
    for (qint64 taken = 0; taken < before;) // reading on makes it flow again
        taken += client.readSome().size();
    QTRY_VERIFY(given > before);
    client.reset();
    QTRY_COMPARE(alive, 0);
}

void Streams::aStalledReaderIsCutOff()
{
    http::Limits limits;
    limits.stallTime = 100ms;
    std::atomic<int> alive = 0;
    TestServer server(limits);
    server.add("GET", u"/stream"_s, {}, abi::RunsOn::Loop,
               streaming(alive, -1, [](auto piece) { piece->bytes(QByteArray(16384, 's')); }));
    server.get(u"/large"_s, [](const Request &) {
        return QtFuture::makeReadyFuture(Response::bytes(QByteArray(50000000, 'x'), "text/plain"));
    });
    server.start();
    for (const char *path : {"/stream", "/large"}) {
        RawClient client(server.port(), 16384);
        client.send(QByteArray("GET ") + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
        QVERIFY(client.readSome().startsWith("HTTP/1.1 200 OK")); // and nothing more
        QTRY_COMPARE(server.server().connections(), 0);
    }
    QTRY_COMPARE(alive, 0);
}

void Streams::aGoneClientEndsTheSource()
{
    std::atomic<int> alive = 0;
    std::unique_ptr<abi::Piece> kept;
    TestServer server;
    server.add("GET", u"/"_s, {}, abi::RunsOn::Loop,
               streaming(alive, -1, [&kept](auto piece) { kept = std::move(piece); }));
    server.start();
    RawClient client(server.port());
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QVERIFY(client.readSome().startsWith("HTTP/1.1 200 OK")); // the head does not wait for the first piece
    QCOMPARE(alive, 1);
    client.reset();
    QTRY_COMPARE(alive, 0);
    kept->bytes("to nobody");
}

void Streams::aFastStreamLeavesTheLoopToOthers()
{
    std::atomic<int> alive = 0;
    std::atomic<bool> stop = false;
    TestServer server;
    server.add("GET", u"/stream"_s, {}, abi::RunsOn::Loop, streaming(alive, -1, [&stop](auto piece) {
                   stop ? piece->end() : piece->bytes(QByteArray(65536, 's'));
               }));
    server.get(u"/text"_s, [](const Request &) { return QtFuture::makeReadyFuture(Response::text("text")); });
    server.start();
    RawClient reader(server.port());
    const std::unique_ptr<QThread> thread(QThread::create([&reader] { reader.get("/stream"); }));
    thread->start();
    QTRY_COMPARE(alive, 1);
    RawClient other(server.port());
    for (int i = 0; i < 100; ++i)
        QCOMPARE(other.get("/text").body, QByteArray("text"));
    stop = true;
    QVERIFY(thread->wait(10000));
}

QTEST_GUILESS_MAIN(Streams)
#include "tst_streams.moc"
