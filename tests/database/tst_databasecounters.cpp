// SPDX-License-Identifier: GPL-3.0-only
#include "testdatabase.h"

#include "database/databasecounters.h"

#include <QProcess>
#include <QSet>
#include <QTest>

#include <array>
#include <latch>
#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::database;

namespace {

constexpr int processCount = 4;
constexpr int countsOfProcess = 2000;

class Numbers
{
public:
    explicit Numbers(int expected)
        : m_left(expected)
    {
    }

    class Receiver final : public abi::CountReceiver
    {
    public:
        explicit Receiver(Numbers &numbers)
            : m_numbers(numbers)
        {
        }
        void counted(qint64 value) override { m_numbers.take(value, {}); }
        void failed(const Error &error) override { m_numbers.take(-1, error.message()); }

    private:
        Numbers &m_numbers;
    };

    void wait() { m_left.wait(); }
    const QList<qint64> &values() const { return m_values; }
    const QStringList &errors() const { return m_errors; }

private:
    void take(qint64 value, const QString &error)
    {
        {
            const std::lock_guard lock(m_mutex);
            if (error.isNull())
                m_values += value;
            else
                m_errors += error;
        }
        m_left.count_down();
    }

    std::latch m_left;
    std::mutex m_mutex;
    QList<qint64> m_values;
    QStringList m_errors;
};

int countAndPrint(const QString &url)
{
    SqlDatabase database(*DatabaseUrl::parse(url));
    if (!database.open())
        return 1;
    DatabaseCounters counters(database);
    Numbers numbers(2 * countsOfProcess);
    for (int i = 0; i < countsOfProcess; ++i) {
        counters.increment(u"a"_s, new Numbers::Receiver(numbers));
        counters.increment(u"b"_s, new Numbers::Receiver(numbers)); // Two row locks in one transaction.
        if (i % 50 == 0)
            QThread::yieldCurrentThread();
    }
    numbers.wait();
    for (const QString &error : numbers.errors())
        std::fprintf(stderr, "%s\n", qPrintable(error));
    for (const qint64 value : numbers.values())
        std::printf("%lld\n", static_cast<long long>(value));
    return 0;
}

} // namespace

class TestDatabaseCounters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { TestDatabase::prepareRow(); }
    void cleanupTestCase() { TestDatabase::stopServer(); }

    void theFirstNumberIsOne_data() { TestDatabase::addRows(); }
    void theFirstNumberIsOne();
    void everyVisitorHasANumberOfTheirOwn_data() { TestDatabase::addRows(); }
    void everyVisitorHasANumberOfTheirOwn();
    void everyVisitorOfSeveralProcessesHasANumberOfTheirOwn_data() { TestDatabase::addRows(); }
    void everyVisitorOfSeveralProcessesHasANumberOfTheirOwn();
    void oneCallersNumbersRise_data() { TestDatabase::addRows(); }
    void oneCallersNumbersRise();
    void aFailureReachesEachAndCountingGoesOn_data() { TestDatabase::addRows(); }
    void aFailureReachesEachAndCountingGoesOn();
    void whoAsksOfAClosedDatabaseIsTold();
};

void TestDatabaseCounters::theFirstNumberIsOne()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    QVERIFY(test.database().migrate({DatabaseCounters::migration()}));
    DatabaseCounters counters(test.database());
    for (const QString &name : {u"hits"_s, u"other hits"_s, u""_s}) {
        for (qint64 wanted = 1; wanted <= 3; ++wanted) {
            Numbers numbers(1);
            counters.increment(name, new Numbers::Receiver(numbers));
            numbers.wait();
            QCOMPARE(numbers.errors(), QStringList());
            QCOMPARE(numbers.values(), QList<qint64>{wanted});
        }
    }
}

