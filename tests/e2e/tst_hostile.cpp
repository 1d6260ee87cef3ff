// SPDX-License-Identifier: GPL-3.0-only
#include "support/quoinprocess.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QTest>

#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Promise 6: no input crashes, stalls or fills the server. Each case ends with a look at whether
/// it still serves others.
class HostileTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup();
    void aBodyThatIsNotJsonIsRefusedWithItsPlace_data();
    void aBodyThatIsNotJsonIsRefusedWithItsPlace();
    void noInputCrashesStallsOrFillsTheServer_data();
    void noInputCrashesStallsOrFillsTheServer();
    void aPathStaysInsideTheRoutes_data();
    void aPathStaysInsideTheRoutes();
    void aBodyTooLargeIsRefusedBeforeItIsSent();
    void randomBytesAreRefused();
    void slowClientsKeepNobodyElseWaiting();
    void whoeverDoesNotReadFillsNothing();
    void eachDeadlineEndsWhatIsTooSlow_data();
    void eachDeadlineEndsWhatIsTooSlow();
    void cleanupTestCase();

private:
    QTemporaryDir m_directory;
    QuoinProcess m_server{m_directory.path()};
};

void HostileTest::initTestCase()
{
    m_server.set(u"log.requests"_s, u"false"_s);
    QVERIFY2(m_server.start(), m_server.report());
}

void HostileTest::cleanup()
{
    QVERIFY2(m_server.isRunning(), m_server.report());
    const HttpReply reply = HttpClient(m_server.port()).get("/healthz");
    QVERIFY2(reply.status == 200, m_server.report());
}

void HostileTest::aBodyThatIsNotJsonIsRefusedWithItsPlace_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("offset");
    const auto row = [](const char *name, const QByteArray &body, int offset) {
        QTest::newRow(name) << body << offset;
    };
    row("empty", "", 0);
    row("only space", "  \n", 3);
    row("not a value", "x", 0);
    row("trailing comma", R"({"a":1,})", 7);
    row("trailing bytes", R"({"a":1} x)", 8);
    row("two values", "1 2", 2);
    row("leading zero", "[01]", 2);
    row("not a number", "NaN", 0);
    row("single quotes", "{'a':1}", 1);
    row("unfinished object", R"({"a":1)", 6);
    row("invalid UTF-8", "\"a\xff\"", 2);
    row("overlong UTF-8", "[\"\xc0\xaf\"]", 2);
    row("UTF-8 surrogate", "\"\xed\xa0\x80\"", 1);
    row("byte order mark", "\xef\xbb\xbf{}", 0);
    row("NUL after the value", QByteArray("{}\0", 3), 2);
    row("line break in a string", "\"a\nb\"", 2);
    row("arrays 513 deep", QByteArray(513, '[') + QByteArray(513, ']'), 512);
    row("a million brackets", QByteArray(1'000'000, '['), 512);
}

void HostileTest::aBodyThatIsNotJsonIsRefusedWithItsPlace()
{
    QFETCH(const QByteArray, body);
    QFETCH(const int, offset);
    HttpClient client(m_server.port());
    const HttpReply reply = client.post("/record", body);
    QCOMPARE(reply.status, 400);
    QCOMPARE(reply.header("Content-Type"), "application/problem+json");
    const QString detail = QJsonDocument::fromJson(reply.body).object().value("detail"_L1).toString();
    QVERIFY2(detail.contains(u"at byte %1:"_s.arg(offset)), qPrintable(detail));
    QCOMPARE(client.get("/record").body,
             R"({"results":[]})"); // the connection goes on, and nothing was stored
}

