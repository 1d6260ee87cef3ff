// SPDX-License-Identifier: GPL-3.0-only
#include "../support/postgresserver.h"
#include "database/sqldatabase.h"

#include <quoin/database.h>

#include <QRegularExpression>
#include <QTest>

#include <atomic>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::database;

namespace {

const auto insertNote = u"INSERT INTO note (id) VALUES (?)"_s;
const auto ourBackends = u"FROM pg_stat_activity WHERE application_name = 'quoin'"_s;

std::atomic<int> awayLines = 0;
std::atomic<int> backLines = 0;
QtMessageHandler nextHandler = nullptr;

void countLines(QtMsgType type, const QMessageLogContext &context, const QString &line)
{
    if (qstrcmp(context.category, "quoin.database") != 0)
        return nextHandler(type, context, line);
    awayLines += type == QtWarningMsg && line.startsWith("database away"_L1);
    backLines += type == QtInfoMsg && line.startsWith("database back"_L1);
}

} // namespace

/// What happens when a PostgreSQL server goes, comes back, or loses a connection.
class TestDatabaseOutage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void anIdleConnectionThatDiedIsReplacedUnseen_data();
    void anIdleConnectionThatDiedIsReplacedUnseen();
    void aConnectionLostBeforeCommitIsRepeatedOnce();
    void aConnectionLostWhileReadingIsRepeated();
    void aCommitThatWasCutOffIsSaidToBeUnknown();
    void whileTheServerIsAwayJobsFailAtOnce();
    void itHealsByItself_data();
    void itHealsByItself();
    void aServerThatHangsIsNotReady();
    void aServerThatIsAwayAtTheStartIsExplained();
    void aDatabaseThatDoesNotExistIsExplained();
    void closingWhileAwayAnswersEveryJob();

private:
    Future<qint64> insert(qint64 id);
    Future<qint64> count();
    qint64 counted();

    PostgresServer m_server;
    QString m_name;
    int m_made = 0;
    std::unique_ptr<SqlDatabase> m_database;
};

void TestDatabaseOutage::initTestCase()
{
    if (PostgresServer::binaries().isEmpty())
        QSKIP("PostgreSQL is not installed (Debian: postgresql)");
    nextHandler = qInstallMessageHandler(countLines);
}

void TestDatabaseOutage::init()
{
    // (The driver warns on its own when a server dies in the midst of a connect; that is not ours to change.)
    QTest::failOnWarning(QRegularExpression(u"^Q|still in use|free statement"_s));
    if (!m_server.isRunning())
        QVERIFY2(m_server.start(), m_server.log().constData());
    m_name = u"outage%1"_s.arg(++m_made);
    QVERIFY(m_server.createDatabase(m_name));
    QVERIFY(!m_server.sql(u"CREATE TABLE note (id BIGINT PRIMARY KEY)"_s, m_name).isNull());
    m_database = std::make_unique<SqlDatabase>(*DatabaseUrl::parse(m_server.url(m_name)));
    QVERIFY(m_database->open());
    awayLines = 0;
    backLines = 0;
}

void TestDatabaseOutage::cleanup() { m_database.reset(); }

Future<qint64> TestDatabaseOutage::insert(qint64 id)
{
    return Database(m_database.get()).write([id](Connection &connection) {
        return connection.execute(insertNote, {id});
    });
}

Future<qint64> TestDatabaseOutage::count()
{
    return Database(m_database.get()).read([](Connection &connection) -> Result<qint64> {
        auto rows = connection.query(u"SELECT count(*) FROM note"_s);
        if (!rows)
            return rows.error();
        return rows->next() ? rows->integer(0) : -1;
    });
}

qint64 TestDatabaseOutage::counted()
{
    const auto result = count().result();
    return result ? *result : -1;
}

