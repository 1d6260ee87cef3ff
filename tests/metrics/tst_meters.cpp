// SPDX-License-Identifier: GPL-3.0-only
#include "meters/meters.h"

#include <QTest>

#include <cstring>
#include <memory>
#include <string>

using namespace quoin::meters;

namespace {

std::unique_ptr<Meters> opened()
{
    auto meters = std::make_unique<Meters>();
    open(*meters);
    return meters;
}

} // namespace

class MetersTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aValueFallsIntoTheFirstBucketThatHoldsIt_data();
    void aValueFallsIntoTheFirstBucketThatHoldsIt();
    void requestsWithoutRouteAreToldApartByMethod();
    void theNthRouteIsWhereItWasAdded();
    void theSameTaskIsTheSameIndex();
    void countersOfTheSameNameAddUpWhereverTheyStand();
    void whatFindsNoRoomIsCountedAsOther();
    void momentsAreNotAddedToCounters();
    void nonsenseStaysInBounds();
};

void MetersTest::aValueFallsIntoTheFirstBucketThatHoldsIt_data()
{
    QTest::addColumn<quint64>("value");
    QTest::addColumn<int>("bucket");
    QTest::newRow("nothing") << quint64(0) << 0;
    QTest::newRow("a bound") << quint64(100) << 0;
    QTest::newRow("above it") << quint64(101) << 1;
    QTest::newRow("the last bound") << quint64(30'000'000) << 15;
    QTest::newRow("above all") << quint64(30'000'001) << 16;
}

void MetersTest::aValueFallsIntoTheFirstBucketThatHoldsIt()
{
    QFETCH(const quint64, value);
    QFETCH(const int, bucket);
    Histogram<requestBounds> histogram{};
    histogram.add(value);
    histogram.addAlone(value);
    QCOMPARE(histogram.buckets[bucket].load(), 2U);
    QCOMPARE(histogram.sum.load(), 2 * value);
}

void MetersTest::requestsWithoutRouteAreToldApartByMethod()
{
    const auto meters = opened();
    for (const auto &[method, label] :
         {std::pair("GET", "GET"), std::pair("DELETE", "DELETE"), std::pair("get", "other"), std::pair("", "other"),
          std::pair("TRACE", "other")}) {
        const RouteMeter &route = meters->routes[indexWithoutRoute(method)];
        QCOMPARE(textOf(route.method), std::string_view(label));
        QCOMPARE(textOf(route.pattern), std::string_view("none"));
    }
}

void MetersTest::theNthRouteIsWhereItWasAdded()
{
    const auto meters = opened();
    for (int number = 1; number <= 400; ++number)
        addRoute(*meters, "GET", '/' + std::to_string(number));
    QCOMPARE(textOf(meters->routes[indexOfRoute(1)].pattern), std::string_view("/1"));
    const int last = Meters::mostRoutes - firstRoute;
    QCOMPARE(textOf(meters->routes[indexOfRoute(last)].pattern), std::string_view('/' + std::to_string(last)));
    QCOMPARE(textOf(meters->routes[indexOfRoute(last + 1)].pattern), std::string_view("other"));
    QCOMPARE(routeCount(*meters), Meters::mostRoutes);
}

void MetersTest::theSameTaskIsTheSameIndex()
{
    const auto meters = opened();
    const int index = addTask(*meters, "sip.make_sip");
    QVERIFY(index != otherTask);
    QCOMPARE(addTask(*meters, "sip.make_sip"), index);
    for (int i = taskCount(*meters); i < Meters::mostTasks; ++i)
        QVERIFY(addTask(*meters, std::to_string(i)) != otherTask);
    QCOMPARE(addTask(*meters, "one.too.many"), otherTask);
    QCOMPARE(addTask(*meters, "sip.make_sip"), index);
}

