// SPDX-License-Identifier: GPL-3.0-only
#include "fleetground.h"

#include <QProcess>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin::supervisor;
using namespace quoin::test;

/// How it all ends: asked to, in a hurry, or with the death of the supervisor.
class TestFleetEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stoppingFinishesWhatIsUnderWayAndLeavesNobody()
    {
        FleetGround ground;
        QVERIFY(ground.serve());
        const auto pids = ground.pids();
        LineClient &busy = ground.client();
        LineClient &idle = ground.client();
        busy.ask("slow");
        QTRY_COMPARE(ground.fleet.workers()[0].connections, 2U);
        QTRY_COMPARE(ground.memory.slot(0).waitingJobs.load(), 1U);
        ground.fleet.stop(0ms, 20s);
        QTRY_COMPARE(ground.stopped.size(), 1);
        QTRY_COMPARE(busy.count(), 1);
        QTRY_VERIFY(idle.isClosed());
        for (const qint64 pid : pids)
            QVERIFY(!isAlive(pid));
        QCOMPARE(ground.died.size(), 0);
        LineClient &late = ground.client();
        QTRY_VERIFY(late.isClosed());
    }

    void beforeTheyLeaveTheySayTheyAreNotReadyAndGoOnServing()
    {
        FleetGround ground;
        QVERIFY(ground.serve());
        ground.fleet.stop(1h, 20s);
        LineClient &client = ground.client();
        client.ask("who");
        QTRY_VERIFY(client.last().endsWith(" unready"));
        ::kill(static_cast<pid_t>(client.pid()), SIGKILL); // so does who comes in the place of one that dies
        QTRY_VERIFY(client.isClosed());
        LineClient &next = ground.client();
        next.ask("who");
        QTRY_VERIFY(next.last().endsWith(" unready"));
        ground.fleet.hurry();
        QTRY_COMPARE(ground.stopped.size(), 1);
    }

    void aHurryWaitsForNobody()
    {
        auto options = FleetGround::usual();
        options.killGrace = 500ms;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        LineClient &client = ground.client();
        client.ask("stay");
        QTRY_COMPARE(client.count(), 1);
        ground.fleet.stop(0ms, 1h);
        QTest::qWait(50);
        QCOMPARE(ground.stopped.size(), 0);
        ground.fleet.hurry();
        QTRY_COMPARE(ground.stopped.size(), 1);
    }

    void whoDoesNotLeaveInTimeIsKilled()
    {
        auto options = FleetGround::usual();
        options.killGrace = 100ms;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        LineClient &client = ground.client();
        client.ask("stay");
        QTRY_COMPARE(client.count(), 1);
        ground.fleet.stop(0ms, 100ms);
        QTRY_COMPARE(ground.stopped.size(), 1);
        QVERIFY(!isAlive(client.pid()));
    }

    void stoppingDuringARollEndsBothGenerations()
    {
        auto options = FleetGround::usual();
        options.killGrace = 500ms;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        ground.fleet.roll({{u"start"_s, u"hang"_s}});
        QTRY_COMPARE(ground.fleet.workers().size(), 2);
        const auto pids = ground.pids();
        ground.fleet.stop(0ms, 20s);
        QTRY_COMPARE(ground.stopped.size(), 1);
        for (const qint64 pid : pids)
            QVERIFY(!isAlive(pid));
        QCOMPARE(ground.refused.size(), 0);
        QCOMPARE(ground.fleet.roll({}), 3U);
        QTest::qWait(20);
        QCOMPARE(ground.fleet.workers().size(), 0);
    }

    void stoppingWithoutAnyWorkerIsTold()
    {
        FleetGround ground;
        ground.fleet.stop(0ms, 20s);
        QTRY_COMPARE(ground.stopped.size(), 1);
    }

    void destroyingItLeavesNobody()
    {
        QList<qint64> pids;
        {
            auto options = FleetGround::usual();
            options.posts.web = 3;
            FleetGround ground(options);
            QVERIFY(ground.serve());
            pids = ground.pids();
            QCOMPARE(pids.size(), 3);
        }
        for (const qint64 pid : pids)
            QVERIFY(!isAlive(pid));
    }

    void descriptorsDoNotLeak()
    {
        auto run = [] {
            auto options = FleetGround::usual();
            options.posts.web = 2;
            FleetGround ground(options);
            for (int i = 0; i < 50; ++i)
                ground.client().ask("who");
            for (int i = 0; i < 5; ++i) {
                QVERIFY(ground.serve());
                ::kill(static_cast<pid_t>(ground.pids()[0]), SIGKILL);
                ground.client().ask("crash");
            }
            ground.fleet.roll({{u"start"_s, u"crash"_s}});
            QTRY_COMPARE(ground.refused.size(), 1);
            ground.fleet.stop(0ms, 20s);
            QTRY_COMPARE(ground.stopped.size(), 1);
        };
        run(); // Qt's own
        const int before = openDescriptors();
        run();
        QCOMPARE(openDescriptors(), before);
    }

    void workersLeaveWhenTheSupervisorIsKilled_data()
    {
        QTest::addColumn<QString>("how");
        QTest::newRow("serving") << QString();
        QTest::newRow("stuck in its start") << u"hang"_s;
    }
    void workersLeaveWhenTheSupervisorIsKilled()
    {
        QFETCH(QString, how);
        QProcess supervisor;
        supervisor.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        supervisor.start(QStringLiteral(FLEET_SUPERVISOR), {how});
        QList<qint64> pids; // it prints them when it has started them all
        QTRY_VERIFY(supervisor.canReadLine());
        for (const QByteArray &pid : supervisor.readLine().split(' '))
            pids.append(pid.trimmed().toLongLong());
        QVERIFY(!pids.isEmpty());
        for (const qint64 pid : pids)
            QVERIFY(isAlive(pid));
        supervisor.kill();
        QVERIFY(supervisor.waitForFinished());
        for (const qint64 pid : pids)
            QTRY_VERIFY(!isAlive(pid));
    }
};

QTEST_GUILESS_MAIN(TestFleetEnd)
#include "tst_fleetend.moc"
