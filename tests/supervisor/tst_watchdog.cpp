// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/crumb.h"
#include "supervisor/hostmemory.h"
#include "supervisor/watchdog.h"
#include "supervisor/workermemory.h"

#include <QAbstractEventDispatcher>
#include <QCoreApplication>
#include <QEventLoop>
#include <QSocketNotifier>
#include <QTest>
#include <QTimer>

#include <algorithm>
#include <optional>
#include <random>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace quoin::supervisor;
using namespace Qt::StringLiterals;

/// Time passes by what inspect() is told.
class tst_Watchdog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_host.emplace(*HostMemory::create());
        m_memory.emplace(slot());
        m_module = m_memory->addModule(u"org.example.a"_s, QByteArray(32, 'a'));
        m_start = monotonicMilliseconds();
    }
    void cleanup() { m_memory.reset(); }

    void aLoopThatDoesNotTurnIsStuck();
    void aLoopThatRestsIsNot();
    void aLoopThatDoesNotServeYetIsNot();
    void aHandlerOnTheLoopIsStuckAfterTheSameTime();
    void whatHasADeadlineIsStuckAfterItsGrace_data();
    void whatHasADeadlineIsStuckAfterItsGrace();
    void whatHasNoDeadlineIsNeverStuck();
    void whoeverIsInNoPluginIsNotNamed();
    void aCrashThatDoesNotEndIsStuck();
    void theLoopComesBeforeAHandlerOnThePool();
    void limitsAreTheCallers();
    void whoIsTracedIsNotStuck();
    void aLoopSaysForHowLongItIsBusy();
    void aFollowedLoopBeatsAndRests_data();
    void aFollowedLoopBeatsAndRests();
    void aLoopThatEndsIsNoLongerWatched();
    void aStuckWorkerIsDescribed();
    void nonsenseInTheSlotIsSurvived();

private:
    WorkerSlot &slot() { return m_host->slot(0); }
    std::optional<Stuck> after(qint64 milliseconds) { return inspect(slot(), m_start + milliseconds); }
    std::optional<Stuck> afterBeat(qint64 milliseconds) { return inspect(slot(), slot().beat + milliseconds); }
    /// After this thread's crumb was laid.
    qint64 crumbTime() { return slot().crumbs[0].since; }
    std::optional<Stuck> afterCrumb(qint64 milliseconds) { return inspect(slot(), crumbTime() + milliseconds); }

    std::optional<HostMemory> m_host;
    std::optional<WorkerMemory> m_memory;
    int m_module = -1;
    qint64 m_start = 0;
};

void tst_Watchdog::aLoopThatDoesNotTurnIsStuck()
{
    m_memory->beat();
    QVERIFY(!afterBeat(1000));
    const auto stuck = afterBeat(1001);
    QVERIFY(stuck);
    QCOMPARE(stuck->kind, Stuck::Kind::Loop);
    QCOMPARE(stuck->thread, qint32(::getpid()));
    QVERIFY(stuck->isFatal());
    m_memory->beat();
    QVERIFY(!afterBeat(1000));
}

void tst_Watchdog::aLoopThatRestsIsNot()
{
    m_memory->beat();
    m_memory->rest();
    QVERIFY(!after(3'600'000));
}

void tst_Watchdog::aLoopThatDoesNotServeYetIsNot() { QVERIFY(!after(3'600'000)); }

void tst_Watchdog::aHandlerOnTheLoopIsStuckAfterTheSameTime()
{
    m_memory->rest(); // as if a nested event loop went on
    const Crumb crumb(m_module, CrumbKind::Loop, {}, 4);
    QVERIFY(!afterCrumb(1000));
    const auto stuck = afterCrumb(1001);
    QVERIFY(stuck);
    QCOMPARE(stuck->kind, Stuck::Kind::Loop);
    QCOMPARE(stuck->module, u"org.example.a"_s);
    QCOMPARE(stuck->sha256, QByteArray(32, 'a').toHex());
    QCOMPARE(stuck->thread, qint32(::gettid()));
    QCOMPARE(stuck->number, quint64(4));
}

