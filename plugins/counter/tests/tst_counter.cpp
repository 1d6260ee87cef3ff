// SPDX-License-Identifier: GPL-3.0-only
#include "counter.h"

#include <quoin/testhost.h>

#include <QTest>

/// The plugin inside the host that tests run in: real routes, a real database, no socket.
class TestCounter final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachVisitorSeesTheNextNumber();
    void aHeadCountsAsWell();
    void theNumberOutlivesTheProcess();
    void aCounterThatIsAwayIsUnavailable();
    void otherMethodsAndPathsAreNotItsOwn();
    void itCanBeStoppedWithoutHavingStarted();
};

void TestCounter::eachVisitorSeesTheNextNumber()
{
    counter::Counter plugin;
    quoin::TestHost host;
    QVERIFY2(host.start(plugin), host.fault());

    const auto first = host.request("GET", "/");
    QCOMPARE(first.status, 200);
    QCOMPARE(first.header("Content-Type"), QByteArray("text/plain; charset=utf-8"));
    QCOMPARE(first.body, QByteArray("I have been seen 1 times."));
    QCOMPARE(host.request("GET", "/").body, QByteArray("I have been seen 2 times."));
}

void TestCounter::aHeadCountsAsWell()
{
    counter::Counter plugin;
    quoin::TestHost host;
    QVERIFY2(host.start(plugin), host.fault());

    const auto head = host.request("HEAD", "/");
    QCOMPARE(head.status, 200);
    QCOMPARE(head.body, QByteArray());
    QCOMPARE(host.request("GET", "/").body, QByteArray("I have been seen 2 times."));
}

void TestCounter::theNumberOutlivesTheProcess()
{
    counter::Counter before;
    counter::Counter after;
    quoin::TestHost host;
    QVERIFY2(host.start(before), host.fault());
    QCOMPARE(host.request("GET", "/").body, QByteArray("I have been seen 1 times."));
    host.stop();

    QVERIFY2(host.start(after), host.fault());
    QCOMPARE(host.request("GET", "/").body, QByteArray("I have been seen 2 times."));
}

void TestCounter::aCounterThatIsAwayIsUnavailable()
{
    counter::Counter plugin;
    quoin::TestHost host;
    QVERIFY2(host.start(plugin), host.fault());

    host.setDatabaseAway(true);
    const auto refused = host.request("GET", "/");
    QCOMPARE(refused.status, 503);
    QCOMPARE(refused.header("Content-Type"), QByteArray("application/problem+json"));
    host.setDatabaseAway(false);
    QCOMPARE(host.request("GET", "/").body, QByteArray("I have been seen 1 times."));
}

void TestCounter::otherMethodsAndPathsAreNotItsOwn()
{
    counter::Counter plugin;
    quoin::TestHost host;
    QVERIFY2(host.start(plugin), host.fault());

    const auto posted = host.request("POST", "/", "1");
    QCOMPARE(posted.status, 405);
    QCOMPARE(posted.header("Allow"), QByteArray("GET, HEAD, OPTIONS"));
    QCOMPARE(host.request("GET", "/other").status, 404);
}

void TestCounter::itCanBeStoppedWithoutHavingStarted()
{
    counter::Counter plugin;
    plugin.stop();
    plugin.stop();
}

QTEST_GUILESS_MAIN(TestCounter)
#include "tst_counter.moc"