void MetersTest::countersOfTheSameNameAddUpWhereverTheyStand()
{
    const auto all = opened();
    const auto one = opened();
    const auto other = opened();
    addRoute(*one, "GET", "/a");
    addRoute(*one, "GET", "/b");
    addRoute(*other, "GET", "/b");
    addRoute(*other, "POST", "/b");
    one->routes[indexOfRoute(2)].durations.add(7);
    other->routes[indexOfRoute(1)].durations.add(5);
    other->routes[indexOfRoute(2)].answered[2] = 9;
    one->tasks[addTask(*one, "t")].ended[TaskMeter::Dead] = 1;
    addTask(*other, "u");
    other->tasks[addTask(*other, "t")].ended[TaskMeter::Dead] = 2;
    one->answers[404 - Meters::firstStatus] = 3;
    one->database.batches.add(256);
    other->database.batches.add(257);

    addCounters(*all, *one);
    addCounters(*all, *other);
    QCOMPARE(textOf(all->routes[indexOfRoute(2)].pattern), std::string_view("/b"));
    QCOMPARE(all->routes[indexOfRoute(2)].durations.buckets[0].load(), 2U);
    QCOMPARE(all->routes[indexOfRoute(2)].durations.sum.load(), 12U);
    QCOMPARE(textOf(all->routes[indexOfRoute(3)].method), std::string_view("POST"));
    QCOMPARE(all->routes[indexOfRoute(3)].answered[2].load(), 9U);
    QCOMPARE(all->tasks[addTask(*all, "t")].ended[TaskMeter::Dead].load(), 3U);
    QCOMPARE(all->answers[404 - Meters::firstStatus].load(), 3U);
    QCOMPARE(all->database.batches.buckets[batchBounds.size() - 1].load(), 1U);
    QCOMPARE(all->database.batches.buckets[batchBounds.size()].load(), 1U);
}

void MetersTest::whatFindsNoRoomIsCountedAsOther()
{
    const auto all = opened();
    const auto one = opened();
    const auto other = opened();
    for (int i = 1; i <= Meters::mostRoutes - firstRoute; ++i) {
        addRoute(*one, "GET", "/one/" + std::to_string(i));
        addRoute(*other, "GET", "/other/" + std::to_string(i));
        other->routes[indexOfRoute(i)].answered[2] = 1;
    }
    addCounters(*all, *one);
    addCounters(*all, *other);
    QCOMPARE(all->routes[otherRoute].answered[2].load(), quint64(Meters::mostRoutes - firstRoute));
}

void MetersTest::momentsAreNotAddedToCounters()
{
    const auto all = opened();
    const auto one = opened();
    one->database.away = 1;
    one->database.writesWaiting = 4;
    one->database.outages = 2;
    addCounters(*all, *one);
    QCOMPARE(all->database.away.load(), 0U);
    QCOMPARE(all->database.outages.load(), 2U);
    addGauges(*all, *one);
    QCOMPARE(all->database.away.load(), 1U);
    QCOMPARE(all->database.writesWaiting.load(), 4U);
    QCOMPARE(all->database.outages.load(), 2U);
}

void MetersTest::nonsenseStaysInBounds()
{
    const auto all = opened();
    const auto wild = std::make_unique<Meters>();
    std::memset(static_cast<void *>(wild.get()), 0xff, sizeof(Meters));
    for (int i = 0; i < 100; ++i)
        addCounters(*all, *wild);
    QCOMPARE(routeCount(*wild), Meters::mostRoutes);
    QVERIFY(routeCount(*all) <= Meters::mostRoutes);
    QVERIFY(textOf(all->routes[firstRoute].pattern).size() <= RouteMeter::longestPattern);
    const quint64 before = all->outcomesLost;
    addCounters(*all, *opened());
    QCOMPARE(all->outcomesLost.load(), before); // still a number that adds up
    QVERIFY(before < quint64(1) << 60);
}

QTEST_GUILESS_MAIN(MetersTest)
#include "tst_meters.moc"
