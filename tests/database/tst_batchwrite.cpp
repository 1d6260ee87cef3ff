// SPDX-License-Identifier: GPL-3.0-only
#include "gate.h"
#include "testdatabase.h"

#include <quoin/batchwrite.h>

#include <QTest>

#include <algorithm>
#include <memory>
#include <mutex>

using namespace Qt::StringLiterals;
using namespace quoin;

namespace {

using Squares = BatchWrite<qint64, qint64>;

/// Stores each number, which must be new, and answers with its square. The first batch is held at a gate.
class Store
{
public:
    explicit Store(TestDatabase &test)
        : squares(test.jobs(),
                  [this](Connection &connection, const QList<qint64> &numbers) { return write(connection, numbers); })
    {
        test.execute(u"CREATE TABLE number (value BIGINT PRIMARY KEY)"_s);
    }

    QList<qsizetype> sizes()
    {
        const std::scoped_lock lock(m_mutex);
        return m_sizes;
    }

    Gate gate;
    Squares squares;

private:
    Result<QList<qint64>> write(Connection &connection, const QList<qint64> &numbers)
    {
        bool isFirst = false;
        {
            const std::scoped_lock lock(m_mutex);
            isFirst = m_sizes.isEmpty();
            m_sizes += numbers.size();
        }
        if (isFirst)
            static_cast<void>(gate.pass());
        QList<qint64> results;
        for (const qint64 number : numbers) {
            if (const auto done = connection.execute(u"INSERT INTO number (value) VALUES (?)"_s, {number}); !done)
                return done.error();
            results += number * number;
        }
        return results;
    }

    std::mutex m_mutex;
    QList<qsizetype> m_sizes;
};

QList<Future<qint64>> writeAll(const Squares &squares, const QList<qint64> &numbers)
{
    QList<Future<qint64>> answers;
    for (const qint64 number : numbers)
        answers += squares.write(number);
    return answers;
}

QList<qint64> upTo(qint64 last)
{
    QList<qint64> numbers;
    for (qint64 number = 1; number <= last; ++number)
        numbers += number;
    return numbers;
}

} // namespace

class TestBatchWrite final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { TestDatabase::prepareRow(); }
    void cleanupTestCase() { TestDatabase::stopServer(); }

    void whatComesMeanwhileIsWrittenTogether_data() { TestDatabase::addRows(); }
    void whatComesMeanwhileIsWrittenTogether();
    void aValueThatFailsHarmsOnlyItself_data() { TestDatabase::addRows(); }
    void aValueThatFailsHarmsOnlyItself();
    void aBatchHasAnEnd_data() { TestDatabase::addRows(); }
    void aBatchHasAnEnd();
    void whatCannotWaitIsTurnedAway();
    void aMissingResultIsNoSuccess();
    void aClosedDatabaseAnswersAll();
    void itsMakerMayGoFirst();
};

void TestBatchWrite::whatComesMeanwhileIsWrittenTogether()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    Store store(test);
    auto answers = writeAll(store.squares, {1});
    store.gate.waitUntilReached();
    answers += writeAll(store.squares, {2});             // the second job
    answers += writeAll(store.squares, {3, 4, 5, 6, 7}); // no third one
    if (dialect == u"sqlite")
        QCOMPARE(store.sizes(), QList<qsizetype>{1});
    store.gate.open();

    for (qint64 number = 1; number <= 7; ++number) {
        const auto square = answers[number - 1].result();
        QVERIFY2(square, qPrintable(square ? QString() : square.error().message()));
        QCOMPARE(*square, number * number);
    }
    QCOMPARE(test.integer(u"SELECT count(*) FROM number"_s), 7);
    if (dialect == u"sqlite") // there, the second job cannot end before the first one
        QCOMPARE(store.sizes(), (QList<qsizetype>{1, 1, 5}));
}