void HostileTest::noInputCrashesStallsOrFillsTheServer_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QList<int>>("statuses");
    const auto row = [](const char *name, const QByteArray &bytes, const QList<int> &statuses) {
        QTest::newRow(name) << bytes << statuses;
    };
    const QByteArray host = "Host: a\r\n";
    const QByteArray smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    row("length and chunked",
        "POST /record HTTP/1.1\r\n" + host + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
            + smuggled,
        {400});
    row("two lengths",
        "POST /record HTTP/1.1\r\n" + host + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" + smuggled, {400});
    row("negative length", "POST /record HTTP/1.1\r\n" + host + "Content-Length: -1\r\n\r\n" + smuggled, {400});
    row("signed length", "POST /record HTTP/1.1\r\n" + host + "Content-Length: +2\r\n\r\n{}" + smuggled, {400});
    row("length of 30 digits",
        "POST /record HTTP/1.1\r\n" + host + "Content-Length: " + QByteArray(30, '9') + "\r\n\r\n" + smuggled,
        {400, 413});
    row("unknown coding",
        "POST /record HTTP/1.1\r\n" + host + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + smuggled,
        {400, 501});
    row("chunk size that is none",
        "POST /record HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" + smuggled,
        {400});
    row("chunk size beyond all",
        "POST /record HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", {400, 413});
    row("chunk without its end",
        "POST /record HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}x\r\n0\r\n\r\n" + smuggled,
        {400});
    row("bare line feeds", "GET / HTTP/1.1\n" + host + "\n", {400});
    row("space before the colon", "GET / HTTP/1.1\r\nHost : a\r\n\r\n", {400});
    row("folded header", "GET / HTTP/1.1\r\n" + host + "X: 1\r\n 2\r\n\r\n", {400});
    row("no host", "GET / HTTP/1.1\r\n\r\n", {400});
    row("two hosts", "GET / HTTP/1.1\r\n" + host + host + "\r\n", {400});
    row("NUL in a value", "GET / HTTP/1.1\r\n" + host + QByteArray("X: a\0b\r\n\r\n", 10), {400});
    row("NUL in the target", QByteArray("GET /\0 HTTP/1.1\r\n", 17) + host + "\r\n", {400});
    row("HTTP/9.9", "GET / HTTP/9.9\r\n" + host + "\r\n", {505});
    row("HTTP/0.9", "GET /\r\n\r\n", {400});
    row("unknown method", "BREW / HTTP/1.1\r\n" + host + "\r\n", {405, 501});
    row("CONNECT", "CONNECT a:443 HTTP/1.1\r\n" + host + "\r\n", {400, 405, 501});
    row("unknown expectation", "POST /record HTTP/1.1\r\n" + host + "Expect: miracles\r\nContent-Length: 2\r\n\r\n{}",
        {417});
    row("target of 64 KB", "GET /" + QByteArray(65536, 'a') + " HTTP/1.1\r\n" + host + "\r\n", {414});
    row("header of 1 MB", "GET / HTTP/1.1\r\n" + host + "X: " + QByteArray(1 << 20, 'a') + "\r\n\r\n", {431});
    row("1000 headers", "GET / HTTP/1.1\r\n" + host + QByteArray("X: a\r\n").repeated(1000) + "\r\n", {431});
    row("TLS", QByteArray::fromHex("16030100c8010000c40303") + QByteArray(189, '\x5a'), {400});
    row("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {400, 505});
}

void HostileTest::noInputCrashesStallsOrFillsTheServer()
{
    QFETCH(const QByteArray, bytes);
    QFETCH(const QList<int>, statuses);
    HttpClient client(m_server.port());
    QVERIFY(client.open());
    client.send(bytes); // not all of it may be taken
    const HttpReply reply = client.receive();
    QVERIFY2(statuses.contains(reply.status), QByteArray::number(reply.status) + ' ' + reply.failure.toUtf8());
    if (!bytes.contains("smuggled"))
        return;
    QVERIFY2(reply.hasToken("Connection", "close"), "who cannot tell where a request ends must not read another one");
}

void HostileTest::aPathStaysInsideTheRoutes_data()
{
    QTest::addColumn<QByteArray>("target");
    for (const char *target : {"/../etc/passwd",
                               "/record/../record",
                               "/%2e%2e/%2e%2e/etc/passwd",
                               "/record/%00",
                               "/record/1%00",
                               "//record",
                               "/record/",
                               "/record//1",
                               "/record/01",
                               "/record/+1",
                               "/record/%31%30%zz",
                               "/record/9223372036854775808",
                               "/record/1e0",
                               "/record/0x1",
                               "/sip/1/file/../file",
                               "/sip/..%2f..%2fquoin.db/file",
                               "/record/1;x=y",
                               "/record/1/sips/",
                               "/record/-1",
                               "/%ff%fe",
                               "/%c0%af"})
        QTest::newRow(target) << QByteArray(target);
}

void HostileTest::aPathStaysInsideTheRoutes()
{
    QFETCH(const QByteArray, target);
    const HttpReply reply = HttpClient(m_server.port()).get(target);
    QVERIFY2(reply.status == 404 || reply.status == 400, QByteArray::number(reply.status) + ' ' + reply.body.left(200));
    QCOMPARE(reply.header("Content-Type"), "application/problem+json");
}

void HostileTest::aBodyTooLargeIsRefusedBeforeItIsSent()
{
    HttpClient client(m_server.port());
    QVERIFY(client.open());
    QVERIFY(client.send("POST /record HTTP/1.1\r\nHost: a\r\nContent-Length: "
                        "99999999999\r\nExpect: 100-continue\r\n\r\n"));
    QCOMPARE(client.receive().status, 413);

    // Chunked, nobody knows beforehand: it is cut off at the limit, however much there is to come.
    QVERIFY(client.open());
    QVERIFY(client.send("POST /record HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    const QByteArray chunk = "100000\r\n" + QByteArray(1 << 20, ' ') + "\r\n";
    int sent = 0;
    while (sent < 64 && client.send(chunk))
        ++sent;
    QVERIFY2(sent < 64 || client.receive().status == 413, "a chunked body without end was taken");
}

void HostileTest::randomBytesAreRefused()
{
    QRandomGenerator random(20240229);
    for (int connection = 0; connection < 300; ++connection) {
        QByteArray bytes(random.bounded(1, 2000), Qt::Uninitialized);
        for (char &byte : bytes)
            byte = static_cast<char>(random.bounded(256));
        HttpClient client(m_server.port());
        QVERIFY(client.open());
        client.send((connection % 2 ? QByteArray("POST /record HTTP/1.1\r\nHost: a\r\n") : QByteArray()) + bytes);
        if (connection % 3 == 0) {
            client.abort();
            continue;
        }
        client.finishSending();
        const HttpReply reply = client.receive(); // an answer or the end, but no silence
        QVERIFY2(reply.status >= 400 || reply.failure.contains(u"closed"_s) || reply.failure.startsWith(u"recv"_s),
                 qPrintable(reply.failure));
    }
}

/// Fewer than the cap of connections from one address, each with a part of a request; others are
/// answered meanwhile.
void HostileTest::slowClientsKeepNobodyElseWaiting()
{
    const QList<QByteArray> parts = {"", "GET / HT", "GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ",
                                     "POST /record HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n[1,"};
    std::vector<std::unique_ptr<HttpClient>> slow;
    for (int i = 0; i < 40; ++i) {
        slow.push_back(std::make_unique<HttpClient>(m_server.port()));
        QVERIFY(slow.back()->open());
        QVERIFY(slow.back()->send(parts[i % parts.size()]));
    }
    HttpClient client(m_server.port(), std::chrono::seconds(5));
    for (int i = 0; i < 500; ++i) {
        for (int drip = 0; drip < 4; ++drip)
            slow[static_cast<size_t>(i * 4 + drip) % slow.size()]->send(drip == 3 ? "1" : "");
        QCOMPARE(client.get("/healthz").status, 200);
        QCOMPARE(client.post("/record", "1").status, 200);
    }
}

/// 16 clients send requests without end and read no answer: the server stops taking them and its
/// memory stays where it was.
void HostileTest::whoeverDoesNotReadFillsNothing()
{
    constexpr qint64 enough = 96 * 1024 * 1024;
    QVERIFY(HttpClient(m_server.port()).post("/record", '"' + QByteArray(1 << 20, 'x') + '"').isComplete());
    const qint64 before = m_server.residentBytes();
    const QByteArray requests = QByteArray("GET /record HTTP/1.1\r\nHost: a\r\n\r\n").repeated(2000);
    std::vector<std::unique_ptr<HttpClient>> deaf;
    for (int i = 0; i < 16; ++i) {
        deaf.push_back(std::make_unique<HttpClient>(m_server.port(), std::chrono::milliseconds(100)));
        QVERIFY(deaf.back()->open());
        qint64 taken = 0;
        while (taken < enough && deaf.back()->send(requests))
            taken += requests.size();
        QVERIFY2(taken < enough, "requests were taken without end from a client that reads nothing");
    }
    QCOMPARE(HttpClient(m_server.port()).get("/healthz").status, 200);
    const qint64 growth = m_server.peakResidentBytes() - before;
    QVERIFY2(growth < enough, QByteArray::number(growth));
}

void HostileTest::eachDeadlineEndsWhatIsTooSlow_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<int>("status"); // 0: closed without a word
    const QByteArray post = "POST /record HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n[";
    QTest::newRow("silence") << u"http.silent_timeout"_s << QByteArray() << 408;
    QTest::newRow("half a head") << u"http.head_timeout"_s << QByteArray("GET / HTTP/1.1\r\nX: ") << 408;
    QTest::newRow("half a body") << u"http.body_grace"_s << post << 408;
    QTest::newRow("nothing more") << u"http.idle_timeout"_s << QByteArray() << 0;
}

void HostileTest::eachDeadlineEndsWhatIsTooSlow()
{
    QFETCH(const QString, setting);
    QFETCH(const QByteArray, sent);
    QFETCH(const int, status);
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    server.set(setting, u"300ms"_s);
    QVERIFY2(server.start(), server.report());
    HttpClient client(server.port(), std::chrono::seconds(8)); // less than any default
    if (status == 0) {
        QCOMPARE(client.get("/healthz").status, 200);
        QCOMPARE(client.receiveRest(), "");
        return;
    }
    QVERIFY(client.open());
    QVERIFY(client.send(sent));
    const HttpReply reply = client.receive();
    QVERIFY2(reply.isComplete(), qPrintable(reply.failure));
    QCOMPARE(reply.status, status);
    QVERIFY(reply.hasToken("Connection", "close"));
}

void HostileTest::cleanupTestCase()
{
    m_server.terminate();
    QVERIFY2(m_server.waitForExit() == 0, m_server.report());
}

QTEST_GUILESS_MAIN(HostileTest)
#include "tst_hostile.moc"