void TestDatabaseOutage::anIdleConnectionThatDiedIsReplacedUnseen_data()
{
    QTest::addColumn<QString>("how");
    QTest::newRow("the server was restarted") << u"restart"_s;
    QTest::newRow("the server crashed and was started") << u"crash"_s;
    QTest::newRow("an operator ended the session") << u"terminate"_s;
}

void TestDatabaseOutage::anIdleConnectionThatDiedIsReplacedUnseen()
{
    QFETCH(QString, how);
    for (int id = 0; id < 20; ++id) // Every thread has its connection and a prepared statement.
        QVERIFY(insert(id).result());
    if (how == u"terminate")
        QVERIFY(!m_server.sql(u"SELECT pg_terminate_backend(pid) "_s + ourBackends).isNull());
    else if (how == u"crash")
        m_server.crash();
    else
        m_server.stop();
    if (!m_server.isRunning())
        QVERIFY(m_server.start());

    QList<Future<qint64>> futures;
    for (int id = 20; id < 40; ++id) {
        futures += insert(id);
        futures += count();
    }
    for (auto &future : futures) {
        const auto result = future.result();
        QVERIFY2(result, qPrintable(result ? QString() : result.error().message()));
    }
    QCOMPARE(counted(), 40);
    QCOMPARE(awayLines, 0);
}

void TestDatabaseOutage::aConnectionLostBeforeCommitIsRepeatedOnce()
{
    int runs = 0;
    const auto stored = Database(m_database.get())
                            .write([&](Connection &connection) -> Result<qint64> {
                                const auto done = connection.execute(insertNote, {1});
                                if (done && ++runs == 1)
                                    static_cast<void>(
                                        m_server.sql(u"SELECT pg_terminate_backend(pid) "_s + ourBackends));
                                if (!done)
                                    return done;
                                return connection.execute(insertNote, {2});
                            })
                            .result();
    QVERIFY2(stored, qPrintable(stored ? QString() : stored.error().message()));
    QCOMPARE(runs, 2);
    QCOMPARE(counted(), 2);
}

void TestDatabaseOutage::aConnectionLostWhileReadingIsRepeated()
{
    QVERIFY(insert(1).result());
    int runs = 0;
    const auto read = Database(m_database.get())
                          .read([&](Connection &connection) -> Result<bool> {
                              const auto first = connection.query(u"SELECT 1"_s);
                              if (first && ++runs == 1)
                                  static_cast<void>(m_server.sql(u"SELECT pg_terminate_backend(pid) "_s + ourBackends));
                              auto rows = connection.query(u"SELECT id FROM note"_s);
                              if (!rows)
                                  return rows.error();
                              return rows->next();
                          })
                          .result();
    QVERIFY2(read, qPrintable(read ? QString() : read.error().message()));
    QVERIFY(*read);
    QCOMPARE(runs, 2);
}

void TestDatabaseOutage::aCommitThatWasCutOffIsSaidToBeUnknown()
{
    // A trigger that runs inside COMMIT and ends its own session there.
    QVERIFY(
        !m_server
             .sql(u"CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
                  "'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60); RETURN NULL; END'"_s,
                  m_name)
             .isNull());
    QVERIFY(!m_server.sql(u"CREATE TABLE trap (id BIGINT)"_s, m_name).isNull());
    QVERIFY(!m_server
                 .sql(u"CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON trap DEFERRABLE INITIALLY DEFERRED "
                      "FOR EACH ROW EXECUTE FUNCTION die()"_s,
                      m_name)
                 .isNull());
    std::atomic<int> runs = 0;
    const auto stored = Database(m_database.get())
                            .write([&](Connection &connection) {
                                ++runs;
                                return connection.execute(u"INSERT INTO trap VALUES (1)"_s);
                            })
                            .result();
    QVERIFY(!stored);
    QCOMPARE(stored.error().kind(), ErrorKind::Unavailable);
    QVERIFY2(stored.error().message().contains(u"whether it was stored is unknown"),
             qPrintable(stored.error().message()));
    QCOMPARE(runs, 1);
    QVERIFY(insert(1).result()); // The thread has another connection by now.
}

