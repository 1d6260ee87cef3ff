// SPDX-License-Identifier: GPL-3.0-only
#include "answers.h"
#include "loglines.h"
#include "redis/counters.h"
#include "support/redisserver.h"
#include "tally.h"

#include <QTest>
#include <QThread>

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::ErrorKind;
using quoin::redis::Counters;
using quoin::redis::Url;
using quoin::test::LogLines;
using quoin::test::RedisServer;
using quoin::test::Tally;
using quoin::test::Visitors;

namespace {

bool answers(Counters &counters)
{
    const auto check = counters.check();
    return QTest::qWaitFor([&check] { return check.isFinished(); }, testPatience) && check.result();
}

} // namespace

/// Counters in Redis.
class TestRedisCounters : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void everyVisitorOfEveryThreadGetsANumberOfTheirOwn();
    void othersMayCountOnTheSameKey();
    void countersOfOtherNamesAreApart();
    void incrementsBeforeTheFirstConnectionAreCounted();
    void incrementsBeforeTheFirstAttemptAreRefusedIfRedisIsAway();
    void awayEveryVisitorIsRefusedAndOneLineIsLogged();
    void aRedisThatHangsRefusesAndNoNumberIsHandedOutTwice();
    void aRedisThatIsKilledUnderLoadHandsOutNoNumberTwice();
    void anEmptyRedisCountsFromOne();
    void aKeyThatIsNoNumberIsTold();
    void checkTellsWhetherRedisAnswers();
    void checkTellsWhatIsWrong();
    void itsEndAnswersEveryone();
    void itMayLiveInAnyThreadWithAnEventLoop();

private:
    std::unique_ptr<RedisServer> m_server;
};

void TestRedisCounters::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
}

void TestRedisCounters::init()
{
    m_server = std::make_unique<RedisServer>();
    QVERIFY2(m_server->start(), m_server->log().constData());
}

void TestRedisCounters::everyVisitorOfEveryThreadGetsANumberOfTheirOwn()
{
    constexpr int threads = 8;
    constexpr int each = 5000;
    Counters counters(*Url::parse(m_server->url()), 20s);
    Tally tally;
    std::vector<std::thread> visitors;
    for (int i = 0; i < threads; ++i) {
        visitors.emplace_back([&] {
            for (int visit = 0; visit < each; ++visit)
                counters.increment(u"hits"_s, tally.receiver());
        });
    }
    for (int visit = 0; visit < each; ++visit)
        counters.increment(u"hits"_s, tally.receiver()); // the connection's own thread
    for (std::thread &visitor : visitors)
        visitor.join();
    QTRY_COMPARE_WITH_TIMEOUT(tally.told(), (threads + 1) * each, 30000);
    std::vector<qint64> numbers = tally.numbers();
    std::sort(numbers.begin(), numbers.end());
    QCOMPARE(numbers.size(), std::size_t((threads + 1) * each));
    for (std::size_t i = 0; i < numbers.size(); ++i)
        QCOMPARE(numbers[i], qint64(i + 1));
    QVERIFY(tally.isEachToldOnce());
}

void TestRedisCounters::othersMayCountOnTheSameKey()
{
    Counters counters(*Url::parse(m_server->url()));
    QCOMPARE(m_server->cli({u"SET"_s, u"hits"_s, u"41"_s}), QByteArray("OK"));
    Tally tally;
    counters.increment(u"hits"_s, tally.receiver());
    QTRY_COMPARE(tally.told(), 1);
    QCOMPARE(tally.numbers().front(), qint64(42));
    QCOMPARE(m_server->cli({u"INCR"_s, u"hits"_s}), QByteArray("43"));
    counters.increment(u"hits"_s, tally.receiver());
    QTRY_COMPARE(tally.told(), 2);
    QCOMPARE(tally.numbers().back(), qint64(44));
}

void TestRedisCounters::countersOfOtherNamesAreApart()
{
    Counters counters(*Url::parse(m_server->url(5)));
    Tally one;
    Tally other;
    for (int i = 0; i < 3; ++i)
        counters.increment(u"hits"_s, one.receiver());
    counters.increment(u"visites à l'été"_s, other.receiver());
    QTRY_COMPARE(one.told() + other.told(), 4);
    QCOMPARE(one.numbers().back(), qint64(3));
    QCOMPARE(other.numbers().front(), qint64(1));
    QCOMPARE(m_server->cli({u"-n"_s, u"5"_s, u"GET"_s, u"visites à l'été"_s}), QByteArray("1"));
}

