// SPDX-License-Identifier: GPL-3.0-only
#include "recordlist.h"
#include "recordstore.h"
#include "testdatabase.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QMutex>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace records;
using quoin::JsonText;

namespace {

/// Remembers what was published, and can refuse.
class EventsDouble final : public quoin::abi::Events
{
public:
    bool publish(quoin::abi::Connection *, const QString &event, const QByteArray &arguments,
                 quoin::Error *error) override
    {
        const QMutexLocker locker(&m_mutex);
        if (isAway) {
            *error = quoin::Error::unavailable(u"no events today"_s);
            return false;
        }
        published.append(event.toUtf8() + ' ' + arguments);
        return true;
    }
    bool publishEach(quoin::abi::Connection *connection, const QString &event, const QByteArrayList &arguments,
                     quoin::Error *error) override
    {
        return std::all_of(arguments.begin(), arguments.end(),
                           [&](const QByteArray &each) { return publish(connection, event, each, error); });
    }

    bool isAway = false;
    QByteArrayList published;

private:
    QMutex m_mutex;
};

template <class T>
T valueOf(quoin::Future<T> future)
{
    auto result = future.result();
    if (!result)
        qFatal("%s", qPrintable(result.error().message()));
    return *std::move(result);
}

QByteArray wholeList(const RecordStore &store, const RecordListing &listing, qsizetype *largestPiece = nullptr)
{
    const auto list = std::make_shared<RecordList>(store, listing);
    QByteArray text;
    while (true) {
        const QByteArray piece = valueOf(list->next());
        if (piece.isEmpty())
            return text;
        text += piece;
        if (largestPiece)
            *largestPiece = std::max(*largestPiece, piece.size());
    }
}

} // namespace

class TestRecordStore final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanupTestCase() { TestDatabase::stopServer(); }

    void whatWasStoredIsFoundByteForByte_data() { TestDatabase::addRows(); }
    void whatWasStoredIsFoundByteForByte();
    void recordsThatComeTogetherAreEachStoredOnce_data() { TestDatabase::addRows(); }
    void recordsThatComeTogetherAreEachStoredOnce();
    void aRecordAndItsEventAreOneCommit_data() { TestDatabase::addRows(); }
    void aRecordAndItsEventAreOneCommit();
    void whatIsNotThereIsNotFound_data() { TestDatabase::addRows(); }
    void whatIsNotThereIsNotFound();
    void whatPythonStoredIsServed_data() { TestDatabase::addRows(); }
    void whatPythonStoredIsServed();
    void whatWeStorePythonCanRead_data();
    void whatWeStorePythonCanRead();
    void aDatabaseOfAnotherEncodingIsRefused_data() { whatWeStorePythonCanRead_data(); }
    void aDatabaseOfAnotherEncodingIsRefused();
    void aTablePythonMadeIsUsed_data() { TestDatabase::addRows(); }
    void aTablePythonMadeIsUsed();
    void aListIsCompleteAndInOrder_data();
    void aListIsCompleteAndInOrder();
    void noPieceHoldsTwoLargeRecords_data() { TestDatabase::addRows(); }
    void noPieceHoldsTwoLargeRecords();
    void aListEndsWithWhatWasThereWhenItBegan_data() { TestDatabase::addRows(); }
    void aListEndsWithWhatWasThereWhenItBegan();
    void aListSurvivesDeletions_data() { TestDatabase::addRows(); }
    void aListSurvivesDeletions();
    void pagesAreCutAtTheLimit_data();
    void pagesAreCutAtTheLimit();
    void theNextPageAsksForWhatFits_data();
    void theNextPageAsksForWhatFits();

private:
    void migrate(TestDatabase &database);
    RecordStore storeOf(TestDatabase &database) { return RecordStore(database.jobs(), quoin::Events(&m_events)); }
    void fill(TestDatabase &database, qint64 count);

    EventsDouble m_events;
};

void TestRecordStore::init()
{
    QFETCH(QString, dialect);
    if (!TestDatabase::isAvailable(dialect))
        QSKIP("PostgreSQL is not installed");
    m_events.isAway = false;
    m_events.published.clear();
}

void TestRecordStore::migrate(TestDatabase &database)
{
    QList<quoin::database::MigrationStep> steps;
    for (const quoin::Migration &migration : RecordStore::migrations())
        steps.append({migration.name, migration.sqlite, migration.postgresql});
    const auto done = database.database().migrate(steps);
    QVERIFY2(done, qPrintable(done ? QString() : done.error().message()));
}

