// SPDX-License-Identifier: GPL-3.0-only
#include "gate.h"
#include "testdatabase.h"

#include <QCoreApplication>
#include <QProcess>
#include <QRegularExpression>
#include <QTest>

#include <atomic>
#include <csignal>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin;
using namespace quoin::database;

namespace {

const auto createNote = u"CREATE TABLE note (id BIGINT PRIMARY KEY, text TEXT)"_s;
const auto insertNote = u"INSERT INTO note (id, text) VALUES (?, ?)"_s;
const auto countNotes = u"SELECT count(*) FROM note"_s;

DatabaseOptions oneWriter()
{
    DatabaseOptions options;
    options.writers = 1;
    return options;
}

auto noteJob(qint64 id)
{
    return [id](Connection &connection) { return connection.execute(insertNote, {id, u"note %1"_s.arg(id)}); };
}

/// Leaves without a word to anyone, as soon as it has said that the row is stored.
int storeAndDie(const QString &url, qint64 id)
{
    const auto parsed = DatabaseUrl::parse(url);
    SqlDatabase database(*parsed);
    if (!database.open() || !Database(&database).write(noteJob(id)).result())
        return 1;
    kill(getpid(), SIGKILL);
    return 0;
}

} // namespace

class TestGroupCommit : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { TestDatabase::prepareRow(); }
    void cleanupTestCase() { TestDatabase::stopServer(); }

    void whatWaitsIsOneCommit_data() { TestDatabase::addRows(); }
    void whatWaitsIsOneCommit();
    void aFailingJobHarmsOnlyItself_data();
    void aFailingJobHarmsOnlyItself();
    void aJobThatIgnoresAFailedStatementIsRolledBack_data() { TestDatabase::addRows(); }
    void aJobThatIgnoresAFailedStatementIsRolledBack();
    void aDeferredConstraintHarmsOnlyItsJob_data() { TestDatabase::addRows(); }
    void aDeferredConstraintHarmsOnlyItsJob();
    void jobsMayRunTwiceAndCommitOnce_data() { TestDatabase::addRows(); }
    void jobsMayRunTwiceAndCommitOnce();
    void writesOfOneWriterKeepTheirOrder_data() { TestDatabase::addRows(); }
    void writesOfOneWriterKeepTheirOrder();
    void aFullQueueSaysSoAtOnce_data() { TestDatabase::addRows(); }
    void aFullQueueSaysSoAtOnce();
    void whatWasAcknowledgedSurvivesKill_data() { TestDatabase::addRows(); }
    void whatWasAcknowledgedSurvivesKill();
    void closingFinishesWhatWaits_data() { TestDatabase::addRows(); }
    void closingFinishesWhatWaits();
    void aClosedDatabaseSaysSo_data() { TestDatabase::addRows(); }
    void aClosedDatabaseSaysSo();
    void aFileLockedByAnotherProcessIsExplained();
};

void TestGroupCommit::whatWaitsIsOneCommit()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    const auto before = test.database().figures();

    Gate gate;
    auto first = test.jobs().write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    QList<Future<qint64>> futures;
    for (qint64 id = 0; id < 50; ++id)
        futures += test.jobs().write(noteJob(id));
    QCOMPARE(test.database().figures().writesWaiting, 50);
    gate.open();
    for (auto &future : futures)
        QVERIFY(future.result());

    const auto after = test.database().figures();
    QCOMPARE(after.writes - before.writes, 51);
    QCOMPARE(after.batches - before.batches, 2);
    QCOMPARE(after.largestBatch, 50);
    QCOMPARE(after.writesWaiting, 0);
    QCOMPARE(test.integer(countNotes), 50);
}

void TestGroupCommit::aFailingJobHarmsOnlyItself_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QList<int>>("bad");
    for (const QString &dialect : {u"sqlite"_s, u"postgresql"_s}) {
        const auto row = [&](const char *name) -> QTestData & {
            return QTest::addRow("%s: %s", qPrintable(dialect), name) << dialect;
        };
        row("first") << QList<int>{0};
        row("last") << QList<int>{9};
        row("middle") << QList<int>{4};
        row("several") << QList<int>{0, 3, 4, 9};
        row("all") << QList<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    }
}

void TestGroupCommit::aFailingJobHarmsOnlyItself()
{
    QFETCH(QString, dialect);
    QFETCH(QList<int>, bad);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    test.execute(insertNote, {1000, u"there already"_s});

    Gate gate;
    auto first = test.jobs().write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    QList<Future<qint64>> futures;
    for (int i = 0; i < 10; ++i)
        futures += test.jobs().write(noteJob(bad.contains(i) ? 1000 : i));
    gate.open();
    for (int i = 0; i < 10; ++i) {
        const auto result = futures[i].result();
        QCOMPARE(result.has_value(), !bad.contains(i));
        if (!result)
            QCOMPARE(result.error().kind(), ErrorKind::Conflict);
    }
    QCOMPARE(test.integer(countNotes), 11 - bad.size());
    QCOMPARE(test.database().figures().failures, bad.size());
}

void TestGroupCommit::aJobThatIgnoresAFailedStatementIsRolledBack()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    const auto result = test.jobs()
                            .write([](Connection &connection) -> Result<int> {
                                static_cast<void>(connection.execute(insertNote, {1, u"a"_s}));
                                static_cast<void>(connection.execute(insertNote, {1, u"b"_s}));
                                const auto third = connection.execute(insertNote, {2, u"c"_s});
                                if (third)
                                    return Error::internal(u"a statement ran after a failed one"_s);
                                return 0;
                            })
                            .result();
    QVERIFY(!result);
    QCOMPARE(result.error().kind(), ErrorKind::Conflict);
    QCOMPARE(test.integer(countNotes), 0);
}

