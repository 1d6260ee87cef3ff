// SPDX-License-Identifier: GPL-3.0-only
#include "testdatabase.h"

#include <QCoreApplication>
#include <QFile>
#include <QProcess>
#include <QRegularExpression>
#include <QSemaphore>
#include <QTest>

#include <csignal>
#include <thread>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin;
using namespace quoin::database;

namespace {

const auto createNote = u"CREATE TABLE note (id BIGINT PRIMARY KEY, text TEXT)"_s;
const auto insertNote = u"INSERT INTO note (id, text) VALUES (?, ?)"_s;
const auto countNotes = u"SELECT count(*) FROM note"_s;

/// Holds a database thread until it is opened.
class Gate
{
public:
    Result<int> pass()
    {
        m_reached.release();
        m_opened.acquire();
        m_opened.release();
        return 0;
    }
    void waitUntilReached() { m_reached.acquire(); }
    void open() { m_opened.release(); }

private:
    QSemaphore m_reached;
    QSemaphore m_opened;
};

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

class TestDatabaseContract : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
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
    void readsDoNotWaitForAWriter_data() { TestDatabase::addRows(); }
    void readsDoNotWaitForAWriter();
    void aReadSeesOneSnapshot_data() { TestDatabase::addRows(); }
    void aReadSeesOneSnapshot();
    void aReadSeesWhatWasCommittedBeforeIt_data() { TestDatabase::addRows(); }
    void aReadSeesWhatWasCommittedBeforeIt();
    void aReadCannotWrite_data() { TestDatabase::addRows(); }
    void aReadCannotWrite();
    void valuesComeBackAsTheyWent_data();
    void valuesComeBackAsTheyWent();
    void textComesBackByteForByte_data();
    void textComesBackByteForByte();
    void anUnfitValueIsRefused_data();
    void anUnfitValueIsRefused();
    void twoCursorsOfOneStatementAreIndependent_data() { TestDatabase::addRows(); }
    void twoCursorsOfOneStatementAreIndependent();
    void aCursorLeftOpenDoesNotHoldTheCommit_data() { TestDatabase::addRows(); }
    void aCursorLeftOpenDoesNotHoldTheCommit();
    void anotherNumberOfValuesIsAnErrorAndNotAnOldValue_data() { TestDatabase::addRows(); }
    void anotherNumberOfValuesIsAnErrorAndNotAnOldValue();
    void moreStatementsThanAreKeptWork_data() { TestDatabase::addRows(); }
    void moreStatementsThanAreKeptWork();
    void aTableThatChangedUnderAStatementIsNoError_data() { TestDatabase::addRows(); }
    void aTableThatChangedUnderAStatementIsNoError();
    void aJobMayChangeATableItReads_data() { TestDatabase::addRows(); }
    void aJobMayChangeATableItReads();
    void closingFinishesWhatWaits_data() { TestDatabase::addRows(); }
    void closingFinishesWhatWaits();
    void aClosedDatabaseSaysSo_data() { TestDatabase::addRows(); }
    void aClosedDatabaseSaysSo();
    void checkFindsTheDatabaseWell_data() { TestDatabase::addRows(); }
    void checkFindsTheDatabaseWell();
    void aFileThatCannotBeOpenedIsExplained_data();
    void aFileThatCannotBeOpenedIsExplained();
    void aFileLockedByAnotherProcessIsExplained();
};

void TestDatabaseContract::init()
{
    // The SQL module warns of connections left behind, of statements that cannot be freed and of results that were lost.
    QTest::failOnWarning(QRegularExpression(u"^Q|connection|statement"_s));
    const char *tag = QTest::currentDataTag();
    const QString row = QString::fromLatin1(tag ? tag : "");
    if (!TestDatabase::isAvailable(row.startsWith(u"postgresql") ? u"postgresql"_s : u"sqlite"_s))
        QSKIP("PostgreSQL is not installed (Debian: postgresql)");
}

