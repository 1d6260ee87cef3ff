// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "load.h"
#include "support/quoinprocess.h"

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Promise 9, at the moment when it is hard: with clients posting and tasks running.
class StopTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void stoppingLosesNothing();
    void readinessTurnsBeforeTheDoorCloses();
    void theDoorClosesAfterTheDelay();
    void aRequestUnderWayIsAnswered();
    void aSecondSignalHurries();
};

void StopTest::stoppingLosesNothing()
{
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    QVERIFY2(server.start(), server.report());
    PostingLoad load(server.port(), 16, 100'000, "stop");
    QTRY_VERIFY2(load.acknowledgedCount() >= 200, server.report());
    server.terminate();
    QVERIFY2(server.waitForExit() == 0, server.report());
    load.finish();

    // Every record in the file was acknowledged and every acknowledged one is there: no request was
    // taken and left without its answer.
    const auto stored = storedRecords(server.databaseUrl());
    for (const auto &record : load.acknowledged())
        QCOMPARE(stored.value(record.id), record.text);
    QVERIFY2(stored.size() == load.acknowledged().size(),
             qPrintable(u"stored %1, acknowledged %2; unanswered: %3"_s.arg(stored.size())
                            .arg(load.acknowledged().size())
                            .arg(load.unanswered().join(u"; "_s))));
    // Whoever was told anything else than 200 was told to come back.
    for (const QString &refusal : load.refused())
        QVERIFY2(refusal.contains(u": 503 "_s), qPrintable(refusal));

    // What was not archived before the end was given back: the next start goes on with it, at once
    // rather than after a lease.
    QVERIFY2(server.start(), server.report());
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(server), QString(), 60'000);
}

void StopTest::readinessTurnsBeforeTheDoorCloses()
{
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    server.set(u"shutdown.delay"_s, u"10min"_s);
    QVERIFY2(server.start(), server.report());
    QCOMPARE(HttpClient(server.port()).get("/readyz").status, 200);
    server.terminate();
    // New connections each time: a load balancer asks so. For as long as the delay the door is open and says that it is
    // about to close.
    QTRY_COMPARE(HttpClient(server.port()).get("/readyz").status, 503);
    QCOMPARE(HttpClient(server.port()).get("/healthz").status, 200);
    QCOMPARE(HttpClient(server.port()).post("/record", "1").status, 200);
    QCOMPARE(HttpClient(server.port()).get("/readyz").status, 503);
    server.terminate(); // who does not want to wait
    QVERIFY2(server.waitForExit().has_value(), server.report());
    QCOMPARE(storedRecords(server.databaseUrl()).size(), 1);
}

void StopTest::theDoorClosesAfterTheDelay()
{
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    server.set(u"shutdown.delay"_s, u"1s"_s);
    QVERIFY2(server.start(), server.report());
    QElapsedTimer clock;
    clock.start();
    server.terminate();
    QVERIFY2(server.waitForExit() == 0, server.report());
    QVERIFY(clock.elapsed() >= 1000);
    QVERIFY(!HttpClient(server.port()).open());
}

void StopTest::aRequestUnderWayIsAnswered()
{
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    QVERIFY2(server.start(), server.report());
    HttpClient uploading(server.port());
    HttpClient idle(server.port());
    QCOMPARE(idle.get("/healthz").status, 200);
    QVERIFY(uploading.open());
    QVERIFY(uploading.send("POST /record HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n[1,2"));
    QCOMPARE(HttpClient(server.port()).get("/healthz").status,
             200); // by now the server has seen the first half
    server.terminate();
    QCOMPARE(idle.receiveRest(), ""); // closed without a word: the drain has begun
    QVERIFY(uploading.send(",3,4]"));
    const HttpReply reply = uploading.receive();
    QCOMPARE(reply.status, 200);
    QVERIFY(reply.hasToken("Connection", "close"));
    QVERIFY2(server.waitForExit() == 0, server.report());
    QCOMPARE(storedRecords(server.databaseUrl()).value(1), "[1,2,3,4]");
}

void StopTest::aSecondSignalHurries()
{
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    server.set(u"shutdown.delay"_s, u"10min"_s);
    QVERIFY2(server.start(), server.report());
    server.terminate();
    QTRY_COMPARE(HttpClient(server.port()).get("/readyz").status, 503);
    server.terminate();
    QVERIFY2(server.waitForExit().has_value(), server.report());
}

QTEST_GUILESS_MAIN(StopTest)
#include "tst_stop.moc"
