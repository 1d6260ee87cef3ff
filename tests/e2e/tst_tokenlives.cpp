// SPDX-License-Identifier: GPL-3.0-only
#include "databases.h"
#include "tokenground.h"

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// The life of tokens, each on servers of its own.
class TokenLivesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRevokedTokenIsWorthNothingOnAnyHostSoon_data() { addDatabaseRows(); }
    void aRevokedTokenIsWorthNothingOnAnyHostSoon();
    void tokensAreKeptWithoutAServerAndThroughCrashes();
    void nothingIsLetInWhileTheDatabaseIsAway();
    void otherHostsNeedATokenToWrite_data();
    void otherHostsNeedATokenToWrite();
    void everythingCanBeClosed();
};

void TokenLivesTest::aRevokedTokenIsWorthNothingOnAnyHostSoon()
{
    QFETCH(const bool, postgresql);
    PostgresServer postgres;
    TokenGround first, second;
    const QString url = postgresql ? QString() : u"sqlite:///%1/shared.db"_s.arg(first.folder());
    if (postgresql)
        QVERIFY2(postgres.start() && postgres.createDatabase(u"tokens"_s), postgres.log());
    for (TokenGround *ground : {&first, &second}) {
        ground->setDatabase(postgresql ? postgres.url(u"tokens"_s) : url);
        QVERIFY2(ground->server().start(), ground->server().report());
    }
    QVERIFY(first.adminToken() != second.adminToken());
    QCOMPARE(second.ask("GET", "/guarded/look", first.adminToken()).status, 200); // one table

    const QByteArray token = first.made(u"laptop"_s, {u"admin"_s});
    for (const TokenGround *ground : {&first, &second})
        QCOMPARE(ground->ask("POST", "/guarded/change", token).status, 200);
    QCOMPARE(second.token({u"revoke"_s, u"laptop"_s}), 0);
    for (const TokenGround *ground : {&first, &second}) {
        const HttpReply reply = ground->askUntil(401, "POST", "/guarded/change", token);
        QCOMPARE(reply.status, 401);
        QVERIFY2(detailOf(reply).contains("\"laptop\" was revoked"), reply.body);
    }
    QCOMPARE(second.token({u"revoke"_s, u"laptop"_s}), 1);
    QVERIFY2(second.said().contains("there is no token \"laptop\""), second.said());
}

void TokenLivesTest::tokensAreKeptWithoutAServerAndThroughCrashes()
{
    TokenGround ground;
    QVERIFY2(ground.server().start(), ground.server().report());
    const QByteArray admin = ground.adminToken();
    const QByteArray token = ground.made(u"laptop"_s, {u"admin:read"_s});
    ground.server().kill();
    QVERIFY2(ground.server().start(), ground.server().report());
    QCOMPARE(ground.adminToken(), admin);
    QCOMPARE(ground.ask("GET", "/guarded/look", token).status, 200);
    ground.server().kill();
    QCOMPARE(ground.token({u"revoke"_s, u"laptop"_s}), 0); // while there is none
    QVERIFY(QFile::remove(ground.adminTokenFile()));
    ground.server().setCommand({u"serve"_s, u"--single"_s});
    QVERIFY2(ground.server().start(), ground.server().report());
    QCOMPARE(ground.ask("GET", "/guarded/look", token).status, 401);
    QCOMPARE(ground.ask("GET", "/guarded/look", admin).status, 401); // the file was lost, and with it the token
    QVERIFY(!ground.adminToken().isEmpty() && ground.adminToken() != admin);
    QCOMPARE(ground.ask("GET", "/guarded/look", ground.adminToken()).status, 200);
    QCOMPARE(ground.token({u"list"_s}), 0);
    QVERIFY2(ground.said().contains("laptop") && ground.said().contains("revoked"), ground.said());
    QVERIFY(!ground.said().contains(ground.adminToken()));
}