void TestDatabaseCounters::everyVisitorHasANumberOfTheirOwn()
{
    QFETCH(QString, dialect);
    constexpr int threads = 32;
    constexpr int each = 1000;
    TestDatabase test(dialect);
    QVERIFY(test.database().migrate({DatabaseCounters::migration()}));
    DatabaseCounters counters(test.database());
    QSet<qint64> seen;
    std::mutex mutex;
    std::vector<std::thread> visitors;
    for (int i = 0; i < threads; ++i) {
        visitors.emplace_back([&] {
            for (int request = 0; request < each;
                 ++request) { // As a client does: the next when the last has its answer.
                Numbers numbers(1);
                counters.increment(u"hits"_s, new Numbers::Receiver(numbers));
                numbers.wait();
                const std::lock_guard lock(mutex);
                if (!numbers.values().isEmpty())
                    seen += numbers.values().first();
            }
        });
    }
    for (auto &visitor : visitors)
        visitor.join();
    QCOMPARE(seen.size(), threads * each);
    QCOMPARE(*std::max_element(seen.cbegin(), seen.cend()), threads * each);
    QCOMPARE(test.integer(u"SELECT value FROM counter WHERE name = 'hits'"_s), threads * each);
    QVERIFY(test.database().figures().writes < threads * each); // They were gathered.
}

void TestDatabaseCounters::everyVisitorOfSeveralProcessesHasANumberOfTheirOwn()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    QVERIFY(test.database().migrate({DatabaseCounters::migration()}));
    std::array<QProcess, processCount> children;
    for (QProcess &child : children) {
        child.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        child.start(QCoreApplication::applicationFilePath(), {u"--count"_s, test.url()});
    }
    QHash<qint64, int> seen;
    for (QProcess &child : children) {
        QVERIFY(child.waitForFinished());
        QCOMPARE(child.exitCode(), 0);
        const auto lines = child.readAllStandardOutput().split('\n');
        for (const QByteArray &line : lines) {
            if (!line.isEmpty())
                ++seen[line.toLongLong()];
        }
    }
    QCOMPARE(seen.size(), processCount * countsOfProcess);
    for (const int times : std::as_const(seen))
        QCOMPARE(times, 2); // Once of each counter.
}

void TestDatabaseCounters::oneCallersNumbersRise()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    QVERIFY(test.database().migrate({DatabaseCounters::migration()}));
    DatabaseCounters counters(test.database());
    Numbers numbers(500);
    for (int i = 0; i < 500; ++i)
        counters.increment(u"hits"_s, new Numbers::Receiver(numbers));
    numbers.wait();
    QCOMPARE(numbers.values().size(), 500);
    QVERIFY(std::is_sorted(numbers.values().cbegin(), numbers.values().cend()));
}

void TestDatabaseCounters::aFailureReachesEachAndCountingGoesOn()
{
    QFETCH(QString, dialect);
    TestDatabase test(dialect);
    DatabaseCounters counters(test.database());
    Numbers early(20);
    for (int i = 0; i < 20; ++i)
        counters.increment(u"hits"_s, new Numbers::Receiver(early));
    early.wait();
    QCOMPARE(early.errors().size(), 20); // There is no table yet.
    QVERIFY(test.database().migrate({DatabaseCounters::migration()}));
    Numbers later(1);
    counters.increment(u"hits"_s, new Numbers::Receiver(later));
    later.wait();
    QCOMPARE(later.values(), QList<qint64>{1});
}

void TestDatabaseCounters::whoAsksOfAClosedDatabaseIsTold()
{
    TestDatabase test(u"sqlite"_s);
    DatabaseCounters counters(test.database());
    test.database().close();
    Numbers numbers(2);
    counters.increment(u"hits"_s, new Numbers::Receiver(numbers));
    counters.increment(u"hits"_s, new Numbers::Receiver(numbers));
    numbers.wait();
    QCOMPARE(numbers.errors().size(), 2);
    QVERIFY(numbers.errors().first().contains(u"is closed"));
}

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    if (app.arguments().value(1) == u"--count")
        return countAndPrint(app.arguments().value(2));
    TestDatabaseCounters test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_databasecounters.moc"
