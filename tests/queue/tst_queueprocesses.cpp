// SPDX-License-Identifier: GPL-3.0-only
// Several processes on one queue.
#include "testground.h"
#include "workcrew.h"

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_QueueProcesses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addQueues(); }
    void init();
    void cleanupTestCase() { TestGround::end(); }

    void fourProcessesRunEachTaskOnce();

private:
    QString m_url;
    QString m_journal;
};

void tst_QueueProcesses::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_url = TestGround::makeUrl(dialect);
    m_journal = TestGround::filePath(QString::fromLatin1(QTest::currentTestFunction()) + dialect);
}

void tst_QueueProcesses::fourProcessesRunEachTaskOnce()
{
    constexpr int count = 1000;
    WorkCrew crew(m_url, m_journal, count);
    std::vector<std::unique_ptr<QueueWorker>> workers;
    for (int i = 0; i < 4; ++i)
        workers.push_back(crew.worker(60s)); // long, so that a busy machine is no stalled worker
    QTRY_COMPARE_WITH_TIMEOUT(crew.bench.value(u"SELECT count(*) FROM task WHERE state = 'done' AND attempt = 1"_s),
                              QByteArray::number(count), 120000);
    QByteArrayList begun = crew.journal("begin");
    QCOMPARE(begun.size(), count);
    QCOMPARE(QSet<QByteArray>(begun.begin(), begun.end()).size(), count);
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