void TestRedisCounters::incrementsBeforeTheFirstConnectionAreCounted()
{
    Counters counters(*Url::parse(m_server->url()), 10s);
    Tally tally;
    for (int i = 0; i < 100; ++i)
        counters.increment(u"hits"_s, tally.receiver());
    QTRY_COMPARE(tally.told(), 100);
    QCOMPARE(tally.numbers().size(), std::size_t(100));
}

void TestRedisCounters::incrementsBeforeTheFirstAttemptAreRefusedIfRedisIsAway()
{
    m_server->stop();
    Counters counters(*Url::parse(m_server->url()));
    Tally tally;
    for (int i = 0; i < 100; ++i)
        counters.increment(u"hits"_s, tally.receiver());
    QTRY_COMPARE(tally.told(), 100);
    QCOMPARE(tally.errors().size(), std::size_t(100));
    QVERIFY(tally.isEveryErrorUnavailable());
}

void TestRedisCounters::awayEveryVisitorIsRefusedAndOneLineIsLogged()
{
    const LogLines log;
    Counters counters(*Url::parse(m_server->url()));
    Tally before;
    counters.increment(u"hits"_s, before.receiver());
    QTRY_COMPARE(before.told(), 1);
    m_server->stop();
    Tally away;
    for (int i = 0; i < 100; ++i) {
        counters.increment(u"hits"_s, away.receiver());
        QTRY_COMPARE(away.told(), i + 1);
    }
    QCOMPARE(away.errors().size(), std::size_t(100));
    QVERIFY(away.isEveryErrorUnavailable());
    QCOMPARE(log.with(u"redis away"_s).size(), qsizetype(1));

    QVERIFY(m_server->restart());
    QTRY_COMPARE(log.with(u"redis back"_s).size(), qsizetype(1));
    Tally after;
    counters.increment(u"hits"_s, after.receiver());
    QTRY_COMPARE(after.told(), 1);
    QCOMPARE(after.numbers().front(), qint64(2));
    QCOMPARE(log.with(u"redis"_s).size(), qsizetype(2));
}

void TestRedisCounters::aRedisThatHangsRefusesAndNoNumberIsHandedOutTwice()
{
    Tally tally;
    Counters counters(*Url::parse(m_server->url()), 200ms);
    {
        Visitors visitors(counters, tally, 4);
        QTRY_VERIFY(tally.numbers().size() > 500);
        m_server->hang();
        QTRY_VERIFY(tally.errors().size() > 500);
        m_server->resume();
        const std::size_t before = tally.numbers().size();
        QTRY_VERIFY(tally.numbers().size() > before + 500);
    }
    QTRY_VERIFY(tally.isEachToldOnce());
    QVERIFY(!tally.isAnyNumberDouble());
    QVERIFY(tally.isEveryErrorUnavailable());
    const std::vector<qint64> numbers = tally.numbers();
    QVERIFY(m_server->cli({u"GET"_s, u"hits"_s}).toLongLong() >= *std::max_element(numbers.begin(), numbers.end()));
}

void TestRedisCounters::aRedisThatIsKilledUnderLoadHandsOutNoNumberTwice()
{
    Tally tally;
    Counters counters(*Url::parse(m_server->url()), 500ms);
    {
        Visitors visitors(counters, tally, 4);
        for (int round = 0; round < 2; ++round) {
            const std::size_t before = tally.numbers().size();
            QTRY_VERIFY(tally.numbers().size() > before + 500);
            m_server->stop();
            const std::size_t errors = tally.errors().size();
            QTRY_VERIFY(tally.errors().size() > errors + 100);
            QVERIFY(m_server->restart());
        }
        const std::size_t before = tally.numbers().size();
        QTRY_VERIFY(tally.numbers().size() > before + 500);
    }
    QTRY_VERIFY(tally.isEachToldOnce());
    QVERIFY(!tally.isAnyNumberDouble());
    QVERIFY(tally.isEveryErrorUnavailable());
    const std::vector<qint64> numbers = tally.numbers();
    QVERIFY(m_server->cli({u"GET"_s, u"hits"_s}).toLongLong() >= *std::max_element(numbers.begin(), numbers.end()));
}

