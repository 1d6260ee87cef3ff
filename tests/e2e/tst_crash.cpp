// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "databases.h"
#include "load.h"
#include "support/quoinprocess.h"

#include <QRandomGenerator>
#include <QTemporaryDir>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Promise 1. The server is killed with signal 9 at moments that chance chooses, while clients post
/// and tasks run: all of its processes at one moment, the supervisor alone, or a worker alone, in turns.
/// QUOIN_KILL_ROUNDS: how often, 20 unless told; QUOIN_KILL_SEED: the seed that a failure printed.
class CrashTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aRecordAndItsTasksAreOneCommit_data();
    void aRecordAndItsTasksAreOneCommit();
    void cleanup();

private:
    enum Victim { Everything, Supervisor, Worker };
    void killUnderLoad(Victim victim, const QByteArray &round);
    void checkAfterRestart();

    int m_rounds = 20;
    QRandomGenerator m_random;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<PostgresServer> m_postgres;
    std::unique_ptr<QuoinProcess> m_server;
    QHash<qint64, QByteArray> m_acknowledged;
};

void CrashTest::initTestCase()
{
    if (qEnvironmentVariableIsSet("QUOIN_KILL_ROUNDS"))
        m_rounds = qEnvironmentVariableIntValue("QUOIN_KILL_ROUNDS");
    const quint32 seed = qEnvironmentVariableIsSet("QUOIN_KILL_SEED") ? qEnvironmentVariable("QUOIN_KILL_SEED").toUInt()
                                                                      : QRandomGenerator::global()->generate();
    m_random.seed(seed);
    qInfo() << "rounds" << m_rounds << "QUOIN_KILL_SEED" << seed;
}

/// What a killed process had claimed is free again when its lease has run out: with the default
/// that is most of the 15 seconds, so the many rounds are with a short one.
void CrashTest::aRecordAndItsTasksAreOneCommit_data()
{
    QTest::addColumn<bool>("postgresql");
    QTest::addColumn<QString>("lease");
    QTest::addColumn<int>("rounds");
    QTest::newRow("SQLite") << false << u"1s"_s << m_rounds;
    QTest::newRow("SQLite, lease as it comes") << false << QString() << 1;
    if (!PostgresServer::binaries().isEmpty())
        QTest::newRow("PostgreSQL") << true << u"1s"_s << std::max(1, m_rounds / 4);
}

void CrashTest::aRecordAndItsTasksAreOneCommit()
{
    QFETCH(const bool, postgresql);
    QFETCH(const QString, lease);
    QFETCH(const int, rounds);
    m_directory = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<QuoinProcess>(m_directory->path());
    m_server->set(u"queue.lease"_s, lease);
    if (postgresql) {
        m_postgres = std::make_unique<PostgresServer>();
        QVERIFY2(m_postgres->start() && m_postgres->createDatabase(u"crash"_s), m_postgres->log());
        m_server->set(u"database.url"_s, m_postgres->url(u"crash"_s));
    }
    QVERIFY2(m_server->start(), m_server->report());
    for (int round = 0; round < rounds; ++round) {
        killUnderLoad(static_cast<Victim>(round % 3), "round-" + QByteArray::number(round));
        if (!QTest::currentTestFailed())
            checkAfterRestart();
        if (QTest::currentTestFailed())
            return;
    }

    const auto stored = storedRecords(m_server->databaseUrl());
    for (auto record = m_acknowledged.cbegin(); record != m_acknowledged.cend(); ++record)
        QCOMPARE(stored.value(record.key()), record.value());
    qInfo() << m_acknowledged.size() << "acknowledged," << stored.size() << "stored and archived";
    m_server->terminate();
    QVERIFY2(m_server->waitForExit() == 0, m_server->report());
    QVERIFY2(m_server->run({u"sip"_s, u"verify"_s, m_server->sipDirectory()}) && m_server->waitForExit() == 0,
             m_server->report());
}

void CrashTest::killUnderLoad(Victim victim, const QByteArray &round)
{
    PostingLoad load(m_server->port(), 8, 10, round);
    QTRY_VERIFY2(load.acknowledgedCount() > 0, m_server->report());
    QTest::qSleep(m_random.bounded(30)); // the moment of the crash is what is tried here
    const QList<qint64> workers = m_server->children();
    if (victim == Everything)
        m_server->kill();
    else if (victim == Supervisor)
        m_server->killAlone();
    else if (!workers.isEmpty())
        ::kill(static_cast<pid_t>(workers.first()), SIGKILL);
    load.finish();
    QCOMPARE(load.refused(), QStringList());
    for (const auto &record : load.acknowledged()) {
        QVERIFY2(!m_acknowledged.contains(record.id), "an id was given twice");
        m_acknowledged.insert(record.id, record.text);
    }
}

void CrashTest::checkAfterRestart()
{
    if (!m_server->isRunning())
        QVERIFY2(m_server->start(), m_server->report());
    const HttpReply list = HttpClient(m_server->port()).get("/record");
    QVERIFY2(list.isComplete(), qPrintable(list.failure));
    for (auto record = m_acknowledged.cbegin(); record != m_acknowledged.cend(); ++record) {
        const QByteArray entry = R"({"id":)" + QByteArray::number(record.key()) + R"(,"data":)" + record.value() + '}';
        QVERIFY2(list.body.contains(entry),
                 "acknowledged and not in the list: " + entry + ", of which the database has "
                     + storedRecords(m_server->databaseUrl()).value(record.key(), "nothing"));
    }
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(*m_server), QString(), 30'000);
}

void CrashTest::cleanup()
{
    m_server.reset();
    m_postgres.reset();
    m_acknowledged.clear();
}

QTEST_GUILESS_MAIN(CrashTest)
#include "tst_crash.moc"