void tst_Watchdog::whatHasADeadlineIsStuckAfterItsGrace_data()
{
    QTest::addColumn<CrumbKind>("crumbKind");
    QTest::addColumn<Stuck::Kind>("kind");
    QTest::addColumn<bool>("isFatal");
    QTest::newRow("pool") << CrumbKind::Pool << Stuck::Kind::Pool << false;
    QTest::newRow("task") << CrumbKind::Task << Stuck::Kind::Task << false;
    QTest::newRow("start") << CrumbKind::Start << Stuck::Kind::Start << true;
}

void tst_Watchdog::whatHasADeadlineIsStuckAfterItsGrace()
{
    QFETCH(CrumbKind, crumbKind);
    QFETCH(Stuck::Kind, kind);
    QFETCH(bool, isFatal);
    const Crumb crumb(m_module, crumbKind, std::chrono::seconds(5), 8);
    QVERIFY(!afterCrumb(7000));
    const auto stuck = afterCrumb(7001);
    QVERIFY(stuck);
    QCOMPARE(stuck->kind, kind);
    QCOMPARE(stuck->isFatal(), isFatal);
    QCOMPARE(stuck->module, u"org.example.a"_s);
    QCOMPARE(stuck->number, quint64(8));
    QCOMPARE(stuck->since, crumbTime()); // when it began, not when it was late
}

void tst_Watchdog::whatHasNoDeadlineIsNeverStuck()
{
    const Crumb crumb(m_module, CrumbKind::Pool);
    QVERIFY(!after(3'600'000));
}

void tst_Watchdog::whoeverIsInNoPluginIsNotNamed()
{
    m_memory->beat();
    const Crumb crumb(-1, CrumbKind::Loop);
    const auto stuck = after(2000);
    QVERIFY(stuck);
    QCOMPARE(stuck->module, QString());
    QCOMPARE(stuck->verdict(m_start + 2000).how, Verdict::Unknown);
}

void tst_Watchdog::aCrashThatDoesNotEndIsStuck()
{
    const Crumb crumb(m_module, CrumbKind::Pool);
    slot().crash.thread = ::gettid();
    slot().crash.at = m_start;
    slot().crash.state = CrashReport::Told;
    QVERIFY(!after(1000));
    const auto stuck = after(1001);
    QVERIFY(stuck);
    QCOMPARE(stuck->kind, Stuck::Kind::Crash);
    QCOMPARE(stuck->module, u"org.example.a"_s);
    QVERIFY(stuck->isFatal());
}