void TestDatabaseContract::whatWaitsIsOneCommit()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    const auto before = test.database().figures();

    Gate gate;
    auto first = test.jobs().write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    QList<QFuture<Result<qint64>>> futures;
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

void TestDatabaseContract::aFailingJobHarmsOnlyItself_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QList<int>>("bad");
    for (const QString &dialect : {u"sqlite"_s, u"postgresql"_s}) {
        const auto row = [&](const char *name) -> QTestData & { return QTest::addRow("%s: %s", qPrintable(dialect), name) << dialect; };
        row("first") << QList<int>{0};
        row("last") << QList<int>{9};
        row("middle") << QList<int>{4};
        row("several") << QList<int>{0, 3, 4, 9};
        row("all") << QList<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
    }
}

void TestDatabaseContract::aFailingJobHarmsOnlyItself()
{
    QFETCH(QString, dialect);
    QFETCH(QList<int>, bad);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    test.execute(insertNote, {1000, u"there already"_s});

    Gate gate;
    auto first = test.jobs().write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    QList<QFuture<Result<qint64>>> futures;
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

void TestDatabaseContract::aJobThatIgnoresAFailedStatementIsRolledBack()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    const auto result = test.jobs().write([](Connection &connection) -> Result<int> {
        static_cast<void>(connection.execute(insertNote, {1, u"a"_s}));
        static_cast<void>(connection.execute(insertNote, {1, u"b"_s}));
        const auto third = connection.execute(insertNote, {2, u"c"_s});
        if (third)
            return Error::internal(u"a statement ran after a failed one"_s);
        return 0;
    }).result();
    QVERIFY(!result);
    QCOMPARE(result.error().kind(), ErrorKind::Conflict);
    QCOMPARE(test.integer(countNotes), 0);
}

void TestDatabaseContract::aDeferredConstraintHarmsOnlyItsJob()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    test.execute(u"CREATE TABLE remark (note BIGINT REFERENCES note (id) DEFERRABLE INITIALLY DEFERRED)"_s);
    Gate gate;
    auto first = test.jobs().write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    auto good = test.jobs().write(noteJob(1));
    auto bad = test.jobs().write([](Connection &connection) { return connection.execute(u"INSERT INTO remark VALUES (77)"_s); });
    auto better = test.jobs().write(noteJob(2));
    gate.open();
    QVERIFY(good.result());
    QVERIFY(!bad.result());
    QCOMPARE(bad.result().error().kind(), ErrorKind::Conflict);
    QVERIFY(better.result());
    QCOMPARE(test.integer(countNotes), 2);
    QCOMPARE(test.integer(u"SELECT count(*) FROM remark"_s), 0);
}

void TestDatabaseContract::jobsMayRunTwiceAndCommitOnce()
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

void TestDatabaseContract::writesOfOneWriterKeepTheirOrder()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(dialect == u"sqlite" ? u"CREATE TABLE log (at INTEGER PRIMARY KEY AUTOINCREMENT, id BIGINT UNIQUE)"_s
                                      : u"CREATE TABLE log (at SERIAL PRIMARY KEY, id BIGINT UNIQUE)"_s);
    QList<QFuture<Result<qint64>>> futures;
    for (int id = 0; id < 500; ++id) {
        const int wanted = id % 100 == 50 ? id - 1 : id; // A few that fail, so that batches are cut.
        futures += test.jobs().write([=](Connection &connection) { return connection.execute(u"INSERT INTO log (id) VALUES (?)"_s, {wanted}); });
    }
    for (auto &future : futures)
        future.waitForFinished();
    QCOMPARE(test.integer(u"SELECT count(*) FROM log"_s), 495);
    QCOMPARE(test.integer(u"SELECT count(*) FROM log a JOIN log b ON a.at < b.at AND a.id > b.id"_s), 0);
}