void TestBatchWrite::aValueThatFailsHarmsOnlyItself()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    Store store(test);
    auto answers = writeAll(store.squares, {1});
    store.gate.waitUntilReached();
    answers += writeAll(store.squares, {2, 3, 1, 4, 5, 3, 6}); // 1 and 3 come twice
    store.gate.open();

    QList<qint64> squares;
    int failures = 0;
    for (auto &answer : answers) {
        if (const auto square = answer.result())
            squares += *square;
        else
            ++failures;
    }
    std::sort(squares.begin(), squares.end());
    QCOMPARE(squares, (QList<qint64>{1, 4, 9, 16, 25, 36}));
    QCOMPARE(failures, 2);
    QCOMPARE(test.integer(u"SELECT count(*) FROM number"_s), 6);
}

void TestBatchWrite::aBatchHasAnEnd()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    Store store(test);
    constexpr qint64 count = 3 * Squares::largestBatch;
    auto answers = writeAll(store.squares, {1});
    store.gate.waitUntilReached();
    answers += writeAll(store.squares, upTo(count).sliced(1));
    store.gate.open();
    for (auto &answer : answers)
        QVERIFY(answer.result());
    QCOMPARE(test.integer(u"SELECT count(*) FROM number"_s), count);
    const auto sizes = store.sizes();
    QVERIFY(std::all_of(sizes.begin(), sizes.end(), [](qsizetype size) { return size <= Squares::largestBatch; }));
    QVERIFY(sizes.size() < count / 2);
}

void TestBatchWrite::whatCannotWaitIsTurnedAway()
{
    TestDatabase test(u"sqlite"_s);
    Store store(test);
    auto answers = writeAll(store.squares, {1});
    store.gate.waitUntilReached();
    answers += writeAll(store.squares, upTo(Squares::mostWaiting + 2).sliced(1));
    const auto refused = store.squares.write(0).result();
    store.gate.open();
    QVERIFY(!refused);
    QCOMPARE(refused.error().kind(), ErrorKind::Unavailable);
    for (auto &answer : answers)
        QVERIFY(answer.result());
}

void TestBatchWrite::aMissingResultIsNoSuccess()
{
    TestDatabase test(u"sqlite"_s);
    const Squares squares(test.jobs(), [](Connection &, const QList<qint64> &) { return QList<qint64>{}; });
    const auto answer = squares.write(1).result();
    QVERIFY(!answer);
    QCOMPARE(answer.error().kind(), ErrorKind::Internal);
}

void TestBatchWrite::aClosedDatabaseAnswersAll()
{
    TestDatabase test(u"sqlite"_s);
    Store store(test);
    auto answers = writeAll(store.squares, {1});
    store.gate.waitUntilReached();
    answers += writeAll(store.squares, upTo(300).sliced(1));
    store.gate.open();
    test.database().close();
    qint64 stored = 0;
    for (auto &answer : answers) {
        const auto square = answer.result();
        stored += square ? 1 : 0;
        if (!square)
            QCOMPARE(square.error().kind(), ErrorKind::Unavailable);
    }
    QVERIFY(stored >= 1);
    QVERIFY(!store.squares.write(301).result());
}

void TestBatchWrite::itsMakerMayGoFirst()
{
    TestDatabase test(u"sqlite"_s);
    Gate gate;
    auto squares = std::make_unique<Squares>(test.jobs(), [&gate](Connection &, const QList<qint64> &numbers) {
        static_cast<void>(gate.pass());
        return numbers;
    });
    auto answers = writeAll(*squares, {1, 2, 3});
    gate.waitUntilReached();
    squares.reset();
    gate.open();
    for (qint64 number = 1; number <= 3; ++number) {
        const auto answer = answers[number - 1].result();
        QVERIFY(answer);
        QCOMPARE(*answer, number);
    }
}

QTEST_GUILESS_MAIN(TestBatchWrite)
#include "tst_batchwrite.moc"