void TestDatabaseOutage::whileTheServerIsAwayJobsFailAtOnce()
{
    QVERIFY(insert(1).result());
    m_server.stop();
    for (int round = 0; round < 100; ++round) {
        const auto stored = insert(2).result();
        const auto read = count().result();
        QVERIFY(!stored && !read);
        QCOMPARE(stored.error().kind(), ErrorKind::Unavailable);
        QCOMPARE(read.error().kind(), ErrorKind::Unavailable);
    }
    const auto checked = m_database->check();
    QVERIFY(!checked);
    QCOMPARE(checked.error().kind(), ErrorKind::Unavailable);
    QVERIFY(m_database->figures().away);
    QCOMPARE(m_database->figures().outages, 1);
    QCOMPARE(m_database->figures().writesWaiting, 0);
}

void TestDatabaseOutage::itHealsByItself_data()
{
    QTest::addColumn<int>("rounds");
    QTest::newRow("once") << 1;
    QTest::newRow("again") << 3;
}

void TestDatabaseOutage::itHealsByItself()
{
    QFETCH(int, rounds);
    for (int round = 1; round <= rounds; ++round) {
        QVERIFY(insert(10 * round).result());
        m_server.crash();
        QVERIFY(!insert(10 * round + 1).result());
        QTRY_COMPARE(awayLines, round); // As soon as every thread has looked at its connection.
        QVERIFY(m_server.start());
        QTRY_COMPARE(backLines, round); // Nobody asked for a connection: the threads look by themselves.
        QTRY_VERIFY(m_database->check());
        QTRY_VERIFY(insert(10 * round + 2).result());
        QCOMPARE(awayLines, round);
        QCOMPARE(backLines, round);
        QCOMPARE(counted(), 2 * round);
    }
}

void TestDatabaseOutage::aServerThatHangsIsNotReady()
{
    QVERIFY(m_database->check());
    for (int i = 0; i < 20; ++i) // Every reader has its connection.
        QVERIFY(count().result());
    const auto pids = m_server.sql(u"SELECT pid "_s + ourBackends).split('\n');
    QVERIFY(pids.size() > 1);
    for (const QByteArray &pid : pids)
        kill(pid.toInt(), SIGSTOP);
    const auto checked = m_database->check();
    for (const QByteArray &pid : pids)
        kill(pid.toInt(), SIGCONT);
    QVERIFY(!checked);
    QVERIFY(checked.error().message().contains(u"did not answer within 1000 ms"));
    QTRY_VERIFY(m_database->check());
}

void TestDatabaseOutage::aServerThatIsAwayAtTheStartIsExplained()
{
    m_server.stop();
    SqlDatabase late(*DatabaseUrl::parse(m_server.url(m_name)));
    const auto opened = late.open();
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind(), ErrorKind::Unavailable);
    QVERIFY2(opened.error().message().contains(u"No such file or directory"), qPrintable(opened.error().message()));
}

void TestDatabaseOutage::aDatabaseThatDoesNotExistIsExplained()
{
    SqlDatabase other(*DatabaseUrl::parse(m_server.url(u"nowhere"_s)));
    const auto opened = other.open();
    QVERIFY(!opened);
    QVERIFY2(opened.error().message().contains(u"database \"nowhere\" does not exist"),
             qPrintable(opened.error().message()));
}

void TestDatabaseOutage::closingWhileAwayAnswersEveryJob()
{
    QVERIFY(insert(1).result());
    m_server.stop();
    QList<Future<qint64>> futures;
    for (int id = 2; id < 200; ++id)
        futures += insert(id);
    m_database->close();
    for (auto &future : futures) {
        QVERIFY(future.isFinished());
        QVERIFY(!future.result());
    }
}

QTEST_GUILESS_MAIN(TestDatabaseOutage)
#include "tst_databaseoutage.moc"