void TestDatabaseContract::aFullQueueSaysSoAtOnce()
{
    QFETCH(QString, dialect);
    auto options = oneWriter();
    options.queueLimit = 10;
    TestDatabase test(dialect, options);
    test.execute(createNote);
    Gate gate;
    auto first = test.jobs().write([&](Connection &) { return gate.pass(); });
    gate.waitUntilReached();
    QList<QFuture<Result<qint64>>> futures;
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

void TestDatabaseContract::whatWasAcknowledgedSurvivesKill()
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

void TestDatabaseContract::readsDoNotWaitForAWriter()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    test.execute(insertNote, {1, u"committed"_s});
    Gate gate;
    auto writer = test.jobs().write([&](Connection &connection) -> Result<int> {
        if (const auto done = connection.execute(insertNote, {2, u"not yet"_s}); !done)
            return done.error();
        return gate.pass();
    });
    gate.waitUntilReached();
    QCOMPARE(test.integer(countNotes), 1); // The write lock is held now.
    gate.open();
    QVERIFY(writer.result());
    QCOMPARE(test.integer(countNotes), 2);
}

void TestDatabaseContract::aReadSeesOneSnapshot()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    Gate gate;
    auto reader = test.jobs().read([&](Connection &connection) -> Result<QList<qint64>> {
        QList<qint64> counts;
        for (int i = 0; i < 2; ++i) {
            auto rows = connection.query(countNotes);
            if (!rows || !rows->next())
                return Error::internal(u"no count"_s);
            counts += rows->integer(0);
            if (i == 0)
                static_cast<void>(gate.pass());
        }
        return counts;
    });
    gate.waitUntilReached();
    test.execute(insertNote, {1, u"after the first look"_s});
    gate.open();
    const auto counts = reader.result();
    QVERIFY(counts);
    QCOMPARE(*counts, (QList<qint64>{0, 0}));
}

void TestDatabaseContract::aReadSeesWhatWasCommittedBeforeIt()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    std::atomic<bool> stop = false;
    std::vector<std::thread> others; // Readers that keep snapshots open and shared.
    for (int i = 0; i < 4; ++i) {
        others.emplace_back([&] {
            while (!stop)
                test.jobs().read([](Connection &connection) { return connection.query(countNotes).has_value() ? Result<>() : Error(); }).waitForFinished();
        });
    }
    for (int id = 1; id <= 200; ++id) {
        test.execute(insertNote, {id, u"x"_s});
        QCOMPARE(test.integer(countNotes), id);
    }
    stop = true;
    for (auto &other : others)
        other.join();
}

void TestDatabaseContract::aReadCannotWrite()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    QVERIFY(!test.jobs().read(noteJob(1)).result());
    QCOMPARE(test.integer(countNotes), 0);
}

void TestDatabaseContract::valuesComeBackAsTheyWent_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QVariant>("value");
    QByteArray everyByte;
    for (int i = 0; i < 256; ++i)
        everyByte += static_cast<char>(i);
    for (const QString &dialect : {u"sqlite"_s, u"postgresql"_s}) {
        const QString blob = dialect == u"sqlite" ? u"BLOB"_s : u"BYTEA"_s;
        const auto row = [&](const char *name) -> QTestData & { return QTest::addRow("%s: %s", qPrintable(dialect), name) << dialect; };
        row("zero") << u"BIGINT"_s << QVariant(0LL);
        row("largest") << u"BIGINT"_s << QVariant(std::numeric_limits<qint64>::max());
        row("smallest") << u"BIGINT"_s << QVariant(std::numeric_limits<qint64>::min());
        row("int") << u"INTEGER"_s << QVariant(-2147483647LL);
        row("double") << u"DOUBLE PRECISION"_s << QVariant(0.1);
        row("large double") << u"DOUBLE PRECISION"_s << QVariant(1.7976931348623157e308);
        row("small double") << u"DOUBLE PRECISION"_s << QVariant(-2.2250738585072014e-308);
        row("null number") << u"BIGINT"_s << QVariant();
        row("null text") << u"TEXT"_s << QVariant();
        row("null bytes") << blob << QVariant();
        row("text") << u"TEXT"_s << QVariant(u"text"_s);
        row("empty text") << u"TEXT"_s << QVariant(u""_s);
        row("digits in a text") << u"TEXT"_s << QVariant(u"12345678901234567890.000"_s);
        row("bytes") << blob << QVariant(everyByte);
        row("no bytes") << blob << QVariant(QByteArray(""));
    }
    QTest::newRow("postgresql: true") << u"postgresql"_s << u"BOOLEAN"_s << QVariant(true);
    QTest::newRow("postgresql: numeric") << u"postgresql"_s << u"NUMERIC"_s << QVariant(u"123456789012345678901234567890.0000000001"_s);
}

