// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/sampler.h"

#include <QTest>

#include <csignal>
#include <cstring>
#include <limits>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::supervisor;

namespace {

HostMemory newMemory()
{
    auto memory = HostMemory::create();
    if (!memory)
        qFatal("%s", qPrintable(memory.error().message()));
    return *std::move(memory);
}

void answer(WorkerSlot &slot, int kind, quint64 microseconds, int times = 1)
{
    for (int i = 0; i < times; ++i)
        slot.latencies.add(microseconds);
    slot.answered[kind].fetch_add(static_cast<quint64>(times));
}

} // namespace

class TestHostFigures final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aLatencyIsReadBackWithinASixteenth_data()
    {
        QTest::addColumn<quint64>("microseconds");
        for (const quint64 value :
             {0U, 1U, 7U, 8U, 9U, 15U, 16U, 17U, 100U, 999U, 1000U, 65'537U, 1'000'000U, 59'999'999U, 120'000'000U})
            QTest::newRow(QByteArray::number(value).constData()) << value;
    }
    void aLatencyIsReadBackWithinASixteenth()
    {
        QFETCH(quint64, microseconds);
        const auto middle = static_cast<double>(LatencyBuckets::middle(LatencyBuckets::of(microseconds)));
        const auto real = static_cast<double>(microseconds);
        QVERIFY2(std::abs(middle - real) <= real / 16 + 0.001, qPrintable(QString::number(middle)));
    }

    void bucketsGrowAndHoldEverything()
    {
        int last = 0;
        for (quint64 value = 0; value < 200'000'000; value += 1 + value / 50) {
            const int bucket = LatencyBuckets::of(value);
            QVERIFY(bucket == last || bucket == last + 1);
            last = bucket;
        }
        QCOMPARE(LatencyBuckets::of(std::numeric_limits<quint64>::max()), LatencyBuckets::count - 1);
    }

    void percentilesAreThoseOfTheRequests()
    {
        LatencyTally tally{};
        tally[static_cast<std::size_t>(LatencyBuckets::of(100))] = 94;
        tally[static_cast<std::size_t>(LatencyBuckets::of(1000))] = 4;
        tally[static_cast<std::size_t>(LatencyBuckets::of(50'000))] = 2;
        QCOMPARE(percentile(tally, 0.50), LatencyBuckets::middle(LatencyBuckets::of(100)));
        QCOMPARE(percentile(tally, 0.95), LatencyBuckets::middle(LatencyBuckets::of(1000)));
        QCOMPARE(percentile(tally, 0.99), LatencyBuckets::middle(LatencyBuckets::of(50'000)));
        QCOMPARE(percentile(LatencyTally{}, 0.5), quint32(0));
    }

    void aSecondHasWhatAllWorkersDidInIt()
    {
        HostMemory memory = newMemory();
        Sampler sampler(memory);
        answer(memory.slot(0), 2, 100, 10);
        answer(memory.slot(3), 5, 100, 2);
        memory.slot(3).connections = 7;
        memory.slot(3).tasksDone = 4;
        sampler.sample({0, 3}, 1000);
        answer(memory.slot(0), 2, 200, 1);
        sampler.sample({0, 3}, 1001);

        const auto seconds = latestSeconds(memory.board(), 600);
        QCOMPARE(seconds.size(), 2);
        QCOMPARE(seconds[0].second, 1000);
        QCOMPARE(seconds[0].requests, 12U);
        QCOMPARE(seconds[0].errors, 2U);
        QCOMPARE(seconds[0].connections, 7U);
        QCOMPARE(seconds[0].tasksDone, 4U);
        QCOMPARE(seconds[1].requests, 1U);
        QCOMPARE(seconds[1].errors, 0U);
        QCOMPARE(seconds[1].tasksDone, 0U);
        QCOMPARE(seconds[1].p50, LatencyBuckets::middle(LatencyBuckets::of(200)));
        QCOMPARE(memory.board().requests.load(), quint64(13));
    }

    void whatAWorkerDidBeforeItLeftIsNotLost()
    {
        HostMemory memory = newMemory();
        Sampler sampler(memory);
        answer(memory.slot(0), 2, 100, 10);
        sampler.sample({0}, 1000);
        answer(memory.slot(0), 2, 100, 5);
        sampler.collect(0);
        memory.clear(0);
        answer(memory.slot(0), 2, 100, 3); // the next one in its slot
        sampler.sample({0}, 1001);
        QCOMPARE(latestSeconds(memory.board(), 1).constFirst().requests, 8U);
        QCOMPARE(memory.board().requests.load(), quint64(18));
    }

    void aCounterThatGoesBackOrGoesWildCountsAsNothing()
    {
        HostMemory memory = newMemory();
        Sampler sampler(memory);
        memory.slot(0).answered[2] = 100;
        memory.slot(0).tasksDone = 50;
        sampler.sample({0}, 1000);
        memory.slot(0).answered[2] = 10;
        memory.slot(0).tasksDone = 0;
        sampler.sample({0}, 1001);
        QCOMPARE(latestSeconds(memory.board(), 1).constFirst().requests, 0U);
        QCOMPARE(latestSeconds(memory.board(), 1).constFirst().tasksDone, 0U);

        std::memset(static_cast<void *>(&memory.slot(1)), 0xff, sizeof(WorkerSlot));
        sampler.sample({0, 1}, 1002); // whatever it says, the others are still seen
        QCOMPARE(latestSeconds(memory.board(), 1).constFirst().second, 1002);
    }

    void secondsThatNobodyLookedAtShareWhatWasDone()
    {
        HostMemory memory = newMemory();
        Sampler sampler(memory);
        sampler.sample({0}, 1000);
        answer(memory.slot(0), 2, 100, 10);
        sampler.sample({0}, 1004);
        const auto seconds = latestSeconds(memory.board(), 4);
        QCOMPARE(seconds.size(), 4);
        QCOMPARE(seconds[0].second, 1001);
        QCOMPARE(seconds[0].requests + seconds[1].requests + seconds[2].requests + seconds[3].requests, 10U);
        sampler.sample({0}, 1004); // a timer that came early
        QCOMPARE(latestSeconds(memory.board(), 1).constFirst().requests, seconds[3].requests);
    }

    void theBoardKeepsTenMinutes()
    {
        HostMemory memory = newMemory();
        for (int i = 1; i <= 1500; ++i) {
            SecondFigures figures;
            figures.second = i;
            append(memory.board(), figures);
        }
        const auto seconds = latestSeconds(memory.board(), 10'000);
        QCOMPARE(seconds.size(), HostBoard::mostSeconds);
        QCOMPARE(seconds.constFirst().second, 1500 - HostBoard::mostSeconds + 1);
        QCOMPARE(seconds.constLast().second, 1500);
        QVERIFY(latestSeconds(memory.board(), 0).isEmpty());
    }

    void aReaderNeverSeesHalfOfASecond()
    {
        HostMemory memory = newMemory();
        std::atomic<bool> isOver = false;
        std::thread writer([&] {
            for (quint32 i = 1; !isOver; ++i) {
                SecondFigures figures;
                figures.second = i;
                figures.requests = figures.errors = figures.p50 = figures.tasksRunning = i;
                append(memory.board(), figures);
            }
        });
        bool isWhole = true;
        for (int i = 0; i < 300; ++i) {
            for (const SecondFigures &figures : latestSeconds(memory.board(), 50)) {
                isWhole = isWhole && figures.requests == static_cast<quint32>(figures.second)
                    && figures.tasksRunning == figures.requests && figures.errors == figures.p50;
            }
        }
        isOver = true;
        writer.join();
        QVERIFY(isWhole);
    }

    void rowsAreThoseOfOneMoment()
    {
        HostMemory memory = newMemory();
        const auto write = [&memory](quint32 number) {
            QList<WorkerRow> rows;
            for (int slot = 0; slot < 5; ++slot)
                rows.append({slot, qint64(number), number, Role::Web, WorkerPhase::Ready, qint64(number)});
            setRows(memory.board(), rows);
        };
        write(1);
        std::atomic<bool> isOver = false;
        std::thread writer([&] {
            for (quint32 i = 2; !isOver; ++i)
                write(i);
        });
        bool isWhole = true;
        for (int i = 0; i < 2000; ++i) {
            const auto seen = rows(memory.board());
            for (const WorkerRow &row : seen)
                isWhole = isWhole && row.pid == seen.constFirst().pid && row.generation == quint32(row.pid);
        }
        isOver = true;
        writer.join();
        QVERIFY(isWhole);
        QCOMPARE(rows(memory.board()).size(), 5);
    }

    void aWorkerCannotWriteToTheBoard()
    {
        HostMemory memory = newMemory();
        setAddresses(memory.board(), {u"127.0.0.1:5000"_s});
        const pid_t child = ::fork();
        if (child == 0) {
            auto adopted = HostMemory::adopt(::dup(memory.descriptor()));
            if (!adopted || addresses(adopted->board()) != QStringList{u"127.0.0.1:5000"_s})
                ::_exit(1);
            ::signal(SIGSEGV, [](int) { ::_exit(42); });
            adopted->board().requests = 1;
            ::_exit(2);
        }
        int status = 0;
        QCOMPARE(::waitpid(child, &status, 0), child);
        QVERIFY(WIFEXITED(status));
        QCOMPARE(WEXITSTATUS(status), 42);
    }
};

QTEST_GUILESS_MAIN(TestHostFigures)
#include "tst_hostfigures.moc"
