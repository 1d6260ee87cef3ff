// SPDX-License-Identifier: GPL-3.0-only
// What goes over a real socket: framing, status codes, headers.
#include "rawclient.h"
#include "testserver.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace quoin;
using namespace Qt::StringLiterals;

class Framing : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void eachRequestHasItsStatusWholeAndByteByByte_data();
    void eachRequestHasItsStatusWholeAndByteByByte();
    void aFramingErrorClosesTheConnection();
    void aProblemNamesItselfAndItsRequest();
    void theBodyArrivesDecoded_data();
    void theBodyArrivesDecoded();
    void headIsGetWithoutItsBody();
    void bodilessStatusesHaveNoBody_data();
    void bodilessStatusesHaveNoBody();
    void oldClientsAreClosedUnlessTheyAskOtherwise();
    void aSaneRequestIdIsKeptAndAnyOtherReplaced_data();
    void aSaneRequestIdIsKeptAndAnyOtherReplaced();
    void continueIsSaidBeforeTheBodyAndOnlyThen();
    void aTooLargeBodyIsRefusedBeforeItIsSent();
    void theAnswerSurvivesABodyThatKeepsComing();
    void aMissingPathKeepsItsConnectionOverASmallBody();
    void theHostsHeadersBelongToTheHost();
    void aHeaderThatWouldSplitTheAnswerIsA500();
    void pipelinedRequestsAreAnsweredInOrder();
    void aHalfClosedClientGetsItsAnswers();
    void capturesAreDecoded();
    void theAccessRecordTellsWhatHappened();

private:
    class Sink final : public http::AccessSink
    {
    public:
        void record(const http::AccessRecord &record) override
        {
            const std::lock_guard lock(mutex);
            lines.append(record.method.toByteArray() + ' ' + record.path.toByteArray() + ' '
                         + record.pattern.toString().toUtf8() + ' ' + QByteArray::number(record.status) + ' '
                         + QByteArray::number(record.bytes) + ' ' + record.requestId.toByteArray() + ' '
                         + record.peer.toByteArray() + (record.isComplete ? "" : " cut")
                         + (record.microseconds >= 0 ? "" : " time"));
        }
        QByteArray lineWith(const QByteArray &part)
        {
            const std::lock_guard lock(mutex);
            for (const QByteArray &line : std::as_const(lines)) {
                if (line.contains(part))
                    return line;
            }
            return {};
        }
        std::mutex mutex;
        QByteArrayList lines;
    };

    Sink m_sink;
    std::unique_ptr<TestServer> m_server;
};

void Framing::initTestCase()
{
    m_server = std::make_unique<TestServer>(http::Limits(), &m_sink);
    m_server->get(u"/"_s, [](const Request &) { return QtFuture::makeReadyFuture(Response::text("hello")); });
    m_server->get(u"/pool"_s, [](const Request &request) { return Response::text(request.method()); });
    m_server->post(u"/echo"_s,
                   [](const Request &request) { return Response::bytes(request.body(), "application/octet-stream"); });
    m_server->post(u"/small"_s, [](const Request &) { return Response::empty(); }).bodyLimit = 10;
    m_server->get(u"/status/{status}"_s, [](const Request &, int status) { return Response::text("a body", status); });
    m_server->get(u"/name/{name}"_s,
                  [](const Request &, const QString &name) { return Response::text(name.toUtf8()); });
    m_server->get(u"/own"_s, [](const Request &) {
        Response response = Response::text("x");
        for (const char *name :
             {"Content-Length", "transfer-encoding", "Connection", "DATE", "X-Request-Id", "Keep-Alive", "Upgrade"})
            response.addHeader(name, "99");
        response.addHeader("X-Kept", "yes");
        return response;
    });
    m_server->get(u"/split"_s, [](const Request &) { return Response::text("x").header("X-A", "a\r\nSet-Cookie: b"); });
    m_server->get(u"/split-name"_s, [](const Request &) { return Response::text("x").header("X A", "a"); });
    m_server->get(u"/large"_s, [](const Request &) { return Response::bytes(QByteArray(3000000, 'z'), "text/plain"); });
    m_server->start();
}

