// SPDX-License-Identifier: GPL-3.0-only
#include "auth/auditlog.h"
#include "authdatabase.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::auth;

class AuditLogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { TestDatabase::prepareRow(); }
    void aChangeIsThereBeforeItsStatus_data() { TestDatabase::addRows(); }
    void aChangeIsThereBeforeItsStatus();
    void pagesComeNewestFirstAndMissNothing_data() { TestDatabase::addRows(); }
    void pagesComeNewestFirstAndMissNothing();
    void whatIsToldOfARequest_data();
    void whatIsToldOfARequest();
    void cleanupTestCase() { TestDatabase::stopServer(); }
};

namespace {

AuditRow change(const QByteArray &requestId)
{
    AuditRow row;
    row.at = 1'795'000'000'000'042;
    row.tokenId = 3;
    row.token = u"laptop"_s;
    row.peer = "192.0.2.1";
    row.method = "POST";
    row.path = "/admin/v1/tasks/7/retry";
    row.requestId = requestId;
    return row;
}

} // namespace

void AuditLogTest::aChangeIsThereBeforeItsStatus()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    const AuditLog log(database.jobs());
    AuditRow row = change("r1");
    row.detail = u"?x=\u20ac"_s;
    const auto id = log.begin(row).result();
    QVERIFY2(id, qPrintable(id.error().message()));

    auto page = log.page({}, 10).result();
    QVERIFY(page);
    QCOMPARE(page->size(), 1);
    QCOMPARE(page->first().id, *id);
    QCOMPARE(page->first().at, row.at);
    QCOMPARE(page->first().tokenId, 3);
    QCOMPARE(page->first().token, row.token);
    QCOMPARE(page->first().peer, row.peer);
    QCOMPARE(page->first().method, row.method);
    QCOMPARE(page->first().path, row.path);
    QCOMPARE(page->first().detail, row.detail);
    QCOMPARE(page->first().requestId, row.requestId);
    QVERIFY(!page->first().status);

    QVERIFY(log.complete(*id, 202).result());
    QVERIFY(log.complete(*id, 500).result()); // the first word counts
    page = log.page({}, 10).result();
    QVERIFY(page);
    QCOMPARE(page->first().status, std::optional(202));
}

void AuditLogTest::pagesComeNewestFirstAndMissNothing()
{
    QFETCH(const QString, dialect);
    AuthDatabase database(dialect);
    const AuditLog log(database.jobs());
    for (int i = 0; i < 25; ++i)
        QVERIFY(log.begin(change(QByteArray::number(i))).result());
    QByteArrayList seen;
    std::optional<qint64> before;
    for (int pages = 0; pages < 3; ++pages) {
        const auto page = log.page(before, 10).result();
        QVERIFY(page && !page->isEmpty());
        for (const AuditRow &row : *page)
            seen.append(row.requestId);
        before = page->last().id;
        QVERIFY(log.begin(change("meanwhile")).result()); // is on no later page
    }
    QCOMPARE(seen.size(), 25);
    for (int i = 0; i < 25; ++i)
        QCOMPARE(seen[i], QByteArray::number(24 - i));
    QVERIFY(log.page(before, 10).result()->isEmpty());
}

void AuditLogTest::whatIsToldOfARequest_data()
{
    QTest::addColumn<QByteArray>("query");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QString>("detail");
    const QByteArray none, json("application/json");
    QTest::newRow("nothing") << none << none << none << QString();
    QTest::newRow("query") << QByteArray("state=dead") << none << none << u"?state=dead"_s;
    QTest::newRow("body") << none << json << QByteArray(R"({"ids":[1]})") << uR"({"ids":[1]})"_s;
    QTest::newRow("both") << QByteArray("a=1") << QByteArray("application/json; charset=utf-8") << QByteArray("[]")
                          << u"?a=1 []"_s;
    QTest::newRow("a plugin file") << QByteArray("name=a.so") << QByteArray("application/octet-stream")
                                   << QByteArray("\x7f"
                                                 "ELF")
                                   << u"?name=a.so"_s;
    QTest::newRow("long") << none << json << QByteArray(5000, '1') << QString(999, u'1') + u'\u2026';
    QTest::newRow("NUL") << none << json << QByteArray("\"a\0b\"", 5) << u"\"ab\""_s;
}

void AuditLogTest::whatIsToldOfARequest()
{
    QFETCH(const QByteArray, query);
    QFETCH(const QByteArray, type);
    QFETCH(const QByteArray, body);
    QTEST(auditDetail(query, type, body), "detail");
}

QTEST_GUILESS_MAIN(AuditLogTest)
#include "tst_auditlog.moc"