/// Records 1 to count with the values 1 to count.
void TestRecordStore::fill(TestDatabase &database, qint64 count)
{
    const auto done = database.jobs()
                          .write([count](quoin::Connection &connection) -> quoin::Result<qint64> {
                              for (qint64 i = 1; i <= count; ++i) {
                                  const QString sql = connection.dialect() == quoin::Dialect::Sqlite
                                      ? u"INSERT INTO record (json) VALUES (?)"_s
                                      : u"INSERT INTO record (json) VALUES (CAST(? AS JSON))"_s;
                                  if (auto inserted = connection.execute(sql, {QString::number(i)}); !inserted)
                                      return inserted;
                              }
                              return count;
                          })
                          .result();
    QVERIFY2(done, qPrintable(done ? QString() : done.error().message()));
}

void TestRecordStore::whatWasStoredIsFoundByteForByte()
{
    QFETCH(QString, dialect);
    TestDatabase database(dialect);
    migrate(database);
    const RecordStore store = storeOf(database);
    const QByteArray texts[] = {
        "{}",
        "null",
        "0",
        "-0.0",
        "1.50",
        "1E400",
        "123456789012345678901234567890.123456789012345678901234567890",
        "\"\"",
        "\"\\u0000 \\ud800 \\/ \\u00e9\"",
        "\"\xc3\xa9 \xf0\x9f\x98\x80 \xef\xbf\xbf \xef\xbb\xbf\"", // U+FFFF is no character, U+FEFF no mark inside a
                                                                   // text
        "{ \"b\" : 1 ,\t\"a\":2,\r\n\"b\":[ ] }",
        '[' + QByteArray("0,").repeated(200'000) + "0]",
        QByteArray("[").repeated(512) + QByteArray("]").repeated(512),
        "\"?1 $1 :name %1 ' -- ; \\\\\"",
    };
    for (const QByteArray &text : texts) {
        const qint64 id = valueOf(store.insert(JsonText(text)));
        QCOMPARE(valueOf(store.find(id)).text(), text);
        QCOMPARE(valueOf(store.list(id - 1, std::nullopt)).first.json,
                 "{\"id\":" + QByteArray::number(id) + ",\"data\":" + text + '}');
        QCOMPARE(m_events.published.last(), "record.created [" + QByteArray::number(id) + ',' + text + ']');
    }
}

void TestRecordStore::recordsThatComeTogetherAreEachStoredOnce()
{
    QFETCH(QString, dialect);
    TestDatabase database(dialect);
    migrate(database);
    const RecordStore store = storeOf(database);
    QList<quoin::Future<qint64>> futures;
    QByteArrayList texts;
    for (int i = 0; i < 500; ++i) {
        texts += "{\"number\":" + QByteArray::number(i) + ", \"text\":\"\\u0000 ,[]{} \xc3\xa9\"}";
        futures += store.insert(JsonText(texts.last()));
    }
    QSet<qint64> ids;
    for (int i = 0; i < 500; ++i) {
        const qint64 id = valueOf(futures[i]);
        ids += id;
        QCOMPARE(valueOf(store.find(id)).text(), texts[i]); // its own text, not a neighbour's
        QVERIFY(m_events.published.contains("record.created [" + QByteArray::number(id) + ',' + texts[i] + ']'));
    }
    QCOMPARE(ids.size(), 500);
    QCOMPARE(m_events.published.size(), 500);
    QCOMPARE(database.integer(u"SELECT count(*) FROM record"_s), 500);
}

void TestRecordStore::aRecordAndItsEventAreOneCommit()
{
    QFETCH(QString, dialect);
    TestDatabase database(dialect);
    migrate(database);
    m_events.isAway = true;
    const auto id = storeOf(database).insert(JsonText("1")).result();
    QVERIFY(!id);
    QCOMPARE(id.error().message(), u"no events today"_s);
    QCOMPARE(database.integer(u"SELECT count(*) FROM record"_s), 0);
}

void TestRecordStore::whatIsNotThereIsNotFound()
{
    QFETCH(QString, dialect);
    TestDatabase database(dialect);
    migrate(database);
    for (const qint64 id : {qint64(0), qint64(-1), qint64(1), qint64(3'000'000'000), std::numeric_limits<qint64>::max(),
                            std::numeric_limits<qint64>::min()}) {
        const auto record = storeOf(database).find(id).result();
        QVERIFY(!record);
        QCOMPARE(record.error().kind(), quoin::ErrorKind::NotFound);
        QCOMPARE(record.error().message(), u"There is no record %1."_s.arg(id));
    }
}

void TestRecordStore::whatPythonStoredIsServed()
{
    QFETCH(QString, dialect);
    TestDatabase database(dialect);
    migrate(database);
    database.execute(u"INSERT INTO record (json) VALUES ('{\"b\": 1, \"a\": 2.0}')"_s);
    database.execute(u"INSERT INTO record (json) VALUES (NULL)"_s);
    database.execute(u"INSERT INTO record (json) VALUES ('\"\\u00e9\"')"_s);
    const RecordStore store = storeOf(database);
    QVERIFY(store.check());
    QCOMPARE(valueOf(store.find(1)).text(), QByteArray("{\"b\": 1, \"a\": 2.0}"));
    QCOMPARE(valueOf(store.find(2)).text(), QByteArray("null"));
    QCOMPARE(
        valueOf(store.list(0, std::nullopt)).first.json,
        QByteArray(
            "{\"id\":1,\"data\":{\"b\": 1, \"a\": 2.0}},{\"id\":2,\"data\":null},{\"id\":3,\"data\":\"\\u00e9\"}"));
}

void TestRecordStore::whatWeStorePythonCanRead_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::newRow("sqlite") << u"sqlite"_s;
}

void TestRecordStore::whatWeStorePythonCanRead()
{
    TestDatabase database(u"sqlite"_s);
    migrate(database);
    valueOf(storeOf(database).insert(JsonText("17")));
    QCOMPARE(database.integer(u"SELECT count(*) FROM record WHERE typeof(json) = 'text' AND json = '17'"_s), 1);
}

void TestRecordStore::aDatabaseOfAnotherEncodingIsRefused()
{
    const QString url = TestDatabase::makeUrl(u"sqlite"_s);
    {
        QSqlDatabase file = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"utf16"_s);
        file.setDatabaseName(url.sliced(QStringLiteral("sqlite:///").size()));
        QVERIFY(file.open());
        QSqlQuery query(file);
        QVERIFY(query.exec(u"PRAGMA encoding = 'UTF-16le'"_s) && query.exec(u"CREATE TABLE made (id)"_s));
    }
    QSqlDatabase::removeDatabase(u"utf16"_s);
    const auto parsed = quoin::database::DatabaseUrl::parse(url);
    QVERIFY(parsed);
    quoin::database::SqlDatabase database(*parsed);
    QVERIFY(database.open());
    const auto checked = RecordStore(quoin::Database(&database), quoin::Events(&m_events)).check();
    QVERIFY(!checked);
    QVERIFY2(checked.error().message().contains(u"UTF-16le"_s), qPrintable(checked.error().message()));
}

