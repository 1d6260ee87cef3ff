// SPDX-License-Identifier: GPL-3.0-only
// Several processes on one database, and processes that are killed.
#include "journal.h"
#include "queuebench.h"
#include "queueworker.h"
#include "testground.h"

#include <QFile>
#include <QRandomGenerator>

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_QueueProcesses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addDialects(); }
    void init();
    void cleanupTestCase() { TestGround::end(); }

    void fourProcessesRunEachTaskOnce();
    void aTaskIsNeverLostAndNeverSilentlyDoubled();

private:
    void pushWork(QueueBench &bench, int count);
    QByteArrayList journalLines(const QByteArray &word) const;

    QString m_url;
    QString m_journal;
};

namespace {

/// Knows the task, so that it can be pushed here; runs nothing.
TaskSet work()
{
    TaskSet tasks;
    tasks.add(u"t.work"_s, [](const TaskRun &, qint64) -> Result<> { return {}; });
    return tasks;
}

} // namespace

void tst_QueueProcesses::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_url = TestGround::makeUrl(dialect);
    m_journal = TestGround::filePath(QString::fromLatin1(QTest::currentTestFunction()) + dialect);
}

void tst_QueueProcesses::pushWork(QueueBench &bench, int count)
{
    bench.execute(u"CREATE TABLE result (number INTEGER PRIMARY KEY)"_s);
    const auto pushed = bench.write([&bench, count](Connection &connection) -> Result<> {
        for (int i = 0; i < count; ++i) {
            if (const auto id = Tasks(&bench.outbox).push(connection, u"t.work"_s, jsonArray(i)); !id)
                return id.error();
        }
        return {};
    });
    QVERIFY(pushed);
}

/// "<id> <attempt>" of the lines that begin with the word.
QByteArrayList tst_QueueProcesses::journalLines(const QByteArray &word) const
{
    QFile file(m_journal);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArrayList lines;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith(word + ' '))
            lines += line.sliced(word.size() + 1);
    }
    return lines;
}

void tst_QueueProcesses::fourProcessesRunEachTaskOnce()
{
    constexpr int count = 1000;
    QueueBench bench(m_url, work());
    pushWork(bench, count);
    std::vector<std::unique_ptr<QueueWorker>> workers;
    for (int i = 0; i < 4; ++i)
        workers.push_back(
            std::make_unique<QueueWorker>(m_url, m_journal, 60s)); // long, so that a busy machine is no stalled worker
    QTRY_COMPARE_WITH_TIMEOUT(bench.value(u"SELECT count(*) FROM task WHERE state = 'done' AND attempt = 1"_s),
                              QByteArray::number(count), 60000);
    QByteArrayList begun = journalLines("begin");
    QCOMPARE(begun.size(), count);
    QCOMPARE(QSet<QByteArray>(begun.begin(), begun.end()).size(), count);
}

void tst_QueueProcesses::aTaskIsNeverLostAndNeverSilentlyDoubled()
{
    constexpr int count = 600;
    constexpr int kills = 10;
    QueueBench bench(m_url, work());
    pushWork(bench, count);
    std::vector<std::unique_ptr<QueueWorker>> workers(2);
    for (int round = 0; round < kills; ++round) {
        // One of the two dies in the middle of something, and a new one comes.
        auto &victim = workers[static_cast<std::size_t>(round % 2)];
        victim = std::make_unique<QueueWorker>(m_url, m_journal, 1s);
        const qsizetype enough = journalLines("begin").size() + QRandomGenerator::global()->bounded(1, 20);
        QTRY_VERIFY_WITH_TIMEOUT(journalLines("begin").size() >= enough
                                     || bench.value(u"SELECT count(*) FROM task WHERE state = 'ready'"_s) == "0",
                                 20000);
        victim->kill();
    }
    for (auto &worker : workers)
        worker = std::make_unique<QueueWorker>(m_url, m_journal, 1s);
    QTRY_COMPARE_WITH_TIMEOUT(bench.value(u"SELECT count(*) FROM task WHERE state = 'done'"_s),
                              QByteArray::number(count), 60000);

    // Never lost: every task has its result, which is there once.
    QCOMPARE(bench.value(u"SELECT count(*) FROM result"_s), QByteArray::number(count));
    // Never silently doubled: no attempt was begun twice, and each beyond the first is on record with its reason.
    const QByteArrayList begun = journalLines("begin");
    QCOMPARE(QSet<QByteArray>(begun.begin(), begun.end()).size(), begun.size());
    QCOMPARE(bench.value(u"SELECT count(*) FROM task WHERE attempt > 1 AND error NOT LIKE '%was killed or stalled.'"_s),
             "0");
    const qint64 attempts = bench.value(u"SELECT sum(attempt) FROM task"_s).toLongLong();
    QVERIFY2(begun.size() <= attempts, qPrintable(u"%1 begun, %2 on record"_s.arg(begun.size()).arg(attempts)));
    qInfo("%lld tasks, %lld attempts on record, %lld begun", qint64(count), attempts, qint64(begun.size()));
}

int main(int argc, char **argv)
{
    if (QueueWorker::isWanted(argc, argv))
        return QueueWorker::run(argc, argv);
    QCoreApplication app(argc, argv);
    tst_QueueProcesses test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_queueprocesses.moc"