void TestDatabaseContract::valuesComeBackAsTheyWent()
{
    QFETCH(QString, dialect);
    QFETCH(QString, type);
    QFETCH(QVariant, value);
    TestDatabase test(dialect);
    test.execute(u"CREATE TABLE thing (value %1)"_s.arg(type));
    test.execute(u"INSERT INTO thing VALUES (?)"_s, {value});
    const auto back = test.jobs().read([](Connection &connection) -> Result<QVariant> {
        auto rows = connection.query(u"SELECT value FROM thing"_s);
        if (!rows || !rows->next())
            return Error::internal(u"no row"_s);
        const QVariant there = rows->value(0);
        if (rows->isNull(0) != !there.isValid() || rows->text(0).isNull() != rows->isNull(0))
            return Error::internal(u"NULL is not told from a value"_s);
        return there;
    }).result();
    QVERIFY2(back, qPrintable(back.error().message()));
    QCOMPARE(*back, value);
    QCOMPARE(back->typeId(), value.typeId());
}

void TestDatabaseContract::textComesBackByteForByte_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("text");
    QString controls;
    for (char16_t c = 1; c < 0xa0; ++c)
        controls += QChar(c);
    for (const QString &dialect : {u"sqlite"_s, u"postgresql"_s}) {
        const auto row = [&](const char *name, const QString &type = u"TEXT"_s) -> QTestData & {
            return QTest::addRow("%s: %s", qPrintable(dialect), name) << dialect << type;
        };
        row("quotes") << u"it's \"quoted\" ''twice''"_s;
        row("backslashes") << uR"(\ \\ \' \n \x41 \u0041 '\')"_s;
        row("placeholders") << u"? :name $1 @x %1 %s"_s;
        row("comment") << u"-- '; DROP TABLE thing; /*"_s;
        row("controls") << controls;
        row("planes") << u"ß é 中 \U0001F600 \U0010FFFF \uFEFF \u200D e\u0301"_s;
        row("long") << QString(1000000, u'ä');
        row("JSON", u"JSON"_s) << uR"( {"b":1e400, "a" : 1.10, "a": 12345678901234567890123, "s":"\u0000\ud800 \/"} )"_s;
    }
}

void TestDatabaseContract::textComesBackByteForByte()
{
    QFETCH(QString, dialect);
    QFETCH(QString, type);
    QFETCH(QString, text);
    TestDatabase test(dialect);
    // JSON as SQLAlchemy names it; SQLite gives such a column NUMERIC affinity, which would make a number of "1.10".
    test.execute(u"CREATE TABLE thing (value %1)"_s.arg(dialect == u"sqlite" ? u"TEXT"_s : type));
    test.execute(u"INSERT INTO thing VALUES (?)"_s, {text});
    const auto back = test.jobs().read([](Connection &connection) -> Result<QByteArray> {
        auto rows = connection.query(u"SELECT value FROM thing"_s);
        if (!rows || !rows->next())
            return Error::internal(u"no row"_s);
        return rows->text(0);
    }).result();
    QVERIFY(back);
    QCOMPARE(*back, text.toUtf8());
}

