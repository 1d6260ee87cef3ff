// SPDX-License-Identifier: GPL-3.0-only
#include "tokenground.h"

#include <QFileInfo>

#include <atomic>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Who may do what, tried on one server with its defaults.
class TokensTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();

    void theAdminTokenIsThereBeforeTheServerIsReady();
    void withoutAdminScopesNothingAsksForATokenOnThisHost();
    void aRequestWithoutTheRightTokenIsTurnedAway_data();
    void aRequestWithoutTheRightTokenIsTurnedAway();
    void whatIsWrittenWithATokenIsTheTokensOwn();
    void methodsOfAGuardedPathAreToldToEverybody();
    void aBodyIsNotReadForNothing();
    void aTokenCannotBeUsedAfterItsEnd();
    void manyAtOnceWithOneTokenAreAllLetIn();
    void anUnknownScopeIsWarnedOf();
    void noTokenIsEverLogged();
    void anAddressThatFailsTooOftenWaits();

private:
    std::unique_ptr<TokenGround> m_ground;
    QByteArray m_admin;  ///< Of the admin.token.
    QByteArray m_reader; ///< admin:read
    QByteArray m_writer; ///< records:write
    QByteArrayList m_secrets;
};

namespace {

QByteArray guess() { return "quoin_" + QByteArray(49, 'x'); }

} // namespace

void TokensTest::initTestCase()
{
    m_ground = std::make_unique<TokenGround>();
    m_ground->dropShipped();
    m_reader = m_ground->made(u"reader"_s, {u"admin:read"_s}); // before there is a server
    QVERIFY2(!m_reader.isEmpty(), m_ground->said());
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
    m_admin = m_ground->adminToken();
    m_writer = m_ground->made(u"writer"_s, {u"records:write"_s, u"guarded:write"_s}); // while it runs
    QVERIFY2(!m_writer.isEmpty(), m_ground->said());
    m_secrets = {m_admin, m_reader, m_writer};
}

void TokensTest::cleanupTestCase() { m_ground.reset(); }

void TokensTest::theAdminTokenIsThereBeforeTheServerIsReady()
{
    QVERIFY(!m_admin.isEmpty());
    const QFileInfo file(m_ground->adminTokenFile());
    QCOMPARE(file.permissions() & ~QFileDevice::Permissions(QFileDevice::ReadUser | QFileDevice::WriteUser),
             QFileDevice::Permissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner));
    const HttpReply reply = m_ground->ask("GET", "/admin/v1", m_admin);
    QCOMPARE(reply.status, 200);
    const QJsonObject token = QJsonDocument::fromJson(reply.body).object().value(u"token"_s).toObject();
    QVERIFY2(token.value(u"name"_s).toString().startsWith(u"admin.token "_s), reply.body);
    QCOMPARE(token.value(u"scopes"_s).toArray(), QJsonArray{u"admin"_s});
}

void TokensTest::withoutAdminScopesNothingAsksForATokenOnThisHost()
{
    QCOMPARE(m_ground->ask("POST", "/record", {}, R"({"a":1})").status, 200);
    QCOMPARE(m_ground->ask("GET", "/record", {}).status, 200);
    QCOMPARE(m_ground->ask("GET", "/", {}).status, 200);
    QCOMPARE(m_ground->ask("GET", "/guarded/read", {}).status, 200);
    QCOMPARE(m_ground->ask("POST", "/guarded/write", {}, "1").status, 200);
    QCOMPARE(m_ground->ask("GET", "/readyz", {}).status, 200);
    QCOMPARE(m_ground->ask("GET", "/record", guess()).status, 200); // nobody looks at it
}