void TestRecordStore::aTablePythonMadeIsUsed()
{
    QFETCH(QString, dialect);
    TestDatabase database(dialect);
    // SQLAlchemy's DDL for a column of its JSON type.
    database.execute(dialect == u"sqlite"_s
                         ? u"CREATE TABLE record (id INTEGER NOT NULL, json JSON, PRIMARY KEY (id))"_s
                         : u"CREATE TABLE record (id SERIAL NOT NULL, json JSON, PRIMARY KEY (id))"_s);
    database.execute(u"INSERT INTO record (json) VALUES ('[1, 2]')"_s);
    database.execute(u"INSERT INTO record (json) VALUES ('7')"_s);
    migrate(database);
    const RecordStore store = storeOf(database);
    QCOMPARE(valueOf(store.insert(JsonText("{\"n\":1.50}"))), 3);
    QCOMPARE(valueOf(store.list(0, std::nullopt)).first.json,
             QByteArray("{\"id\":1,\"data\":[1, 2]},{\"id\":2,\"data\":7},{\"id\":3,\"data\":{\"n\":1.50}}"));
}

void TestRecordStore::aListIsCompleteAndInOrder_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<int>("count");
    for (const QString &dialect : {u"sqlite"_s, u"postgresql"_s}) {
        for (const int count : {0, 1, 2, 255, 256, 257, 20'000})
            QTest::newRow(qPrintable(dialect + u' ' + QString::number(count))) << dialect << count;
    }
}

void TestRecordStore::aListIsCompleteAndInOrder()
{
    QFETCH(QString, dialect);
    QFETCH(int, count);
    TestDatabase database(dialect);
    migrate(database);
    fill(database, count);
    const RecordStore store = storeOf(database);
    const RecordListing listing = valueOf(store.list(std::numeric_limits<qint64>::min(), std::nullopt));
    QCOMPARE(listing.isComplete, count <= RecordStore::firstRows);
    QVERIFY(!listing.hasMore);
    const auto document = QJsonDocument::fromJson(wholeList(store, listing));
    const QJsonArray results = document[u"results"_s].toArray();
    QCOMPARE(results.size(), count);
    for (int i = 0; i < count; ++i) {
        QCOMPARE(results[i][u"id"_s].toInt(), i + 1);
        QCOMPARE(results[i][u"data"_s].toInt(), i + 1);
    }
}

void TestRecordStore::noPieceHoldsTwoLargeRecords()
{
    QFETCH(QString, dialect);
    TestDatabase database(dialect);
    migrate(database);
    const RecordStore store = storeOf(database);
    const QByteArray large = '"' + QByteArray("x").repeated(300'000) + '"';
    QByteArrayList expected;
    for (const QByteArray &text : {large, QByteArray("1"), large, large, QByteArray("2"), QByteArray("null"), large}) {
        const qint64 id = valueOf(store.insert(JsonText(text)));
        expected.append("{\"id\":" + QByteArray::number(id) + ",\"data\":" + text + '}');
    }
    database.execute(u"UPDATE record SET json = NULL WHERE id = 6"_s);
    qsizetype largestPiece = 0;
    const QByteArray whole = wholeList(store, valueOf(store.list(0, std::nullopt)), &largestPiece);
    QVERIFY(whole == "{\"results\":[" + expected.join(',') + "]}");
    QVERIFY(largestPiece < 2 * large.size()); // a piece ends with the record that fills it
}

void TestRecordStore::aListEndsWithWhatWasThereWhenItBegan()
{
    QFETCH(QString, dialect);
    TestDatabase database(dialect);
    migrate(database);
    fill(database, 1000);
    const RecordStore store = storeOf(database);
    const RecordListing listing = valueOf(store.list(0, std::nullopt));
    fill(database, 5);
    const auto document = QJsonDocument::fromJson(wholeList(store, listing));
    QCOMPARE(document[u"results"_s].toArray().size(), 1000);
}

void TestRecordStore::aListSurvivesDeletions()
{
    QFETCH(QString, dialect);
    TestDatabase database(dialect);
    migrate(database);
    fill(database, 1000);
    const RecordStore store = storeOf(database);
    const RecordListing listing = valueOf(store.list(0, std::nullopt));
    database.execute(u"DELETE FROM record WHERE id > 256"_s);
    const auto document = QJsonDocument::fromJson(wholeList(store, listing));
    QCOMPARE(document[u"results"_s].toArray().size(), 256);
}

void TestRecordStore::pagesAreCutAtTheLimit_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<int>("after");
    QTest::addColumn<int>("limit");
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("last");
    QTest::addColumn<bool>("hasMore");
    for (const char *dialect : {"sqlite", "postgresql"}) {
        const auto row = [dialect](const char *name, int after, int limit, int first, int last, bool hasMore) {
            QTest::addRow("%s %s", dialect, name)
                << QString::fromLatin1(dialect) << after << limit << first << last << hasMore;
        };
        row("from the start", 0, 2, 1, 2, true);
        row("one", 0, 1, 1, 1, true);
        row("in between", 3, 4, 4, 7, true);
        row("up to the end", 7, 3, 8, 10, false);
        row("beyond the end", 8, 100, 9, 10, false);
        row("after the end", 10, 5, 0, -1, false);
        row("all", 0, 10, 1, 10, false);
    }
}

void TestRecordStore::pagesAreCutAtTheLimit()
{
    QFETCH(QString, dialect);
    QFETCH(int, after);
    QFETCH(int, limit);
    QFETCH(int, first);
    QFETCH(int, last);
    QFETCH(bool, hasMore);
    TestDatabase database(dialect);
    migrate(database);
    fill(database, 10);
    const RecordListing listing = valueOf(storeOf(database).list(after, limit));
    QVERIFY(listing.isComplete);
    QCOMPARE(listing.hasMore, hasMore);
    QCOMPARE(listing.first.rows, last - first + 1);
    if (listing.first.rows > 0) {
        QCOMPARE(listing.last, last);
        QVERIFY(listing.first.json.startsWith("{\"id\":" + QByteArray::number(first) + ','));
    }
}

void TestRecordStore::theNextPageAsksForWhatFits_data()
{
    QTest::addColumn<QString>("dialect");
    QTest::addColumn<qint64>("rows");
    QTest::addColumn<qint64>("bytes");
    QTest::addColumn<qint64>("asked");
    QTest::addColumn<qint64>("next");
    QTest::newRow("small ones: more, but not at once") << u"sqlite"_s << 256LL << 256LL * 20 << 256LL << 2048LL;
    QTest::newRow("small ones: not without end") << u"sqlite"_s << 2048LL << 2048LL * 20 << 2048LL << 4096LL;
    QTest::newRow("middling ones: what fits") << u"sqlite"_s << 256LL << 256LL * 1024 << 256LL << 256LL;
    QTest::newRow("large ones: few") << u"sqlite"_s << 2LL << 400'000LL << 256LL << 1LL;
    QTest::newRow("one that is larger than a page") << u"sqlite"_s << 1LL << 16'000'000LL << 4096LL << 1LL;
}

void TestRecordStore::theNextPageAsksForWhatFits()
{
    QFETCH(qint64, rows);
    QFETCH(qint64, bytes);
    QFETCH(qint64, asked);
    QFETCH(qint64, next);
    QCOMPARE(RecordList::rowsAfter({QByteArray(bytes, 'x'), rows, 1}, asked), next);
}

QTEST_GUILESS_MAIN(TestRecordStore)
#include "tst_recordstore.moc"