void TestDatabaseContract::anUnfitValueIsRefused_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("reason");
    const QVariant tooLarge(std::numeric_limits<quint64>::max());
    QTest::newRow("sqlite: too large") << u"sqlite"_s << u"BIGINT"_s << tooLarge << u"18446744073709551615 is larger"_s;
    QTest::newRow("postgresql: too large") << u"postgresql"_s << u"BIGINT"_s << tooLarge << u"18446744073709551615 is larger"_s;
    QTest::newRow("postgresql: U+0000") << u"postgresql"_s << u"TEXT"_s << QVariant(u"a\0b"_s) << u"cannot store U+0000"_s;
    QTest::newRow("postgresql: no JSON") << u"postgresql"_s << u"JSON"_s << QVariant(u"{"_s) << u"invalid input syntax for type json"_s;
}

void TestDatabaseContract::anUnfitValueIsRefused()
{
    QFETCH(QString, dialect);
    QFETCH(QString, type);
    QFETCH(QVariant, value);
    QFETCH(QString, reason);
    TestDatabase test(dialect);
    test.execute(u"CREATE TABLE thing (value %1)"_s.arg(type));
    const auto stored = test.jobs().write([=](Connection &connection) { return connection.execute(u"INSERT INTO thing VALUES (?)"_s, {value}); }).result();
    QVERIFY(!stored);
    QCOMPARE(stored.error().kind(), ErrorKind::Invalid);
    QVERIFY2(stored.error().message().contains(reason), qPrintable(stored.error().message()));
}

void TestDatabaseContract::twoCursorsOfOneStatementAreIndependent()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    for (int id = 0; id < 10; ++id)
        test.execute(insertNote, {id, u"x"_s});
    const auto pairs = test.jobs().write([](Connection &connection) -> Result<int> {
        const QString sql = u"SELECT id FROM note WHERE id >= ? ORDER BY id"_s;
        int count = 0;
        auto outer = connection.query(sql, {0});
        while (outer && outer->next()) {
            auto inner = connection.query(sql, {outer->integer(0)});
            while (inner && inner->next())
                ++count;
            if (!connection.execute(u"UPDATE note SET text = 'y' WHERE id = ?"_s, {outer->integer(0)}))
                return Error::internal(u"no update"_s);
        }
        return count;
    }).result();
    QVERIFY(pairs);
    QCOMPARE(*pairs, 55);
    QCOMPARE(test.integer(u"SELECT count(*) FROM note WHERE text = 'y'"_s), 10);
}

void TestDatabaseContract::aCursorLeftOpenDoesNotHoldTheCommit()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    for (int id = 1; id <= 3; ++id) {
        const auto done = test.jobs().write([id](Connection &connection) -> Result<> {
            Error error;
            // RETURNING of two rows, of which none is fetched, and never released.
            connection.raw()->query(u"INSERT INTO note (id, text) VALUES (?, ''), (?, '') RETURNING id"_s, {2 * id, 2 * id + 1}, &error);
            return {};
        }).result();
        QVERIFY2(done, qPrintable(done.error().message()));
    }
    QCOMPARE(test.integer(countNotes), 6);
}

void TestDatabaseContract::anotherNumberOfValuesIsAnErrorAndNotAnOldValue()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    test.execute(insertNote, {1, u"secret"_s});
    QVERIFY(!test.jobs().write([](Connection &connection) { return connection.execute(insertNote, {2}); }).result());
    QVERIFY(!test.jobs().write([](Connection &connection) { return connection.execute(insertNote, {2, u"a"_s, u"b"_s}); }).result());
    QCOMPARE(test.integer(countNotes), 1);
    test.execute(insertNote, {2, u"fine"_s});
}

void TestDatabaseContract::moreStatementsThanAreKeptWork()
{
    QFETCH(QString, dialect);
    auto options = oneWriter();
    options.statementLimit = 3;
    TestDatabase test(dialect, options);
    test.execute(createNote);
    for (int i = 0; i < 50; ++i)
        test.execute(u"INSERT INTO note (id, text) VALUES (%1, ?)"_s.arg(i), {u"x"_s});
    for (int i = 0; i < 50; ++i)
        QCOMPARE(test.integer(u"SELECT id FROM note WHERE id = %1 + ?"_s.arg(i), {0}), i);
}

