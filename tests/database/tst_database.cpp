// SPDX-License-Identifier: GPL-3.0-only
#include "gate.h"
#include "testdatabase.h"

#include <QDir>
#include <QFile>
#include <QRegularExpression>
#include <QTest>

#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;
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

} // namespace

class TestDatabaseReads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { TestDatabase::prepareRow(); }
    void cleanupTestCase() { TestDatabase::stopServer(); }

    void readsDoNotWaitForAWriter_data() { TestDatabase::addRows(); }
    void readsDoNotWaitForAWriter();
    void aReadSeesOneSnapshot_data() { TestDatabase::addRows(); }
    void aReadSeesOneSnapshot();
    void aReadSeesWhatWasCommittedBeforeIt_data() { TestDatabase::addRows(); }
    void aReadSeesWhatWasCommittedBeforeIt();
    void aReadCannotWrite_data() { TestDatabase::addRows(); }
    void aReadCannotWrite();
    void checkFindsTheDatabaseWell_data() { TestDatabase::addRows(); }
    void checkFindsTheDatabaseWell();
    void checkSeesThatTheFileWasReplaced_data();
    void checkSeesThatTheFileWasReplaced();
    void aFileThatCannotBeOpenedIsExplained_data();
    void aFileThatCannotBeOpenedIsExplained();
};

void TestDatabaseReads::readsDoNotWaitForAWriter()
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

void TestDatabaseReads::aReadSeesOneSnapshot()
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

void TestDatabaseReads::aReadSeesWhatWasCommittedBeforeIt()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    std::atomic<bool> stop = false;
    std::vector<std::thread> others; // Readers that keep snapshots open and shared.
    for (int i = 0; i < 4; ++i) {
        others.emplace_back([&] {
            while (!stop)
                static_cast<void>(test.jobs()
                                      .read([](Connection &connection) {
                                          return connection.query(countNotes) ? Result<>() : Result<>(Error());
                                      })
                                      .result());
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

void TestDatabaseReads::aReadCannotWrite()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    QVERIFY(!test.jobs().read(noteJob(1)).result());
    QCOMPARE(test.integer(countNotes), 0);
}

void TestDatabaseReads::checkFindsTheDatabaseWell()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    const auto checked = test.database().check();
    QVERIFY2(checked, qPrintable(checked.error().message()));
}

void TestDatabaseReads::checkSeesThatTheFileWasReplaced_data()
{
    QTest::addColumn<bool>("replaced");
    QTest::newRow("removed") << false;
    QTest::newRow("replaced") << true;
}

void TestDatabaseReads::checkSeesThatTheFileWasReplaced()
{
    QFETCH(bool, replaced);
    TestDatabase test(u"sqlite"_s);
    test.execute(createNote);
    const QString path = test.database().url().path();
    QVERIFY(QFile::rename(path, path + ".away"_L1));
    if (replaced)
        QVERIFY(QFile::copy(path + ".away"_L1, path));
    const auto checked = test.database().check();
    QVERIFY(!checked);
    QCOMPARE(checked.error().kind(), ErrorKind::Unavailable);
    QVERIFY2(checked.error().message().contains(u"was removed or replaced"), qPrintable(checked.error().message()));
}

void TestDatabaseReads::aFileThatCannotBeOpenedIsExplained_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no folder") << u"none/test.db"_s << u"check that the folder exists"_s;
    QTest::newRow("a folder") << u"folder"_s << u"cannot be opened"_s;
    QTest::newRow("not a database") << u"text.db"_s << u"is no SQLite database"_s;
}

void TestDatabaseReads::aFileThatCannotBeOpenedIsExplained()
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

QTEST_GUILESS_MAIN(TestDatabaseReads)

#include "tst_database.moc"