void tst_Watchdog::theLoopComesBeforeAHandlerOnThePool()
{
    m_memory->beat();
    std::optional<Stuck> both;
    std::thread([&] {
        const Crumb crumb(m_module, CrumbKind::Pool, std::chrono::milliseconds(1), 2);
        both = after(10'000);
    }).join();
    QVERIFY(both);
    QCOMPARE(both->kind, Stuck::Kind::Loop);
    QCOMPARE(both->module, QString()); // the main thread is in no plugin
}

void tst_Watchdog::limitsAreTheCallers()
{
    const WatchdogLimits limits = {.loop = std::chrono::seconds(60), .grace = std::chrono::milliseconds(0)};
    m_memory->beat();
    QVERIFY(!inspect(slot(), m_start + 50'000, limits));
    const Crumb crumb(m_module, CrumbKind::Task, std::chrono::seconds(1));
    QVERIFY(inspect(slot(), crumbTime() + 1001, limits));
}

void tst_Watchdog::whoIsTracedIsNotStuck()
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
        ::raise(SIGSTOP);
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (!WIFSTOPPED(status))
        QSKIP("nothing may be traced here");
    m_memory->beat();
    slot().pid = child;
    const auto stuck = after(5000);
    ::kill(child, SIGKILL);
    ::waitpid(child, &status, 0);
    QVERIFY(!stuck);
    slot().pid = ::getpid();
    QVERIFY(after(5000));
}

void tst_Watchdog::aLoopSaysForHowLongItIsBusy()
{
    QCOMPARE(loopBusyFor(slot(), m_start + 100), 0);
    const Crumb handler(m_module, CrumbKind::Loop);
    QCOMPARE(loopBusyFor(slot(), crumbTime() + 100), 100);
    const Crumb inner(m_module, CrumbKind::Pool);
    QCOMPARE(loopBusyFor(slot(), m_start + 100), 0);
}

/// Dispatchers serve posted events, timers and sockets at different places; Qt's own and GLib's differ too (the test is
/// run with both, by QT_NO_GLIB).
void tst_Watchdog::aFollowedLoopBeatsAndRests_data()
{
    QTest::addColumn<QString>("event");
    for (const char *event : {"timer", "posted", "socket"})
        QTest::newRow(event) << QString::fromLatin1(event);
}

void tst_Watchdog::aFollowedLoopBeatsAndRests()
{
    QFETCH(QString, event);
    auto *dispatcher = QAbstractEventDispatcher::instance();
    m_memory->follow(dispatcher);
    QVERIFY(slot().beat > 0);
    QObject context; // ends the connections
    std::optional<qint64> inHandler;
    std::optional<qint64> whileWaiting;
    QObject::connect(dispatcher, &QAbstractEventDispatcher::aboutToBlock, &context,
                     [&] { whileWaiting = slot().beat; });
    QEventLoop loop;
    const auto handle = [&] {
        inHandler = slot().beat;
        loop.quit();
    };

    int ends[2];
    QVERIFY(::pipe(ends) == 0);
    QSocketNotifier notifier(ends[0], QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &context, [&] {
        char byte;
        QCOMPARE(::read(ends[0], &byte, 1), 1);
        handle();
    });
    std::thread later;
    if (event != u"timer"_s) {
        later = std::thread([&] {
            while (slot().beat != WorkerSlot::resting)
                std::this_thread::yield();
            if (event == u"posted"_s)
                QMetaObject::invokeMethod(&context, handle, Qt::QueuedConnection);
            else
                QCOMPARE(::write(ends[1], "x", 1), 1);
        });
    }
    if (event == u"timer"_s)
        QTimer::singleShot(5, &context, handle);
    loop.exec();
    if (later.joinable())
        later.join();
    ::close(ends[0]);
    ::close(ends[1]);
    QCOMPARE(*whileWaiting, WorkerSlot::resting);
    QVERIFY2(*inHandler > 0, qPrintable(QString::number(*inHandler)));
}

void tst_Watchdog::aLoopThatEndsIsNoLongerWatched()
{
    m_memory->follow(QAbstractEventDispatcher::instance());
    QMetaObject::invokeMethod(qApp, &QCoreApplication::quit, Qt::QueuedConnection);
    QCoreApplication::exec();
    QCOMPARE(slot().beat.load(), 0);
    QCoreApplication::processEvents();
    QVERIFY(!after(5000));
}

void tst_Watchdog::aStuckWorkerIsDescribed()
{
    Stuck stuck = {Stuck::Kind::Loop, u"org.example.a"_s, "abc", 1000, 77, 5};
    QCOMPARE(stuck.sentence(2250), u"the event loop has been blocked for 1.3 s"_s);
    stuck.kind = Stuck::Kind::Pool;
    QCOMPARE(stuck.sentence(3000), u"a handler on the pool (request 5) has been running for 2.0 s"_s);
    stuck.kind = Stuck::Kind::Task;
    QCOMPARE(stuck.sentence(3000), u"a task (id 5) has been running for 2.0 s"_s);
    stuck.number = 0;
    QCOMPARE(stuck.sentence(3000), u"a task has been running for 2.0 s"_s);
    const Verdict verdict = stuck.verdict(3000);
    QCOMPARE(verdict.module, u"org.example.a"_s);
    QCOMPARE(verdict.sha256, QByteArray("abc"));
    QCOMPARE(verdict.how, Verdict::Watchdog);
    QCOMPARE(verdict.what, stuck.sentence(3000));
}

void tst_Watchdog::nonsenseInTheSlotIsSurvived()
{
    WorkerSlot &noise = m_host->slot(1);
    std::mt19937 random(20); // the seed of every run
    for (int round = 0; round < 100; ++round) {
        auto *words = reinterpret_cast<quint32 *>(&noise);
        std::generate_n(words, sizeof noise / sizeof *words, [&] { return quint32(random()) >> (random() % 32); });
        const auto stuck = inspect(noise, m_start);
        if (stuck)
            QVERIFY(!stuck->sentence(m_start).isEmpty());
        loopBusyFor(noise, m_start);
    }
}

QTEST_GUILESS_MAIN(tst_Watchdog)
#include "tst_watchdog.moc"