void TokenLivesTest::nothingIsLetInWhileTheDatabaseIsAway()
{
    if (PostgresServer::binaries().isEmpty())
        QSKIP("PostgreSQL is not installed (Debian: postgresql)");
    PostgresServer postgres;
    QVERIFY2(postgres.start() && postgres.createDatabase(u"tokens"_s), postgres.log());
    TokenGround ground;
    ground.setDatabase(postgres.url(u"tokens"_s));
    QVERIFY2(ground.server().start(), ground.server().report());
    const QByteArray admin = ground.adminToken();
    QCOMPARE(ground.ask("GET", "/guarded/look", admin).status, 200);
    postgres.crash();
    QCOMPARE(ground.askUntil(503, "GET", "/guarded/look", admin).status, 503);
    const HttpReply change = ground.ask("POST", "/guarded/change", admin);
    QCOMPARE(change.status, 503);
    QVERIFY(!change.header("Retry-After").isEmpty());
    QCOMPARE(ground.ask("GET", "/guarded/open", {}).status, 200);
    QVERIFY2(postgres.start(), postgres.log());
    QCOMPARE(ground.askUntil(200, "GET", "/guarded/look", admin).status, 200);
    QCOMPARE(ground.askUntil(200, "POST", "/guarded/change", admin).status, 200); // writes on a connection of its own
}

void TokenLivesTest::otherHostsNeedATokenToWrite_data()
{
    QTest::addColumn<QString>("anonymous"); // auth.anonymous_writes
    QTest::addColumn<bool>("hasWriter");
    QTest::addColumn<bool>("starts");
    QTest::addColumn<int>("withoutToken");
    QTest::newRow("nobody could write") << QString() << false << false << 0;
    QTest::newRow("a token may") << QString() << true << true << 401;
    QTest::newRow("anybody may") << u"true"_s << false << true << 200;
}

void TokenLivesTest::otherHostsNeedATokenToWrite()
{
    QFETCH(const QString, anonymous);
    QFETCH(const bool, hasWriter);
    QFETCH(const bool, starts);
    QFETCH(const int, withoutToken);
    TokenGround ground;
    ground.dropShipped();
    ground.server().set(u"http.listen"_s, u"0.0.0.0:0"_s);
    ground.server().set(u"auth.anonymous_writes"_s, anonymous);
    QByteArray writer;
    if (hasWriter)
        writer = ground.made(u"writer"_s, {u"records:write"_s});
    QCOMPARE(ground.server().start(), starts);
    if (!starts) {
        QVERIFY(ground.server().waitForExit().value_or(0) != 0);
        QVERIFY2(ground.server().output().contains("quoin token create"), ground.server().report());
        return;
    }
    QCOMPARE(ground.ask("POST", "/record", {}, "1").status, withoutToken);
    QCOMPARE(ground.ask("GET", "/record", {}).status, 200); // reading is open unless it is said otherwise
    QCOMPARE(ground.ask("GET", "/guarded/look", {}).status, 401);
    if (hasWriter)
        QCOMPARE(ground.ask("POST", "/record", writer, "1").status, 200);
}

void TokenLivesTest::everythingCanBeClosed()
{
    TokenGround ground;
    ground.dropShipped();
    ground.server().set(u"auth.anonymous_reads"_s, u"false"_s);
    ground.server().set(u"auth.anonymous_writes"_s, u"false"_s);
    const QByteArray both = ground.made(u"both"_s, {u"records:read"_s, u"records:write"_s});
    QVERIFY2(ground.server().start(), ground.server().report());
    QCOMPARE(ground.ask("GET", "/record", {}).status, 401);
    QCOMPARE(ground.ask("POST", "/record", {}, "1").status, 401);
    QCOMPARE(ground.ask("POST", "/record", both, "1").status, 200);
    QCOMPARE(ground.ask("GET", "/record/1", both).status, 200);
    QCOMPARE(ground.ask("GET", "/record/1", ground.adminToken()).status, 403); // admin is not everything
    QCOMPARE(ground.ask("GET", "/readyz", {}).status, 200);
}

QTEST_GUILESS_MAIN(TokenLivesTest)
#include "tst_tokenlives.moc"
