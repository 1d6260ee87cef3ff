// SPDX-License-Identifier: GPL-3.0-only
#include "fleetground.h"

#include <QTemporaryFile>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin::supervisor;
using namespace quoin::test;

/// Workers that die, block, overrun or ask to be replaced.
class TestFleetCare : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aDeadWorkerIsReplacedAndBlamed_data()
    {
        QTest::addColumn<QByteArray>("line");
        QTest::addColumn<QString>("module");
        QTest::addColumn<QString>("what");
        QTest::newRow("crash") << QByteArray("crash") << u"org.test.guest"_s << u"SIGSEGV"_s;
        QTest::newRow("leaves unasked") << QByteArray("exit") << QString() << u"exit"_s;
    }
    void aDeadWorkerIsReplacedAndBlamed()
    {
        QFETCH(QByteArray, line);
        QFETCH(QString, module);
        QFETCH(QString, what);
        if (isSanitized() && line == "crash")
            QSKIP("a sanitizer takes the signals of a crash for itself");
        FleetGround ground;
        QVERIFY(ground.serve());
        const auto pids = ground.pids();
        LineClient &client = ground.client();
        client.ask(line);
        QTRY_COMPARE(ground.died.size(), 1);
        QCOMPARE(ground.died[0][0].toULongLong(), 1U);
        QCOMPARE(ground.verdict().module, module);
        QVERIFY2(ground.verdict().what.contains(what), qPrintable(ground.verdict().what));
        QTRY_VERIFY(client.isClosed());
        LineClient &next = ground.client();
        next.ask("who");
        QTRY_COMPARE(next.generation(), 1);
        QVERIFY(!pids.contains(next.pid()));
        QCOMPARE(ground.ready.size(), 1);
    }

    void nobodyIsBlamedForAKillFromOutside()
    {
        FleetGround ground;
        QVERIFY(ground.serve());
        const qint64 pid = ground.pids()[0];
        ::kill(static_cast<pid_t>(pid), SIGKILL);
        QTRY_COMPARE(ground.died.size(), 1);
        QCOMPARE(ground.verdict().module, QString());
        QTRY_COMPARE(ground.pids().size(), 1);
        QVERIFY(!ground.pids().contains(pid));
    }

    void whatADeadWorkerNeverTookIsServedByAnother()
    {
        auto options = FleetGround::usual();
        options.posts.web = 2;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        const auto first = static_cast<pid_t>(ground.pids()[0]);
        ::kill(first, SIGSTOP); // it takes nothing from now on
        for (int i = 0; i < 20; ++i)
            ground.client().ask("who");
        const auto answered = [&ground] {
            return std::count_if(ground.clients.begin(), ground.clients.end(),
                                 [](const auto &client) { return client->count() == 1; });
        };
        QTRY_VERIFY(answered() > 0);
        QVERIFY(answered() < 20);
        ::kill(first, SIGKILL);
        QTRY_COMPARE(answered(), 20);
        for (const auto &client : ground.clients)
            QVERIFY(!client->isClosed());
    }

    void aWorkerWhoseLoopIsHeldUpGetsNothingWhileAnotherIsFree()
    {
        auto options = FleetGround::usual();
        options.posts.web = 2;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        LineClient &blocking = ground.client();
        blocking.ask("block");
        const auto isHeldUp = [&ground](int slot) {
            return loopBusyFor(ground.memory.slot(slot), monotonicMilliseconds()) > 500;
        };
        QTRY_VERIFY(isHeldUp(0) || isHeldUp(1)); // much longer than a machine that is short of time keeps the other
        for (int i = 0; i < 10; ++i) {
            LineClient &client = ground.client();
            client.ask("who");
            QTRY_COMPARE(client.count(), 1);
        }
    }

    void aBlockedLoopIsEndedWithAStackAndBlamed()
    {
        auto options = FleetGround::usual();
        options.watchdog.loop = 1s;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        ground.client().ask("block");
        QTRY_COMPARE_WITH_TIMEOUT(ground.died.size(), 1, 20'000);
        QCOMPARE(ground.verdict().module, u"org.test.guest"_s);
        QCOMPARE(ground.verdict().how, Verdict::Watchdog);
        QVERIFY(!ground.verdict().stack.isEmpty());
        QCOMPARE(ground.stuck.size(), 1);
        QCOMPARE(ground.stuck[0][1].value<Stuck>().kind, Stuck::Kind::Loop);
        LineClient &next = ground.client();
        next.ask("who");
        QTRY_COMPARE(next.generation(), 1);
    }

    void aHandlerThatOverrunsHasItsWorkerReplacedInPeace()
    {
        auto options = FleetGround::usual();
        options.watchdog.grace = 100ms;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        LineClient &client = ground.client();
        client.ask("overrun");
        QTRY_COMPARE(client.count(), 1);
        const qint64 pid = client.pid();
        client.keepAsking("who");
        QTRY_VERIFY_WITH_TIMEOUT(client.pid() != pid, 20'000);
        QVERIFY(!client.isClosed());
        QCOMPARE(client.generation(), 1);
        QTRY_COMPARE(ground.pids(), QList<qint64>{client.pid()});
        QCOMPARE(ground.died.size(), 0);
        QCOMPARE(ground.stuck.size(), 1);
        const auto stuck = ground.stuck[0][1].value<Stuck>();
        QCOMPARE(stuck.kind, Stuck::Kind::Pool);
        QCOMPARE(stuck.module, u"org.test.guest"_s);
        QCOMPARE(stuck.number, 17U);
    }

    void aWorkerThatAsksIsReplacedInPeace()
    {
        FleetGround ground;
        QVERIFY(ground.serve());
        LineClient &client = ground.client();
        client.ask("replace");
        QTRY_COMPARE(client.count(), 1);
        const qint64 pid = client.pid();
        client.keepAsking("who");
        QTRY_VERIFY(client.pid() != pid);
        QVERIFY(!client.isClosed());
        QTRY_COMPARE(ground.pids(), QList<qint64>{client.pid()});
        QCOMPARE(ground.died.size(), 0);
    }

    void aWorkerMayTellThatAllShouldEnd()
    {
        FleetGround ground;
        QVERIFY(ground.serve());
        QSignalSpy asked(&ground.fleet, &Fleet::endAsked);
        ground.client().ask("end");
        QTRY_COMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toString(), u"remote control"_s);
        QVERIFY(ground.stopped.isEmpty()); // whoever listens decides
    }

    void aReplacementThatDiesLeavesTheOldOneServing()
    {
        FleetGround ground;
        QVERIFY(ground.serve());
        const auto old = ground.pids();
        ground.fleet.restartWorker(ground.fleet.workers()[0].slot);
        QTRY_COMPARE(ground.pids().size(), 2);
        for (const qint64 pid : ground.pids()) {
            if (!old.contains(pid))
                ::kill(static_cast<pid_t>(pid), SIGKILL);
        }
        QTRY_COMPARE(ground.died.size(), 1);
        QTRY_COMPARE(ground.pids().size(), 1);
        QVERIFY(ground.pids() != old);
        QCOMPARE(ground.refused.size(), 0);
    }

    void aWorkerThatCannotStartAgainIsTriedAgain()
    {
        QTemporaryFile obstacle;
        QVERIFY(obstacle.open());
        const QString path = obstacle.fileName();
        obstacle.remove();
        FleetGround ground;
        QVERIFY(ground.serve({{u"start"_s, u"refuse"_s}, {u"ifThereIs"_s, path}}));
        QVERIFY(obstacle.open());
        ::kill(static_cast<pid_t>(ground.pids()[0]), SIGKILL);
        QTRY_VERIFY(ground.died.size() >= 3);
        QVERIFY2(ground.verdict(1).what.startsWith("it could not start again: {"_L1),
                 qPrintable(ground.verdict(1).what));
        QCOMPARE(ground.verdict(1).module, QString());
        obstacle.remove();
        LineClient &client = ground.client();
        client.ask("who");
        QTRY_COMPARE(client.generation(), 1);
        QCOMPARE(ground.refused.size(), 0); // the generation serves all the time
    }

    void whatIsStuckInALeavingWorkerIsToldOnce()
    {
        auto options = FleetGround::usual();
        options.watchdog.grace = 50ms;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        LineClient &client = ground.client();
        client.ask("stay"); // after being told to leave
        client.ask("overrun");
        QTRY_COMPARE(client.count(), 2);
        QVERIFY(ground.serve());
        QTRY_COMPARE(ground.stuck.size(), 1);
        QTest::qWait(300); // three looks
        QCOMPARE(ground.stuck.size(), 1);
    }

    void whoDoesNotLeaveIsKilled()
    {
        auto options = FleetGround::usual();
        options.drainTimeout = 100ms;
        options.killGrace = 100ms;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        LineClient &client = ground.client();
        client.ask("stay");
        QTRY_COMPARE(client.count(), 1);
        QVERIFY(ground.serve());
        QTRY_COMPARE(ground.fleet.workers().size(), 1);
        QVERIFY(!isAlive(client.pid()));
        QCOMPARE(ground.died.size(), 0);
    }

    void pausesGrowWhileAWorkerKeepsDying()
    {
        auto options = FleetGround::usual();
        options.backoff.first = 1h; // the second restart does not come within this test
        options.backoff.longest = 1h;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        ::kill(static_cast<pid_t>(ground.pids()[0]), SIGKILL);
        QTRY_COMPARE(ground.died.size(), 1);
        QTRY_COMPARE(ground.pids().size(), 1);
        ::kill(static_cast<pid_t>(ground.pids()[0]), SIGKILL);
        QTRY_COMPARE(ground.died.size(), 2);
        QTRY_COMPARE(ground.pids().size(), 0);
        QTest::qWait(50);
        QCOMPARE(ground.pids().size(), 0);
        QVERIFY(ground.serve()); // a new generation does not wait for it
    }
};

QTEST_GUILESS_MAIN(TestFleetCare)
#include "tst_fleetcare.moc"