void TestDatabaseContract::aTableThatChangedUnderAStatementIsNoError()
{
    QFETCH(QString, dialect);
    auto options = oneWriter();
    options.readers = 1;
    TestDatabase test(dialect, options);
    test.execute(createNote);
    test.execute(insertNote, {7, u"x"_s});
    const QString all = u"SELECT * FROM note"_s;
    QCOMPARE(test.integer(all), 7);
    SqlDatabase other(*DatabaseUrl::parse(test.url())); // As another process would.
    QVERIFY(other.open());
    for (int i = 0; i < 10; ++i) {
        QVERIFY(Database(&other).write([i](Connection &connection) {
            return connection.execute(u"ALTER TABLE note ADD COLUMN extra%1 TEXT"_s.arg(i));
        }).result());
        QCOMPARE(test.integer(all), 7);
    }
}

void TestDatabaseContract::aJobMayChangeATableItReads()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    test.execute(insertNote, {7, u"x"_s});
    const auto columns = test.jobs().write([](Connection &connection) -> Result<QStringList> {
        QStringList read;
        for (int i = 0; i < 3; ++i) {
            const auto name = u"extra%1"_s.arg(i);
            if (const auto altered = connection.execute(u"ALTER TABLE note ADD COLUMN %1 TEXT DEFAULT 'new'"_s.arg(name)); !altered)
                return altered.error();
            auto rows = connection.query(u"SELECT id, %1 FROM note"_s.arg(name));
            if (!rows)
                return rows.error();
            if (rows->next())
                read += QString::fromUtf8(rows->text(1));
        }
        return read;
    }).result();
    QVERIFY2(columns, qPrintable(columns ? QString() : columns.error().message()));
    QCOMPARE(*columns, (QStringList{u"new"_s, u"new"_s, u"new"_s}));
}

void TestDatabaseContract::closingFinishesWhatWaits()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    QList<QFuture<Result<qint64>>> futures;
    for (qint64 id = 0; id < 300; ++id)
        futures += test.jobs().write(noteJob(id));
    test.database().close();
    for (auto &future : futures) {
        QVERIFY(future.isFinished());
        QVERIFY(future.result());
    }
}

void TestDatabaseContract::aClosedDatabaseSaysSo()
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

void TestDatabaseContract::checkFindsTheDatabaseWell()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    const auto checked = test.database().check();
    QVERIFY2(checked, qPrintable(checked.error().message()));
}

void TestDatabaseContract::aFileThatCannotBeOpenedIsExplained_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no folder") << u"none/test.db"_s << u"check that the folder exists"_s;
    QTest::newRow("a folder") << u"folder"_s << u"cannot be opened"_s;
    QTest::newRow("not a database") << u"text.db"_s << u"is no SQLite database"_s;
}

void TestDatabaseContract::aFileThatCannotBeOpenedIsExplained()
{
    QFETCH(QString, file);
    QFETCH(QString, reason);
    QTemporaryDir folder;
    QVERIFY(QDir(folder.path()).mkdir(u"folder"_s));
    QFile text(folder.filePath(u"text.db"_s));
    QVERIFY(text.open(QIODevice::WriteOnly));
    text.write(QByteArray("this is no database\n").repeated(100));
    text.close();

    const auto url = DatabaseUrl::parse("sqlite:///"_L1 + folder.filePath(file));
    SqlDatabase database(*url);
    const auto opened = database.open();
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind(), ErrorKind::Unavailable);
    QVERIFY2(opened.error().message().contains(reason), qPrintable(opened.error().message()));
    QVERIFY(opened.error().message().contains(folder.filePath(file)));
}

void TestDatabaseContract::aFileLockedByAnotherProcessIsExplained()
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
    TestDatabaseContract test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_database.moc"