void TokensTest::aRequestWithoutTheRightTokenIsTurnedAway_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("field"); // Authorization; null: none
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("challenge");
    QTest::addColumn<QByteArray>("said");
    const QByteArray bearer = "Bearer ", none;
    const QByteArray plain = R"(Bearer realm="quoin", scope="admin:read")";
    const QByteArray invalid = R"(Bearer realm="quoin", error="invalid_token")";
    QTest::newRow("none") << QByteArray("GET") << QByteArray("/guarded/look") << none << 401 << plain
                          << QByteArray("admin:read");
    QTest::newRow("none, to change") << QByteArray("POST") << QByteArray("/guarded/change") << none << 401
                                     << QByteArray(R"(Bearer realm="quoin", scope="admin")") << QByteArray("admin");
    QTest::newRow("another scheme") << QByteArray("GET") << QByteArray("/guarded/look") << QByteArray("Basic dTpw")
                                    << 401 << plain << QByteArray("Bearer TOKEN");
    QTest::newRow("no token") << QByteArray("GET") << QByteArray("/guarded/look") << QByteArray("Bearer a b") << 400
                              << QByteArray(R"(Bearer realm="quoin", error="invalid_request")")
                              << QByteArray("Authorization");
    QTest::newRow("not of ours") << QByteArray("GET") << QByteArray("/guarded/look") << bearer + guess() << 401
                                 << invalid << QByteArray("not an access token of this server");
    QTest::newRow("HEAD") << QByteArray("HEAD") << QByteArray("/guarded/look") << none << 401 << plain << none;
    QTest::newRow("the scope is missing")
        << QByteArray("POST") << QByteArray("/guarded/change") << bearer + m_reader << 403
        << QByteArray(R"(Bearer realm="quoin", error="insufficient_scope", scope="admin")") << QByteArray("admin");
    QTest::newRow("another scope") << QByteArray("GET") << QByteArray("/admin/v1")
                                   << bearer
            + m_writer << 403 << QByteArray(R"(Bearer realm="quoin", error="insufficient_scope", scope="admin:read")")
                                   << QByteArray("\"writer\"");
    QTest::newRow("admin reads") << QByteArray("GET") << QByteArray("/guarded/look") << bearer + m_admin << 200 << none
                                 << none;
    QTest::newRow("reader reads") << QByteArray("GET") << QByteArray("/guarded/look") << bearer + m_reader << 200
                                  << none << none;
    QTest::newRow("in another case") << QByteArray("GET") << QByteArray("/guarded/look") << "bEARER " + m_reader << 200
                                     << none << none;
    QTest::newRow("on the loop") << QByteArray("GET") << QByteArray("/guarded/loop") << bearer + m_reader << 200 << none
                                 << none;
    QTest::newRow("HEAD with it") << QByteArray("HEAD") << QByteArray("/guarded/look") << bearer + m_reader << 200
                                  << none << none;
    QTest::newRow("no such path") << QByteArray("GET") << QByteArray("/admin/v1/nothing") << none << 404 << none
                                  << none;
    QTest::newRow("no such method") << QByteArray("DELETE") << QByteArray("/guarded/look") << none << 405 << none
                                    << none;
}

void TokensTest::aRequestWithoutTheRightTokenIsTurnedAway()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, field);
    QFETCH(const int, status);
    QFETCH(const QByteArray, said);
    HttpClient client(m_ground->port());
    for (int i = 0; i < 2; ++i) { // looked up, and remembered
        const QByteArray line = field.isNull() ? QByteArray() : "Authorization: " + field + "\r\n";
        const HttpReply reply = client.request(method, target, {}, line);
        QVERIFY2(reply.isComplete(), qPrintable(reply.failure));
        QCOMPARE(reply.status, status);
        QTEST(reply.header("WWW-Authenticate"), "challenge");
        if (status >= 400 && method != "HEAD") {
            QCOMPARE(reply.header("Content-Type"), QByteArray("application/problem+json"));
            QVERIFY2(detailOf(reply).contains(said), reply.body);
        }
    }
    QVERIFY(client.isReused()); // it costs nobody his connection
}

void TokensTest::whatIsWrittenWithATokenIsTheTokensOwn()
{
    QTRY_VERIFY([this] {
        for (const QJsonObject &row : m_ground->rows("/admin/v1/tokens")) {
            if (row.value(u"name"_s) == u"reader"_s)
                return row.contains(u"last_used"_s);
        }
        return false;
    }());
    QByteArray names;
    for (const QJsonObject &row : m_ground->rows("/admin/v1/tokens")) {
        QVERIFY(row.value(u"id"_s).toInteger() > 0);
        QVERIFY(!row.contains(u"hash"_s) && !row.contains(u"token"_s));
        QVERIFY(!row.contains(u"revoked"_s));
        names += row.value(u"name"_s).toString().section(u' ', 0, 0).toLatin1() + ' ';
    }
    QCOMPARE(names, QByteArray("reader admin.token writer "));
}