void TestRedisCounters::anEmptyRedisCountsFromOne()
{
    Counters counters(*Url::parse(m_server->url()));
    Tally before;
    for (int i = 0; i < 10; ++i)
        counters.increment(u"hits"_s, before.receiver());
    QTRY_COMPARE(before.told(), 10);
    m_server->stop();
    QVERIFY(m_server->restart(RedisServer::Data::Drop));
    QTRY_VERIFY(answers(counters));
    Tally after;
    counters.increment(u"hits"_s, after.receiver());
    QTRY_COMPARE(after.told(), 1);
    QCOMPARE(after.numbers(), std::vector<qint64>{1});
}

void TestRedisCounters::aKeyThatIsNoNumberIsTold()
{
    QCOMPARE(m_server->cli({u"LPUSH"_s, u"hits"_s, u"x"_s}), QByteArray("1"));
    Counters counters(*Url::parse(m_server->url()));
    Tally tally;
    counters.increment(u"hits"_s, tally.receiver());
    QTRY_COMPARE(tally.told(), 1);
    QCOMPARE(tally.errors().front().kind(), ErrorKind::Internal);
    QVERIFY(tally.errors().front().message().contains("WRONGTYPE"_L1));
}

void TestRedisCounters::checkTellsWhetherRedisAnswers()
{
    Counters counters(*Url::parse(m_server->url()), 2000ms);
    const auto atOnce = counters.check();
    QTRY_VERIFY(atOnce.isFinished());
    QVERIFY(atOnce.result());
    m_server->hang();
    const auto hanging = counters.check();
    QTRY_VERIFY(hanging.isFinished());
    QVERIFY(!hanging.result());
    QCOMPARE(hanging.result().error().kind(), ErrorKind::Unavailable);
    m_server->resume();
    QTRY_VERIFY(answers(counters));
}

void TestRedisCounters::checkTellsWhatIsWrong()
{
    Counters counters(*Url::parse(u"redis://:wrong@127.0.0.1:%1"_s.arg(m_server->port())));
    const auto check = counters.check();
    QTRY_VERIFY(check.isFinished());
    QVERIFY(!check.result());
    const QString message = check.result().error().message();
    QVERIFY2(message.contains("password of the URL is refused"_L1), qPrintable(message));
    QVERIFY2(!message.contains("wrong@"_L1), qPrintable(message));
}

void TestRedisCounters::itsEndAnswersEveryone()
{
    Tally tally;
    for (int turns = 0; turns < 20; ++turns) {
        Counters counters(*Url::parse(m_server->url()));
        for (int i = 0; i < 50; ++i)
            counters.increment(u"hits"_s, tally.receiver());
        std::thread([&] {
            for (int i = 0; i < 50; ++i)
                counters.increment(u"hits"_s, tally.receiver());
        }).join();
        const auto check = counters.check();
        for (int turn = 0; turn < turns; ++turn)
            QCoreApplication::processEvents();
    }
    QCOMPARE(tally.told(), 2000);
    QVERIFY(tally.isEachToldOnce());
    QVERIFY(!tally.isAnyNumberDouble());
    QVERIFY(tally.isEveryErrorUnavailable());
}

void TestRedisCounters::itMayLiveInAnyThreadWithAnEventLoop()
{
    QThread thread;
    QObject there;
    there.moveToThread(&thread);
    thread.start();
    std::unique_ptr<Counters> counters;
    const QString url = m_server->url();
    QMetaObject::invokeMethod(
        &there, [&] { counters = std::make_unique<Counters>(*Url::parse(url)); }, Qt::BlockingQueuedConnection);
    Tally tally;
    for (int i = 0; i < 1000; ++i)
        counters->increment(u"hits"_s, tally.receiver());
    QTRY_COMPARE(tally.told(), 1000);
    QVERIFY(counters->check().result());
    QMetaObject::invokeMethod(
        &there, [&] { counters.reset(); }, Qt::BlockingQueuedConnection);
    thread.quit();
    thread.wait();
    QCOMPARE(tally.numbers().size(), std::size_t(1000));
}

QTEST_GUILESS_MAIN(TestRedisCounters)
#include "tst_rediscounters.moc"
