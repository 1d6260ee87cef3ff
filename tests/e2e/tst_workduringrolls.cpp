// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "databases.h"
#include "load.h"
#include "pluginground.h"

#include <QDir>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// What is under way when the plugins change goes on: requests that are half sent or half read, records that are posted
/// and the tasks they start.
class WorkDuringRollsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void postsAndTheirTasksGoOn_data() { addDatabaseRows(); }
    void postsAndTheirTasksGoOn();
    void aHalfSentRequestIsAnswered();
    void aHalfReadAnswerIsCompleted();
    void rollsLeaveNothingOpen();
    void cleanup();

private:
    void start();
    void upgradeTo(const QString &version);

    std::unique_ptr<PostgresServer> m_postgres;
    std::unique_ptr<PluginGround> m_ground = std::make_unique<PluginGround>();
};

void WorkDuringRollsTest::start()
{
    m_ground->dropShipped();
    m_ground->dropChanging(u"1.0.0"_s);
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
}

void WorkDuringRollsTest::upgradeTo(const QString &version)
{
    m_ground->dropChanging(version);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, version.toLatin1(), 60'000);
}

void WorkDuringRollsTest::postsAndTheirTasksGoOn()
{
    QFETCH(const bool, postgresql);
    QuoinProcess &server = m_ground->server();
    if (postgresql) {
        m_postgres = std::make_unique<PostgresServer>();
        QVERIFY2(m_postgres->start() && m_postgres->createDatabase(u"rolls"_s), m_postgres->log());
        server.set(u"database.url"_s, m_postgres->url(u"rolls"_s));
    }
    start();
    PostingLoad load(server.port(), 8, 100'000, "roll", std::chrono::milliseconds(20));
    for (int roll = 1; roll <= 8 && !QTest::currentTestFailed(); ++roll) {
        const int posted = load.acknowledgedCount();
        QTRY_VERIFY_WITH_TIMEOUT(load.acknowledgedCount() > posted + 50, 60'000);
        upgradeTo(roll % 2 == 0 ? u"1.0.0"_s : u"2.0.0"_s);
    }
    load.finish();
    qInfo() << load.acknowledged().size() << "records posted";
    QCOMPARE(load.refused(), QStringList());
    QCOMPARE(load.unanswered(), QStringList());
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(server), QString(), 60'000);
    const auto stored = storedRecords(server.databaseUrl());
    QCOMPARE(stored.size(), load.acknowledged().size());
    for (const auto &record : load.acknowledged())
        QCOMPARE(stored.value(record.id), record.text);
}

void WorkDuringRollsTest::aHalfSentRequestIsAnswered()
{
    start();
    HttpClient uploading(m_ground->server().port());
    QCOMPARE(uploading.get("/changing").body, "1.0.0");
    QVERIFY(uploading.send("POST /record HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n[1,2"));
    upgradeTo(u"2.0.0"_s);
    QVERIFY(uploading.send(",3,4]"));
    const HttpReply reply = uploading.receive();
    QCOMPARE(reply.status, 200);
    QCOMPARE(reply.body, R"({"id":1,"data":[1,2,3,4]})");
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->server().children().size(), 1, 30'000);
    // On the same connection, unless it was told that it is closed.
    QCOMPARE(uploading.get("/changing").body, "2.0.0");
}

void WorkDuringRollsTest::aHalfReadAnswerIsCompleted()
{
    start();
    HttpClient writer(m_ground->server().port());
    const QByteArray text = '"' + QByteArray(1'000'000, 'x') + '"';
    constexpr int records = 20; // more than the sockets in between hold
    for (int i = 0; i < records; ++i)
        QCOMPARE(writer.post("/record", text).status, 200);
    HttpClient reading(m_ground->server().port());
    QVERIFY(reading.open() && reading.send("GET /record HTTP/1.1\r\nHost: a\r\n\r\n"));
    QCOMPARE(writer.get("/changing").body, "1.0.0");
    upgradeTo(u"2.0.0"_s);
    const HttpReply list = reading.receive();
    QVERIFY2(list.isComplete(), qPrintable(list.failure));
    QCOMPARE(list.status, 200);
    QCOMPARE(list.body.count(text), records);
}

void WorkDuringRollsTest::rollsLeaveNothingOpen()
{
    start();
    const auto openFiles = [&] {
        return QDir(u"/proc/%1/fd"_s.arg(m_ground->server().processId()))
            .entryList(QDir::NoDotAndDotDot | QDir::AllEntries | QDir::System)
            .size();
    };
    upgradeTo(u"2.0.0"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->server().children().size(), 1, 30'000);
    const qsizetype before = openFiles();
    for (int roll = 1; roll <= 4 && !QTest::currentTestFailed(); ++roll)
        upgradeTo(roll % 2 == 0 ? u"2.0.0"_s : u"1.0.0"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->server().children().size(), 1, 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(openFiles() <= before, 30'000);
    QTRY_VERIFY2(zombiesOf(m_ground->server().processId()).isEmpty(), m_ground->server().report());
}

void WorkDuringRollsTest::cleanup()
{
    if (m_ground->server().isRunning() && !QTest::currentTestFailed()) {
        m_ground->server().terminate();
        QVERIFY2(m_ground->server().waitForExit() == 0, m_ground->server().report());
    }
    m_ground = std::make_unique<PluginGround>();
    m_postgres.reset();
}

QTEST_GUILESS_MAIN(WorkDuringRollsTest)
#include "tst_workduringrolls.moc"