void Framing::eachRequestHasItsStatusWholeAndByteByByte_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QByteArray &bytes, int status) {
        QTest::newRow(name) << bytes << status;
    };
    row("future", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200);
    row("pool", "GET /pool HTTP/1.1\r\nHost: a\r\n\r\n", 200);
    row("absolute target", "GET http://a/pool?x HTTP/1.1\r\nHost: a\r\n\r\n", 200);
    row("not there", "GET /nope HTTP/1.1\r\nHost: a\r\n\r\n", 404);
    row("not an integer", "GET /status/x HTTP/1.1\r\nHost: a\r\n\r\n", 404);
    row("bad escape", "GET /name/%zz HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    row("wrong method", "DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", 405);
    row("unknown method", "FROB / HTTP/1.1\r\nHost: a\r\n\r\n", 405);
    row("OPTIONS", "OPTIONS /echo HTTP/1.1\r\nHost: a\r\n\r\n", 204);
    row("OPTIONS *", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 204);
    row("bracket in the path", "GET /[a]|{b}^ HTTP/1.1\r\nHost: a\r\n\r\n", 404);
    row("bare LF", "GET / HTTP/1.1\nHost: a\n\n", 400);
    row("no Host", "GET / HTTP/1.1\r\n\r\n", 400);
    row("two lengths", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400);
    row("smuggling length",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400);
    row("length and chunked",
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400);
    row("bad chunk", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400);
    row("large", "POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", 413);
    row("large, chunked", "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n", 413);
    row("large, above the default", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n", 413);
    row("large, for nothing", "POST /nope HTTP/1.1\r\nHost: a\r\nContent-Length: 16777217\r\n\r\n", 404);
    row("long line", "GET /" + QByteArray(8200, 'a') + " HTTP/1.1\r\n", 414);
    row("expectation", "GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\n\r\n", 417);
    row("many fields", "GET / HTTP/1.1\r\nHost: a\r\n" + QByteArray("A: b\r\n").repeated(100) + "\r\n", 431);
    row("long head", "GET / HTTP/1.1\r\nHost: a\r\nX: " + QByteArray(33000, 'x') + "\r\n\r\n", 431);
    row("CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501);
    row("gzip", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501);
    row("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505);
    row("TLS", QByteArray("\x16\x03\x01\x02", 4), 400);
}

void Framing::eachRequestHasItsStatusWholeAndByteByByte()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, status);
    RawClient whole(m_server->port());
    whole.send(bytes);
    QCOMPARE(whole.answer().status, status);
    RawClient slow(m_server->port());
    slow.sendByteByByte(bytes);
    QCOMPARE(slow.answer().status, status);
}

void Framing::aFramingErrorClosesTheConnection()
{
    RawClient client(m_server->port());
    client.send("GET / HTTP/1.1\r\nHost : a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const RawAnswer answer = client.answer();
    QCOMPARE(answer.status, 400);
    QCOMPARE(answer.header("Connection"), QByteArray("close"));
    QVERIFY(client.isClosedByServer()); // and the second request was never served
}

void Framing::aProblemNamesItselfAndItsRequest()
{
    RawClient client(m_server->port());
    const RawAnswer answer = client.get("/nope", "X-Request-Id: abc.1\r\n");
    QCOMPARE(answer.header("Content-Type"), QByteArray("application/problem+json"));
    const QJsonObject problem = QJsonDocument::fromJson(answer.body).object();
    QCOMPARE(problem["type"_L1].toString(), u"urn:quoin:problem:not-found"_s);
    QCOMPARE(problem["title"_L1].toString(), u"Not Found"_s);
    QCOMPARE(problem["status"_L1].toInt(), 404);
    QCOMPARE(problem["request_id"_L1].toString(), u"abc.1"_s);
    QVERIFY(!problem["detail"_L1].toString().isEmpty());
    QVERIFY(answer.header("Connection").isNull());
}

void Framing::theBodyArrivesDecoded_data()
{
    QTest::addColumn<QByteArray>("framed");
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("length") << QByteArray("Content-Length: 5\r\n\r\nab\r\nc") << QByteArray("ab\r\nc");
    QTest::newRow("empty") << QByteArray("Content-Length: 0\r\n\r\n") << QByteArray();
    QTest::newRow("chunked") << QByteArray(
        "Transfer-Encoding: chunked\r\n\r\n2;x\r\nab\r\n3\r\n\r\nc\r\n0\r\nT: u\r\n\r\n")
                             << QByteArray("ab\r\nc");
    QTest::newRow("large") << QByteArray("Content-Length: 3000000\r\n\r\n" + QByteArray(3000000, 'q'))
                           << QByteArray(3000000, 'q');
}

void Framing::theBodyArrivesDecoded()
{
    QFETCH(QByteArray, framed);
    QFETCH(QByteArray, body);
    RawClient client(m_server->port());
    for (int i = 0; i < 2; ++i) { // twice on one connection: the framing is left where it must be
        client.send("POST /echo HTTP/1.1\r\nHost: a\r\n" + framed);
        const RawAnswer answer = client.answer();
        QCOMPARE(answer.status, 200);
        QVERIFY(answer.body == body);
    }
}

void Framing::headIsGetWithoutItsBody()
{
    RawClient client(m_server->port());
    client.send(
        "HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD /pool HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    QCOMPARE(client.answer(true).header("Content-Length"), QByteArray("5"));
    QCOMPARE(client.answer(true).header("Content-Length"), QByteArray("4")); // the handler of GET sees "HEAD"
    QCOMPARE(client.answer().body, QByteArray("hello"));                     // nothing was left between
}

void Framing::bodilessStatusesHaveNoBody_data()
{
    QTest::addColumn<int>("sent");
    QTest::addColumn<int>("seen");
    QTest::newRow("204") << 204 << 204;
    QTest::newRow("205") << 205 << 205;
    QTest::newRow("304") << 304 << 304;
    QTest::newRow("418, which has one") << 418 << 418;
    QTest::newRow("100 is no answer") << 100 << 500;
    QTest::newRow("0 is no answer") << 0 << 500;
    QTest::newRow("1000 is no answer") << 1000 << 500;
}

void Framing::bodilessStatusesHaveNoBody()
{
    QFETCH(int, sent);
    QFETCH(int, seen);
    RawClient client(m_server->port());
    const RawAnswer answer = client.get("/status/" + QByteArray::number(sent));
    QCOMPARE(answer.status, seen);
    if (seen == 204 || seen == 304)
        QVERIFY(answer.header("Content-Length").isNull());
    if (seen == 205)
        QCOMPARE(answer.header("Content-Length"), QByteArray("0"));
    QCOMPARE(client.get("/").body, QByteArray("hello"));
}

void Framing::oldClientsAreClosedUnlessTheyAskOtherwise()
{
    RawClient once(m_server->port());
    once.send("GET / HTTP/1.0\r\n\r\n");
    QCOMPARE(once.answer().body, QByteArray("hello"));
    QVERIFY(once.isClosedByServer());

    RawClient kept(m_server->port());
    for (int i = 0; i < 2; ++i) {
        kept.send("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        const RawAnswer answer = kept.answer();
        QCOMPARE(answer.header("Connection"), QByteArray("keep-alive"));
        QCOMPARE(answer.body, QByteArray("hello"));
    }
    RawClient closing(m_server->port());
    QCOMPARE(closing.get("/", "Connection: x, close\r\n").header("Connection"), QByteArray("close"));
    QVERIFY(closing.isClosedByServer());
}

void Framing::aSaneRequestIdIsKeptAndAnyOtherReplaced_data()
{
    QTest::addColumn<QByteArray>("id");
    QTest::addColumn<bool>("kept");
    QTest::newRow("sane") << QByteArray("aZ09._-") << true;
    QTest::newRow("longest") << QByteArray(128, 'a') << true;
    QTest::newRow("too long") << QByteArray(129, 'a') << false;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("quote") << QByteArray("a\"b") << false;
    QTest::newRow("space") << QByteArray("a b") << false;
}

void Framing::aSaneRequestIdIsKeptAndAnyOtherReplaced()
{
    QFETCH(QByteArray, id);
    QFETCH(bool, kept);
    RawClient client(m_server->port());
    const QByteArray first = client.get("/", "X-Request-Id: " + id + "\r\n").header("X-Request-Id");
    QCOMPARE(first == id, kept);
    QVERIFY(!first.isEmpty());
    QVERIFY(client.get("/").header("X-Request-Id") != first);
}

void Framing::continueIsSaidBeforeTheBodyAndOnlyThen()
{
    RawClient client(m_server->port());
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    QCOMPARE(client.answer().status, 100);
    client.send("abc");
    QCOMPARE(client.answer().body, QByteArray("abc"));
    client.send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
    QCOMPARE(client.answer().status, 200);
}

void Framing::aTooLargeBodyIsRefusedBeforeItIsSent()
{
    RawClient client(m_server->port());
    client.send("POST /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");
    const RawAnswer answer = client.answer();
    QCOMPARE(answer.status, 413);
    QCOMPARE(answer.header("Connection"), QByteArray("close"));
}

void Framing::theAnswerSurvivesABodyThatKeepsComing()
{
    RawClient client(m_server->port());
    client.send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 3000000\r\n\r\n");
    client.send(QByteArray(3000000, 'x'));
    QCOMPARE(client.answer().status, 413);
}

void Framing::aMissingPathKeepsItsConnectionOverASmallBody()
{
    RawClient client(m_server->port());
    for (const char *framed :
         {"Content-Length: 3\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"}) {
        client.send(QByteArray("POST /nope HTTP/1.1\r\nHost: a\r\n") + framed);
        QCOMPARE(client.answer().status, 404);
    }
    QCOMPARE(client.get("/").status, 200);
}

void Framing::theHostsHeadersBelongToTheHost()
{
    RawClient client(m_server->port());
    const RawAnswer answer = client.get("/own", "X-Request-Id: mine\r\n");
    QCOMPARE(answer.body, QByteArray("x"));
    QCOMPARE(answer.header("Content-Length"), QByteArray("1"));
    QCOMPARE(answer.header("X-Request-Id"), QByteArray("mine"));
    QCOMPARE(answer.header("X-Kept"), QByteArray("yes"));
    QVERIFY(answer.header("Transfer-Encoding").isNull());
    QVERIFY(answer.header("Date").endsWith(" GMT"));
    QCOMPARE(answer.headers.size(), 5);
}

void Framing::aHeaderThatWouldSplitTheAnswerIsA500()
{
    RawClient client(m_server->port());
    for (const char *path : {"/split", "/split-name"}) {
        const RawAnswer answer = client.get(path);
        QCOMPARE(answer.status, 500);
        QVERIFY(answer.header("Set-Cookie").isNull());
    }
    QCOMPARE(client.get("/").status, 200);
}

void Framing::pipelinedRequestsAreAnsweredInOrder()
{
    RawClient client(m_server->port());
    QByteArray requests;
    for (int i = 0; i < 500; ++i)
        requests += "GET /name/" + QByteArray::number(i)
            + " HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n";
    client.send(requests);
    for (int i = 0; i < 500; ++i) {
        QCOMPARE(client.answer().body, QByteArray::number(i)); // from the pool
        QCOMPARE(client.answer().body, QByteArray("hello"));   // from the loop
    }
}

void Framing::aHalfClosedClientGetsItsAnswers()
{
    RawClient client(m_server->port());
    client.send(
        "GET /pool HTTP/1.1\r\nHost: a\r\n\r\nGET /large HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.finishSending();
    QCOMPARE(client.answer().body, QByteArray("GET"));
    QCOMPARE(client.answer().body.size(), 3000000);
    QCOMPARE(client.answer().body, QByteArray("hello"));
    QVERIFY(client.isClosedByServer());
}

void Framing::capturesAreDecoded()
{
    RawClient client(m_server->port());
    QCOMPARE(client.get("/name/a%2Fb%20%C3%A9?c").body, QByteArray("a/b \xc3\xa9"));
}

void Framing::theAccessRecordTellsWhatHappened()
{
    RawClient client(m_server->port());
    client.get("/name/x?secret", "X-Request-Id: rec1\r\n");
    client.get("/nope", "X-Request-Id: rec2\r\n");
    QTRY_COMPARE(m_sink.lineWith("rec1"), QByteArray("GET /name/x /name/{name} 200 1 rec1 127.0.0.1"));
    QTRY_VERIFY(m_sink.lineWith("rec2").startsWith("GET /nope  404 "));
    RawClient broken(m_server->port());
    broken.send("BROKEN\r\n\r\n");
    QCOMPARE(broken.answer().status, 400);
    QTRY_VERIFY(!m_sink.lineWith(" 400 ").isEmpty());
}

QTEST_GUILESS_MAIN(Framing)
#include "tst_framing.moc"