void TestGroupCommit::aDeferredConstraintHarmsOnlyItsJob()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    test.execute(u"CREATE TABLE remark (note BIGINT REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)"_s);
    Gate gate;
    auto first = test.jobs().write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    auto good = test.jobs().write(noteJob(1));
    auto bad = test.jobs().write(
        [](Connection &connection) { return connection.execute(u"INSERT INTO remark VALUES (77)"_s); });
    auto better = test.jobs().write(noteJob(2));
    gate.open();
    QVERIFY(good.result());
    QVERIFY(!bad.result());
    QCOMPARE(bad.result().error().kind(), ErrorKind::Conflict);
    QVERIFY(better.result());
    QCOMPARE(test.integer(countNotes), 2);
    QCOMPARE(test.integer(u"SELECT count(*) FROM remark"_s), 0);
}

void TestGroupCommit::jobsMayRunTwiceAndCommitOnce()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    Gate gate;
    auto first = test.jobs().write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    std::atomic<int> runs = 0;
    auto good = test.jobs().write([&](Connection &connection) {
        ++runs;
        return connection.execute(insertNote, {1, u"once"_s});
    });
    auto bad = test.jobs().write([](Connection &) -> Result<> { return Error::invalid(u"on second thoughts"_s); });
    gate.open();
    QVERIFY(good.result());
    QCOMPARE(bad.result().error().message(), u"on second thoughts"_s);
    QCOMPARE(bad.result().error().kind(), ErrorKind::Invalid);
    QCOMPARE(runs, 2);
    QCOMPARE(test.integer(countNotes), 1);
}

void TestGroupCommit::writesOfOneWriterKeepTheirOrder()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(dialect == u"sqlite" ? u"CREATE TABLE log (at INTEGER PRIMARY KEY AUTOINCREMENT, id BIGINT UNIQUE)"_s
                                      : u"CREATE TABLE log (at SERIAL PRIMARY KEY, id BIGINT UNIQUE)"_s);
    QList<Future<qint64>> futures;
    for (int id = 0; id < 500; ++id) {
        const int wanted = id % 100 == 50 ? id - 1 : id; // A few that fail, so that batches are cut.
        futures += test.jobs().write(
            [=](Connection &connection) { return connection.execute(u"INSERT INTO log (id) VALUES (?)"_s, {wanted}); });
    }
    for (auto &future : futures)
        static_cast<void>(future.result());
    QCOMPARE(test.integer(u"SELECT count(*) FROM log"_s), 495);
    QCOMPARE(test.integer(u"SELECT count(*) FROM log a JOIN log b ON a.at < b.at AND a.id > b.id"_s), 0);
}

void TestGroupCommit::aFullQueueSaysSoAtOnce()
{
    QFETCH(QString, dialect);
    auto options = oneWriter();
    options.queueLimit = 10;
    TestDatabase test(dialect, options);
    test.execute(createNote);
    Gate gate;
    auto first = test.jobs().write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    QList<Future<qint64>> futures;
    for (qint64 id = 0; id < 11; ++id)
        futures += test.jobs().write(noteJob(id));
    QVERIFY(futures.last().isFinished());
    const auto refused = futures.takeLast().result();
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind(), ErrorKind::Unavailable);
    QVERIFY(refused.error().message().contains(u"10 jobs wait already"));
    QCOMPARE(test.database().figures().refused, 1);
    gate.open();
    for (auto &future : futures)
        QVERIFY(future.result());
    QCOMPARE(test.integer(countNotes), 10);
}

void TestGroupCommit::whatWasAcknowledgedSurvivesKill()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    for (int id = 1; id <= 5; ++id) {
        QProcess child;
        child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        child.start(QCoreApplication::applicationFilePath(), {u"--store-and-die"_s, test.url(), QString::number(id)});
        QVERIFY(child.waitForFinished());
        QCOMPARE(child.exitStatus(), QProcess::CrashExit);
        QCOMPARE(test.integer(countNotes), id);
    }
}

void TestGroupCommit::closingFinishesWhatWaits()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    QList<Future<qint64>> futures;
    for (qint64 id = 0; id < 300; ++id)
        futures += test.jobs().write(noteJob(id));
    test.database().close();
    for (auto &future : futures) {
        QVERIFY(future.isFinished());
        QVERIFY(future.result());
    }
}

void TestGroupCommit::aClosedDatabaseSaysSo()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.database().close();
    const auto late = test.jobs().write(noteJob(1)).result();
    QVERIFY(!late);
    QCOMPARE(late.error().kind(), ErrorKind::Unavailable);
    QVERIFY(late.error().message().contains(u"is closed"));
    QVERIFY(!test.database().check());
}

void TestGroupCommit::aFileLockedByAnotherProcessIsExplained()
{
    DatabaseOptions options;
    options.busyTimeout = 10ms;
    TestDatabase test(u"sqlite"_s, options);
    test.execute(createNote);
    const auto url = DatabaseUrl::parse(test.url());
    SqlDatabase other(*url, options);
    QVERIFY(other.open());
    Gate gate;
    auto holder = Database(&other).write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    const auto refused = test.jobs().write(noteJob(1)).result();
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind(), ErrorKind::Unavailable);
    QVERIFY2(refused.error().message().contains(u"locked by another process"), qPrintable(refused.error().message()));
    gate.open();
    QVERIFY(holder.result());
    QVERIFY(test.jobs().write(noteJob(1)).result());
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    const QStringList arguments = app.arguments();
    if (arguments.value(1) == u"--store-and-die")
        return storeAndDie(arguments.value(2), arguments.value(3).toLongLong());
    TestGroupCommit test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_groupcommit.moc"