void TokensTest::methodsOfAGuardedPathAreToldToEverybody()
{
    const HttpReply reply = m_ground->ask("OPTIONS", "/guarded/change", {});
    QCOMPARE(reply.status, 204);
    QCOMPARE(reply.header("Allow"), QByteArray("OPTIONS, POST"));
}

/// The client of a large body that may not send it is told so before it does.
void TokensTest::aBodyIsNotReadForNothing()
{
    for (const QByteArray &field : {QByteArray(), "Authorization: Bearer " + guess() + "\r\n"}) {
        HttpClient client(m_ground->port());
        QVERIFY(client.open());
        QVERIFY(client.send("POST /guarded/change HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                            "Content-Length: 10000000\r\n"
                            + field + "\r\n"));
        const HttpReply reply = client.receive();
        QCOMPARE(reply.status, 401);
        QVERIFY(reply.hasToken("Connection", "close"));
    }
}

void TokensTest::aTokenCannotBeUsedAfterItsEnd()
{
    const auto end = QDateTime::currentDateTimeUtc().addSecs(3);
    const QByteArray token = m_ground->made(u"brief"_s, {u"admin:read"_s}, end.toString(Qt::ISODate));
    m_secrets.append(token);
    QVERIFY2(!token.isEmpty(), m_ground->said());
    const HttpReply reply = m_ground->askUntil(401, "GET", "/guarded/look", token); // used all the time until then
    QCOMPARE(reply.status, 401);
    QVERIFY2(detailOf(reply).contains("\"brief\" has expired"), reply.body);
    QVERIFY(QDateTime::currentDateTimeUtc() >= end.addSecs(-1));
}

void TokensTest::manyAtOnceWithOneTokenAreAllLetIn()
{
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            HttpClient client(m_ground->port());
            for (int n = 0; n < 100; ++n) {
                const QByteArray target = n % 3 ? "/guarded/look" : "/guarded/loop";
                good += client.request("GET", target, {}, "Authorization: Bearer " + m_reader + "\r\n").status == 200;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(good.load(), 800);
}

void TokensTest::anUnknownScopeIsWarnedOf()
{
    QVERIFY(!m_ground->made(u"typing error"_s, {u"recrds:read"_s}).isEmpty());
    QVERIFY2(m_ground->said().contains("warning: no route here asks for the scope \"recrds:read\""), m_ground->said());
    for (const char *known : {"records:read", "guarded:write", "admin:read"})
        QVERIFY2(m_ground->said().contains(known), m_ground->said());
    QVERIFY(!m_ground->made(u"right"_s, {u"guarded:read"_s}).isEmpty());
    QVERIFY2(!m_ground->said().contains("warning"), m_ground->said());
}

void TokensTest::noTokenIsEverLogged()
{
    QCOMPARE(m_ground->lines({"access token refused", "no-token-of-ours", "quoin_xxxx"}) > 0, true);
    const QByteArray log = m_ground->server().output();
    QVERIFY(!log.contains(guess()));
    for (const QByteArray &secret : std::as_const(m_secrets))
        QVERIFY2(!log.contains(secret.sliced(12)), secret.first(10).constData());
}

/// The last one on this server, of which 127.0.0.1 has had enough then.
void TokensTest::anAddressThatFailsTooOftenWaits()
{
    HttpReply reply;
    for (int i = 0; i < 30 && reply.status != 429; ++i)
        reply = m_ground->ask("GET", "/guarded/look", guess());
    QCOMPARE(reply.status, 429);
    const int seconds = reply.header("Retry-After").toInt();
    QVERIFY2(seconds >= 1 && seconds <= 6, reply.header("Retry-After"));
    QCOMPARE(m_ground->ask("GET", "/guarded/look", m_admin).status, 200); // who is known is let in
    QCOMPARE(m_ground->ask("GET", "/guarded/look", {}).status, 401);      // who shows nothing has not failed
    QCOMPARE(m_ground->ask("GET", "/record", {}).status, 200);
    QCOMPARE(m_ground->lines({"too many wrong access tokens", "127.0.0.1"}) > 0, true);
}

QTEST_GUILESS_MAIN(TokensTest)
#include "tst_tokens.moc"
