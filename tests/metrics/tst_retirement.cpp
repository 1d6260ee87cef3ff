// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/processortime.h"
#include "supervisor/retirement.h"

#include <QTest>

#include <thread>
#include <unistd.h>

using namespace quoin::supervisor;
using namespace Qt::StringLiterals;

namespace {

HostMemory made()
{
    HostMemory memory = *HostMemory::create();
    open(memory.board());
    return memory;
}

quint64 answers(const HostMemory &memory) { return totals(memory)->answers[100].load(); }

} // namespace

class RetirementTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatAWorkerCountedStaysWhenItIsGone();
    void aSlotThatWasNotEnlistedDoesNotCount();
    void whatIsOfThisMomentGoesWithTheWorker();
    void noSumEverFallsWhileWorkersComeAndGo();
    void aStepThatNeverEndsIsNotWaitedForForEver();
    void deathsAreCountedByPlugin();
    void pluginsAreReadAsTheyWereWritten();
    void timeOfTheProcessorStaysWhenAWorkerIsGone();
};

void RetirementTest::whatAWorkerCountedStaysWhenItIsGone()
{
    HostMemory memory = made();
    enlist(memory, 3);
    memory.slot(3).meters.answers[100] = 5;
    QCOMPARE(answers(memory), 5U);
    retire(memory, 3);
    QCOMPARE(answers(memory), 5U);
    memory.clear(3);
    QCOMPARE(answers(memory), 5U);
    enlist(memory, 3);
    memory.slot(3).meters.answers[100] = 2;
    QCOMPARE(answers(memory), 7U);
}

void RetirementTest::aSlotThatWasNotEnlistedDoesNotCount()
{
    HostMemory memory = made();
    memory.slot(1).meters.answers[100] = 5;
    QCOMPARE(answers(memory), 0U);
    retire(memory, 1);
    QCOMPARE(answers(memory), 0U);
}

void RetirementTest::whatIsOfThisMomentGoesWithTheWorker()
{
    HostMemory memory = made();
    enlist(memory, 0);
    memory.slot(0).meters.database.away = 1;
    QCOMPARE(totals(memory)->database.away.load(), 1U);
    retire(memory, 0);
    QCOMPARE(totals(memory)->database.away.load(), 0U);
}

/// Two workers count, and one place is taken by one after the other, as fast as it goes.
void RetirementTest::noSumEverFallsWhileWorkersComeAndGo()
{
    HostMemory memory = made();
    enlist(memory, 0);
    std::atomic<bool> isOver = false;
    std::thread worker([&] {
        while (!isOver)
            quoin::meters::addAlone(memory.slot(0).meters.answers[100]);
    });
    std::thread supervisor([&] {
        for (int i = 0; i < 2000; ++i) {
            enlist(memory, 1);
            quoin::meters::open(memory.slot(1).meters);
            memory.slot(1).meters.answers[100] = 1'000'000;
            retire(memory, 1);
            memory.clear(1);
        }
        isOver = true;
    });
    quint64 last = 0;
    bool hasFallen = false;
    int looks = 0;
    for (; !isOver; ++looks) {
        const quint64 now = answers(memory);
        hasFallen = hasFallen || now < last;
        last = now;
    }
    worker.join();
    supervisor.join();
    QVERIFY(!hasFallen);
    QVERIFY(looks > 10);
    QCOMPARE(answers(memory), 2000 * 1'000'000ULL + memory.slot(0).meters.answers[100].load());
}

void RetirementTest::aStepThatNeverEndsIsNotWaitedForForEver()
{
    HostMemory memory = made();
    memory.board().retiredVersion = 1;
    QCOMPARE(answers(memory), 0U);
}

void RetirementTest::deathsAreCountedByPlugin()
{
    HostMemory memory = made();
    HostBoard &board = memory.board();
    addDeath(board, {});
    addDeath(board, u"orders"_s);
    addDeath(board, u"orders"_s);
    QCOMPARE(board.blamedCount.load(), 2U);
    QCOMPARE(quoin::meters::textOf(board.blamed[0].plugin), std::string_view("unknown"));
    QCOMPARE(board.blamed[0].deaths.load(), 1U);
    QCOMPARE(quoin::meters::textOf(board.blamed[1].plugin), std::string_view("orders"));
    QCOMPARE(board.blamed[1].deaths.load(), 2U);
    for (int i = 0; i < 100; ++i)
        addDeath(board, u"plugin-%1"_s.arg(i));
    QCOMPARE(board.blamedCount.load(), quint32(HostBoard::mostBlamed));
    quint64 sum = 0;
    for (const auto &blamed : board.blamed)
        sum += blamed.deaths;
    QCOMPARE(sum, 103U);
}

void RetirementTest::pluginsAreReadAsTheyWereWritten()
{
    HostMemory memory = made();
    QVERIFY(plugins(memory.board()).isEmpty());
    const QList<PluginRow> rows{{u"records"_s, u"1.2.0"_s, u"live"_s}, {u"x"_s, {}, u"refused"_s}};
    setPlugins(memory.board(), rows);
    QCOMPARE(plugins(memory.board()), rows);
    setPlugins(memory.board(), {{QString(100, u'a'), u"1"_s, u"seen"_s}});
    QCOMPARE(plugins(memory.board()).size(), 1);
    QCOMPARE(plugins(memory.board()).first().id, QString(63, u'a'));
}

void RetirementTest::timeOfTheProcessorStaysWhenAWorkerIsGone()
{
    HostMemory memory = made();
    ProcessorTime time(memory);
    time.sample({});
    const auto &used = memory.board().processorMicroseconds;
    QVERIFY(used[0] > 0);
    const qint64 parent = ::getppid(); // any other process will do as a worker
    QVERIFY(processorMicroseconds(parent) > 0);
    WorkerRow row;
    row.pid = parent;
    row.role = Role::Tasks;
    time.sample({row});
    const quint64 before = used[2];
    QVERIFY(before > 0);
    time.sample({});
    QCOMPARE(used[2].load(), before);
    QCOMPARE(used[1].load(), 0U);
    QCOMPARE(processorMicroseconds(4'194'305), 0U); // above the largest there can be (proc_sys_kernel(5), pid_max)
}

QTEST_GUILESS_MAIN(RetirementTest)
#include "tst_retirement.moc"
