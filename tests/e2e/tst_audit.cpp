// SPDX-License-Identifier: GPL-3.0-only
#include "tokenground.h"

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// What is written down of changes through the admin API.
class AuditTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyChangeIsWrittenDownWithItsOutcome_data();
    void everyChangeIsWrittenDownWithItsOutcome();
    void readingIsNotWrittenDown();
    void theAuditIsReadInPages();
    void aChangeThatACrashCutOffIsWrittenDownWithoutAnOutcome();
    void cleanupTestCase() { m_ground.reset(); }

private:
    std::unique_ptr<TokenGround> m_ground;
    QByteArray m_admin;  ///< Of the admin.token.
    QByteArray m_reader; ///< admin:read
};

void AuditTest::initTestCase()
{
    m_ground = std::make_unique<TokenGround>();
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
    m_admin = m_ground->adminToken();
    m_reader = m_ground->made(u"reader"_s, {u"admin:read"_s});
    QVERIFY2(!m_reader.isEmpty(), m_ground->said());
}

void AuditTest::everyChangeIsWrittenDownWithItsOutcome_data()
{
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("detail");
    QTest::newRow("done") << QByteArray("/guarded/change") << QByteArray() << 200 << QString();
    QTest::newRow("on the loop") << QByteArray("/guarded/change-on-the-loop") << QByteArray() << 200 << QString();
    QTest::newRow("what was asked for") << QByteArray("/guarded/change?state=dead&dry_run=true")
                                        << QByteArray(R"({"ids":[1]})") << 200
                                        << uR"(?state=dead&dry_run=true {"ids":[1]})"_s;
    QTest::newRow("failed") << QByteArray("/guarded/fail") << QByteArray("1") << 409 << u"1"_s;
}

void AuditTest::everyChangeIsWrittenDownWithItsOutcome()
{
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, body);
    QFETCH(const int, status);
    QFETCH(const QString, detail);
    const HttpReply reply = m_ground->ask("POST", target, m_admin, body);
    QCOMPARE(reply.status, status);
    const QString id = QString::fromLatin1(reply.header("X-Request-Id"));
    const auto last = [this] { return m_ground->rows("/admin/v1/audit?limit=1").value(0); };
    QTRY_COMPARE(last().value(u"status"_s).toInt(), status);
    const QJsonObject row = last();
    QCOMPARE(row.value(u"request_id"_s).toString(), id);
    QCOMPARE(row.value(u"method"_s).toString(), u"POST"_s);
    QCOMPARE(row.value(u"path"_s).toString(), QString::fromLatin1(target).section(u'?', 0, 0));
    QCOMPARE(row.value(u"detail"_s).toString(), detail);
    QCOMPARE(row.value(u"peer"_s).toString(), u"127.0.0.1"_s);
    QVERIFY(row.value(u"token"_s).toString().startsWith(u"admin.token "_s));
    QVERIFY2(row.value(u"at"_s).toString().endsWith(u'Z'), qPrintable(row.value(u"at"_s).toString()));
}

void AuditTest::readingIsNotWrittenDown()
{
    const auto before = m_ground->rows("/admin/v1/audit");
    QCOMPARE(m_ground->ask("GET", "/guarded/look", m_admin).status, 200);
    QCOMPARE(m_ground->ask("HEAD", "/guarded/look", m_admin).status, 200);
    QCOMPARE(m_ground->ask("POST", "/guarded/change", m_reader).status, 403); // nothing was changed
    QCOMPARE(m_ground->ask("POST", "/guarded/write", {}, "1").status, 200);   // not the admin API
    QCOMPARE(m_ground->rows("/admin/v1/audit").size(), before.size());
}

void AuditTest::theAuditIsReadInPages()
{
    for (int i = 0; i < 5; ++i)
        QCOMPARE(m_ground->ask("POST", "/guarded/change?n=" + QByteArray::number(i), m_admin).status, 200);
    QStringList seen;
    QByteArray next;
    for (int page = 0; page < 3 && (page == 0 || !next.isEmpty()); ++page) {
        const HttpReply reply = m_ground->ask(
            "GET", "/admin/v1/audit?limit=2" + (page ? "&after=" + next : QByteArray()), m_reader);
        const QJsonObject list = QJsonDocument::fromJson(reply.body).object();
        for (const auto row : list.value(u"results"_s).toArray())
            seen.append(row.toObject().value(u"detail"_s).toString());
        next = list.value(u"next"_s).toString().toLatin1();
    }
    QCOMPARE(seen.first(5), (QStringList{u"?n=4"_s, u"?n=3"_s, u"?n=2"_s, u"?n=1"_s, u"?n=0"_s}));
    for (const char *query : {"after=7", "after=a", "after=a-1", "limit=0", "limit=1001", "limit=x", "limt=1"})
        QCOMPARE(m_ground->ask("GET", QByteArray("/admin/v1/audit?") + query, m_reader).status, 400);
    const auto all = m_ground->rows("/admin/v1/audit?limit=1000");
    QVERIFY(!QJsonDocument::fromJson(m_ground->ask("GET", "/admin/v1/audit?limit=1000", m_reader).body)
                 .object()
                 .contains(u"next"_s));
    QVERIFY(all.size() >= 5);
}

void AuditTest::aChangeThatACrashCutOffIsWrittenDownWithoutAnOutcome()
{
    TokenGround ground;
    QVERIFY2(ground.server().start(), ground.server().report());
    HttpClient client(ground.port());
    QVERIFY(client.open());
    QVERIFY(client.send("POST /guarded/never HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + ground.adminToken()
                        + "\r\nX-Request-Id: cut-off\r\n\r\n"));
    const auto last = [&ground] { return ground.rows("/admin/v1/audit").value(0).value(u"request_id"_s).toString(); };
    QTRY_COMPARE(last(), u"cut-off"_s); // before it is answered
    ground.server().kill();
    QVERIFY2(ground.server().start(), ground.server().report());
    const QJsonObject row = ground.rows("/admin/v1/audit").value(0);
    QCOMPARE(row.value(u"request_id"_s).toString(), u"cut-off"_s);
    QVERIFY(!row.contains(u"status"_s));
    QCOMPARE(ground.rows("/admin/v1/audit").size(), 1);
}

QTEST_GUILESS_MAIN(AuditTest)
#include "tst_audit.moc"
