// SPDX-License-Identifier: GPL-3.0-only
#include "fleetground.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using namespace quoin::supervisor;
using namespace quoin::test;

namespace {

constexpr auto lateness = 3s; // enough for a worker that is not hung

} // namespace

/// Generations: how they come, take over, and are refused.
class TestFleet : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatWasOfferedBeforeAnybodyWasReadyIsServed()
    {
        FleetGround ground;
        for (int i = 0; i < 10; ++i)
            ground.client().ask("who");
        QCOMPARE(ground.fleet.waitingConnections(), 10);
        QVERIFY(ground.serve());
        QCOMPARE(ground.ready.size(), 1);
        QCOMPARE(ground.ready[0][0].toULongLong(), 1U);
        // The canary's report: this worker answers with its brief.
        QCOMPARE(ground.ready[0][1].toJsonObject(),
                 (QJsonObject{{u"generation"_s, 1}, {u"slot"_s, 0}, {u"index"_s, 0}, {u"role"_s, u"web"_s}}));
        for (const auto &client : ground.clients)
            QTRY_COMPARE(client->generation(), 1);
        QCOMPARE(ground.fleet.waitingConnections(), 0);
    }

    void tooManyThatWaitAreTurnedAway()
    {
        auto options = FleetGround::usual();
        options.mostWaiting = 2;
        FleetGround ground(options);
        QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"connection turned away waiting=2 total=1"_s));
        for (int i = 0; i < 3; ++i)
            ground.client().ask("who");
        QTRY_VERIFY(ground.clients[2]->isClosed());
        QCOMPARE(ground.fleet.turnedAwayConnections(), 1U);
        QVERIFY(ground.serve());
        QTRY_COMPARE(ground.clients[1]->count(), 1);
    }

    void aWorkerKnowsItsPlace()
    {
        auto options = FleetGround::usual();
        options.posts.web = 2;
        options.posts.tasks = 1;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        const auto workers = ground.fleet.workers();
        QCOMPARE(workers.size(), 3);
        for (qsizetype i = 0; i < 3; ++i) {
            QCOMPARE(workers[i].index, i);
            QCOMPARE(workers[i].role, i < 2 ? Role::Web : Role::Tasks);
            QCOMPARE(workers[i].phase, WorkerPhase::Ready);
            QCOMPARE(ground.memory.slot(workers[i].slot).pid.load(), workers[i].pid);
        }
        QSet<qint64> served; // connections are spread over web workers, and go to no other
        for (int i = 0; i < 8; ++i) {
            LineClient &client = ground.client();
            client.ask("who");
            QTRY_COMPARE(client.count(), 1);
            served.insert(client.pid());
        }
        QCOMPARE(served, (QSet<qint64>{workers[0].pid, workers[1].pid}));
        QCOMPARE(ground.fleet.workers()[0].connections, 4U);
        QCOMPARE(ground.fleet.workers()[1].connections, 4U);
    }

    void withoutWebWorkersConnectionsAreTheTaskWorkers()
    {
        auto options = FleetGround::usual();
        options.posts = {.web = 0, .tasks = 2};
        FleetGround ground(options);
        QVERIFY(ground.serve());
        QSet<qint64> served;
        const auto askAll = [&ground, &served] {
            served.clear();
            for (int i = 0; i < 4; ++i) {
                LineClient &client = ground.client();
                client.ask("who");
                QTRY_COMPARE(client.count(), 1);
                served.insert(client.pid());
            }
        };
        const auto readyOnes = [&ground] {
            QSet<qint64> ready;
            for (const auto &worker : ground.fleet.workers()) {
                if (worker.phase == WorkerPhase::Ready)
                    ready.insert(worker.pid);
            }
            return ready;
        };
        askAll();
        QCOMPARE(served, readyOnes());

        ::kill(static_cast<pid_t>(ground.pids().first()), SIGKILL);
        QTRY_COMPARE(ground.died.size(), 1);
        QTRY_COMPARE(readyOnes().size(), 2);
        askAll(); // who has taken its place is given some, too
        QCOMPARE(served, readyOnes());

        QVERIFY(ground.serve());
        for (std::size_t i = 4; i < ground.clients.size(); ++i) { // the first four may have gone with their worker
            ground.clients[i]->ask("who");
            QTRY_COMPARE(ground.clients[i]->generation(), 2);
        }
    }

    void aRollMovesIdleConnectionsAndLosesNone()
    {
        auto options = FleetGround::usual();
        options.posts.web = 2;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        for (int i = 0; i < 400; ++i)
            ground.client().ask("who");
        for (const auto &client : ground.clients)
            QTRY_COMPARE(client->count(), 1);
        QVERIFY(ground.serve());
        for (const auto &client : ground.clients)
            client->ask("who");
        for (const auto &client : ground.clients) {
            QTRY_COMPARE(client->count(), 2);
            QCOMPARE(client->generation(), 2);
        }
        QTRY_COMPARE(ground.fleet.workers().size(), 2);
        QCOMPARE(ground.died.size(), 0);
    }

    void noRequestFailsInManyRolls()
    {
        auto options = FleetGround::usual();
        options.posts.web = 2;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        for (int i = 0; i < 40; ++i)
            ground.client().keepAsking(i % 10 == 0 ? "slow" : "who");
        for (int i = 0; i < 15; ++i)
            QVERIFY(ground.serve());
        const int last = static_cast<int>(ground.fleet.generation());
        for (const auto &client : ground.clients) {
            QTRY_COMPARE(client->generation(), last);
            QVERIFY(!client->isClosed());
        }
        QCOMPARE(ground.died.size(), 0);
        QCOMPARE(ground.refused.size(), 0);
    }

    void workUnderWayIsFinishedByTheOldGeneration()
    {
        FleetGround ground;
        QVERIFY(ground.serve());
        LineClient &client = ground.client();
        client.ask("slow");
        QTRY_COMPARE(ground.memory.slot(0).waitingJobs.load(), 1U);
        ground.fleet.roll({});
        QTRY_COMPARE(client.count(), 1);
        QCOMPARE(client.generation(), 1);
        QTRY_COMPARE(ground.fleet.generation(), 2U);
        client.ask("who");
        QTRY_COMPARE(client.count(), 2);
        QCOMPARE(client.generation(), 2);
    }

    void aGenerationThatCannotStartLeavesTheOldOneServing_data()
    {
        QTest::addColumn<QJsonObject>("brief");
        QTest::addColumn<QString>("error");
        QTest::addColumn<QString>("module");
        const QString died = u"a worker ended while it was starting: "_s;
        QTest::newRow("refuses") << QJsonObject{{u"start"_s, u"refuse"_s}} << QString() << QString();
        QTest::newRow("crashes") << QJsonObject{{u"start"_s, u"crash"_s}} << died + u"SIGSEGV"_s << u"org.test.guest"_s;
        QTest::newRow("exits") << QJsonObject{{u"start"_s, u"exit"_s}} << died + u"exit code 7"_s
                               << u"org.test.guest"_s;
        QTest::newRow("hangs") << QJsonObject{{u"start"_s, u"hang"_s}} << u"it was not ready within 3000 ms"_s
                               << u"org.test.guest"_s;
        QTest::newRow("not the canary") << QJsonObject{{u"start"_s, u"crash"_s}, {u"only"_s, 1}} << died + u"SIGSEGV"_s
                                        << u"org.test.guest"_s;
        QTest::newRow("refuses, not the canary")
            << QJsonObject{{u"start"_s, u"refuse"_s}, {u"only"_s, 1}} << QString() << QString();
    }
    void aGenerationThatCannotStartLeavesTheOldOneServing()
    {
        QFETCH(QJsonObject, brief);
        QFETCH(QString, error);
        QFETCH(QString, module);
        if (isSanitized() && brief["start"_L1] == "crash"_L1)
            QSKIP("a sanitizer takes the signals of a crash for itself");
        auto options = FleetGround::usual();
        options.posts.web = 2;
        if (brief["start"_L1].toString() == "hang"_L1)
            options.readyTimeout = lateness;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        const auto pids = ground.pids();
        LineClient &client = ground.client();
        client.keepAsking("who");

        const quint64 wanted = ground.fleet.roll(brief);
        QTRY_COMPARE_WITH_TIMEOUT(ground.refused.size(), 1, 30'000);
        QCOMPARE(ground.refused[0][0].toULongLong(), wanted);
        const auto report = ground.refused[0][1].toJsonObject();
        const auto verdict = ground.refused[0][2].value<Verdict>();
        if (error.isEmpty())
            QCOMPARE(report["reason"_L1].toString(), u"no table"_s); // the worker's own words
        else
            QCOMPARE(report["error"_L1].toString(), error);
        QCOMPARE(verdict.module, module);
        QTRY_COMPARE(ground.pids(), pids);
        const auto before = client.count();
        QTRY_VERIFY(client.count() > before);
        QCOMPARE(client.generation(), 1);
        QVERIFY(!client.isClosed());
        QCOMPARE(ground.ready.size(), 1);
        QCOMPARE(ground.died.size(), 0);
        QVERIFY(ground.serve()); // and the next one is not held up by it
    }

    void aProgramThatCannotBeRunIsRefusedWithTheReason()
    {
        auto options = FleetGround::usual();
        options.program = u"/nonexistent/quoin"_s;
        FleetGround ground(options);
        ground.fleet.roll({});
        QTRY_COMPARE(ground.refused.size(), 1);
        const QString error = ground.refused[0][1].toJsonObject()["error"_L1].toString();
        QVERIFY2(error.contains("it could not be started"_L1), qPrintable(error));
        QCOMPARE(ground.fleet.workers().size(), 0);
    }

    void ofRollsThatWaitOnlyTheNewestIsRun()
    {
        FleetGround ground;
        ground.fleet.roll({});
        QTRY_VERIFY(ground.fleet.isRolling());
        for (int i = 0; i < 5; ++i)
            ground.fleet.roll({});
        QTRY_COMPARE(ground.fleet.generation(), 6U);
        QCOMPARE(ground.ready.size(), 2);
        QCOMPARE(ground.refused.size(), 0);
    }

    void aCanaryKilledFromOutsideIsStartedAgain()
    {
        FleetGround ground;
        QVERIFY(ground.serve());
        ground.fleet.roll({{u"start"_s, u"wait"_s}});
        for (int i = 0; i < 4; ++i) {
            QTRY_COMPARE(ground.fleet.workers().size(), 2);
            const auto workers = ground.fleet.workers();
            const qint64 pid = workers[0].generation == 2 ? workers[0].pid : workers[1].pid;
            QCOMPARE(ground.refused.size(), 0);
            ::kill(static_cast<pid_t>(pid), SIGKILL);
            QTRY_VERIFY(!ground.pids().contains(pid));
        }
        QTRY_COMPARE(ground.refused.size(), 1); // but not for ever
        QCOMPARE(ground.fleet.generation(), 1U);
    }

    void aRollWaitsForAGenerationToLeaveWhenThereAreMany()
    {
        auto options = FleetGround::usual();
        options.mostGenerations = 2;
        FleetGround ground(options);
        QVERIFY(ground.serve());
        LineClient &client = ground.client();
        client.ask("stay"); // its worker leaves only when it is killed
        QTRY_COMPARE(client.count(), 1);
        QVERIFY(ground.serve());
        ground.fleet.roll({});
        QTest::qWait(50); // it could start in this time
        QCOMPARE(ground.fleet.workers().size(), 2);
        ::kill(static_cast<pid_t>(client.pid()), SIGKILL);
        QTRY_COMPARE(ground.fleet.generation(), 3U);
    }
};

QTEST_GUILESS_MAIN(TestFleet)
#include "tst_fleet.moc"
