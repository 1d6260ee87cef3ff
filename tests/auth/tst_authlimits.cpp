// SPDX-License-Identifier: GPL-3.0-only
#include "auth/failurelimit.h"
#include "auth/tokencache.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::auth;

/// What is remembered for a while, by a clock that the test sets.
class AuthLimitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tenFailuresAreHeardThenOneEverySixSeconds();
    void anAddressDoesNotPayForAnother();
    void aNetworkOfIpv6CountsAsOne();
    void manyAddressesDoNotFillTheMemory();
    void aTokenIsBelievedForASecond();
    void aTokenThatEndedIsForgotten();
    void aUseIsNotedOnceAMinute();
    void manyTokensDoNotFillTheMemory();
};

namespace {

TokenRow row(const QByteArray &hash)
{
    TokenRow row;
    row.hash = hash;
    return row;
}

} // namespace

void AuthLimitsTest::tenFailuresAreHeardThenOneEverySixSeconds()
{
    FailureLimit limit;
    qint64 now = 1'000'000;
    for (int i = 0; i < FailureLimit::atOnce; ++i) {
        QCOMPARE(limit.secondsToWait("192.0.2.1", now), 0);
        limit.note("192.0.2.1", now);
    }
    QCOMPARE(limit.secondsToWait("192.0.2.1", now), 6);
    QCOMPARE(limit.secondsToWait("192.0.2.1", now + 5001), 1);
    now += FailureLimit::everyMs;
    QCOMPARE(limit.secondsToWait("192.0.2.1", now), 0);
    limit.note("192.0.2.1", now);
    QCOMPARE(limit.secondsToWait("192.0.2.1", now), 6);
    now += FailureLimit::everyMs * FailureLimit::atOnce; // all is forgotten
    for (int i = 0; i < FailureLimit::atOnce; ++i) {
        QCOMPARE(limit.secondsToWait("192.0.2.1", now), 0);
        limit.note("192.0.2.1", now);
    }
    QVERIFY(limit.secondsToWait("192.0.2.1", now) > 0);
    for (int i = 0; i < 1000; ++i) // failing more does not make it longer
        limit.note("192.0.2.1", now);
    QCOMPARE(limit.secondsToWait("192.0.2.1", now), 6);
}

void AuthLimitsTest::anAddressDoesNotPayForAnother()
{
    FailureLimit limit;
    for (int i = 0; i < 20; ++i)
        limit.note("192.0.2.1", 1000);
    QVERIFY(limit.secondsToWait("192.0.2.1", 1000) > 0);
    QCOMPARE(limit.secondsToWait("192.0.2.2", 1000), 0);
    QCOMPARE(limit.secondsToWait("", 1000), 0);
}

void AuthLimitsTest::aNetworkOfIpv6CountsAsOne()
{
    FailureLimit limit;
    for (int i = 0; i < 20; ++i)
        limit.note("2001:db8::" + QByteArray::number(i + 1), 1000);
    QVERIFY(limit.secondsToWait("2001:db8::ffff", 1000) > 0);
    QCOMPARE(limit.secondsToWait("2001:db8:0:1::1", 1000), 0);
}

void AuthLimitsTest::manyAddressesDoNotFillTheMemory()
{
    FailureLimit limit;
    for (int i = 0; i < 100'000; ++i) {
        const QByteArray address = "10." + QByteArray::number(i >> 16) + '.' + QByteArray::number((i >> 8) & 255) + '.'
            + QByteArray::number(i & 255);
        limit.note(address, 1000);
    }
    for (int i = 0; i < FailureLimit::atOnce; ++i) // it still counts
        limit.note("192.0.2.1", 1000);
    QVERIFY(limit.secondsToWait("192.0.2.1", 1000) > 0);
}

void AuthLimitsTest::aTokenIsBelievedForASecond()
{
    TokenCache cache;
    QVERIFY(!cache.fresh("a", 0));
    QVERIFY(!cache.hasSeen("a"));
    cache.put(row("a"), 5000);
    QVERIFY(cache.fresh("a", 5999));
    QVERIFY(!cache.fresh("a", 6000));
    QVERIFY(!cache.fresh("b", 5000));
    QVERIFY(cache.hasSeen("a")); // and is no stranger after it
    cache.put(row("a"), 6000);
    QVERIFY(cache.fresh("a", 6999));
}

void AuthLimitsTest::aTokenThatEndedIsForgotten()
{
    TokenCache cache;
    cache.put(row("a"), 5000);
    cache.drop("a");
    QVERIFY(!cache.fresh("a", 5000));
    QVERIFY(!cache.hasSeen("a"));
}

void AuthLimitsTest::aUseIsNotedOnceAMinute()
{
    TokenCache cache;
    QVERIFY(!cache.isUseToNote("a", 0));
    cache.put(row("a"), 0);
    QVERIFY(cache.isUseToNote("a", 0));
    QVERIFY(!cache.isUseToNote("a", 59'999));
    cache.put(row("a"), 59'999); // looked up anew: no new minute
    QVERIFY(!cache.isUseToNote("a", 59'999));
    QVERIFY(cache.isUseToNote("a", 60'000));
}

void AuthLimitsTest::manyTokensDoNotFillTheMemory()
{
    TokenCache cache;
    for (int i = 0; i < 30'000; ++i)
        cache.put(row(QByteArray::number(i)), 5000);
    QVERIFY(!cache.hasSeen("0"));
    QVERIFY(cache.fresh("29999", 5000));
}

QTEST_GUILESS_MAIN(AuthLimitsTest)
#include "tst_authlimits.moc"
