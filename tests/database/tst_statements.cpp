// SPDX-License-Identifier: GPL-3.0-only
#include "testdatabase.h"

#include <QRegularExpression>
#include <QTest>

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

} // namespace

class TestStatements : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { TestDatabase::prepareRow(); }
    void cleanupTestCase() { TestDatabase::stopServer(); }

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
};

void TestStatements::twoCursorsOfOneStatementAreIndependent()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    for (int id = 0; id < 10; ++id)
        test.execute(insertNote, {id, u"x"_s});
    const auto pairs = test.jobs()
                           .write([](Connection &connection) -> Result<int> {
                               const QString sql = u"SELECT id FROM note WHERE id >= ? ORDER BY id"_s;
                               int count = 0;
                               auto outer = connection.query(sql, {0});
                               while (outer && outer->next()) {
                                   auto inner = connection.query(sql, {outer->integer(0)});
                                   while (inner && inner->next())
                                       ++count;
                                   if (!connection.execute(u"UPDATE note SET text = 'y' WHERE id = ?"_s,
                                                           {outer->integer(0)}))
                                       return Error::internal(u"no update"_s);
                               }
                               return count;
                           })
                           .result();
    QVERIFY(pairs);
    QCOMPARE(*pairs, 55);
    QCOMPARE(test.integer(u"SELECT count(*) FROM note WHERE text = 'y'"_s), 10);
}

void TestStatements::aCursorLeftOpenDoesNotHoldTheCommit()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    test.execute(createNote);
    for (int id = 1; id <= 3; ++id) {
        const auto done = test.jobs()
                              .write([id](Connection &connection) -> Result<> {
                                  Error error;
                                  // RETURNING of two rows, of which none is fetched, and never released.
                                  connection.raw()->query(
                                      u"INSERT INTO note (id, text) VALUES (?, ''), (?, '') RETURNING id"_s,
                                      {2 * id, 2 * id + 1}, &error);
                                  return {};
                              })
                              .result();
        QVERIFY2(done, qPrintable(done.error().message()));
    }
    QCOMPARE(test.integer(countNotes), 6);
}

void TestStatements::anotherNumberOfValuesIsAnErrorAndNotAnOldValue()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    test.execute(insertNote, {1, u"secret"_s});
    QVERIFY(!test.jobs().write([](Connection &connection) { return connection.execute(insertNote, {2}); }).result());
    QVERIFY(!test.jobs()
                 .write([](Connection &connection) {
                     return connection.execute(insertNote, {2, u"a"_s, u"b"_s});
                 })
                 .result());
    QCOMPARE(test.integer(countNotes), 1);
    test.execute(insertNote, {2, u"fine"_s});
}

void TestStatements::moreStatementsThanAreKeptWork()
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

void TestStatements::aTableThatChangedUnderAStatementIsNoError()
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
        QVERIFY(Database(&other)
                    .write([i](Connection &connection) {
                        return connection.execute(u"ALTER TABLE note ADD COLUMN extra%1 TEXT"_s.arg(i));
                    })
                    .result());
        QCOMPARE(test.integer(all), 7);
    }
}

void TestStatements::aJobMayChangeATableItReads()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect, oneWriter());
    test.execute(createNote);
    test.execute(insertNote, {7, u"x"_s});
    const auto columns = test.jobs()
                             .write([](Connection &connection) -> Result<QStringList> {
                                 QStringList read;
                                 for (int i = 0; i < 3; ++i) {
                                     const auto name = u"extra%1"_s.arg(i);
                                     if (const auto altered = connection.execute(
                                             u"ALTER TABLE note ADD COLUMN %1 TEXT DEFAULT 'new'"_s.arg(name));
                                         !altered)
                                         return altered.error();
                                     auto rows = connection.query(u"SELECT id, %1 FROM note"_s.arg(name));
                                     if (!rows)
                                         return rows.error();
                                     if (rows->next())
                                         read += QString::fromUtf8(rows->text(1));
                                 }
                                 return read;
                             })
                             .result();
    QVERIFY2(columns, qPrintable(columns ? QString() : columns.error().message()));
    QCOMPARE(*columns, (QStringList{u"new"_s, u"new"_s, u"new"_s}));
}

QTEST_GUILESS_MAIN(TestStatements)

#include "tst_statements.moc"
