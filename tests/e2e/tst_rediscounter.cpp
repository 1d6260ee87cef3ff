// SPDX-License-Identifier: GPL-3.0-only
#include "celeryground.h"

#include <QElapsedTimer>
#include <QSet>
#include <QTest>

#include <mutex>
#include <thread>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Visits counted by Flask and by us, in the same key of the same Redis.
class RedisCounterTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void noNumberIsGivenTwice();
    void whileRedisIsAwayVisitorsAreToldAndItHeals_data();
    void whileRedisIsAwayVisitorsAreToldAndItHeals();
    void cleanup();

private:
    std::unique_ptr<CeleryGround> m_ground;
    QuoinProcess *m_server = nullptr;
};

namespace {

/// N of "I have been seen N times."; 0 for any other answer.
qint64 visitIn(const HttpReply &reply)
{
    const bool isVisit = reply.status == 200 && reply.body.startsWith("I have been seen ")
        && reply.body.trimmed().endsWith(" times.");
    return isVisit ? reply.body.split(' ').value(4).toLongLong() : 0;
}

} // namespace

void RedisCounterTest::initTestCase()
{
    const QString missing = CeleryGround::missing();
    if (!missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
}

void RedisCounterTest::init()
{
    m_ground = std::make_unique<CeleryGround>();
    QVERIFY(m_ground->start());
    m_server = &m_ground->ourServer();
    m_server->set(u"redis.url"_s, m_ground->redis().url(0));
    m_server->set(u"http.workers"_s, u"2"_s);
    QVERIFY2(m_server->start(), m_server->report());
}

void RedisCounterTest::noNumberIsGivenTwice()
{
    PeerProcess &flask = m_ground->theirs();
    QVERIFY2(flask.startWeb(1), flask.report());
    QCOMPARE(visitIn(HttpClient(flask.port()).get("/")), 1);
    QCOMPARE(visitIn(HttpClient(m_server->port()).get("/")), 2);

    constexpr int clients = 4;
    constexpr int visitsEach = 100;
    std::mutex mutex;
    QList<qint64> given{1, 2};
    std::vector<std::thread> threads;
    for (const quint16 port : {flask.port(), m_server->port()}) {
        for (int client = 0; client < clients; ++client) {
            threads.emplace_back([&, port] {
                HttpClient visitor(port);
                for (int i = 0; i < visitsEach; ++i) {
                    const qint64 number = visitIn(visitor.get("/"));
                    const std::lock_guard lock(mutex);
                    given += number;
                }
            });
        }
    }
    for (std::thread &thread : threads)
        thread.join();
    constexpr int visits = 2 + 2 * clients * visitsEach;
    QCOMPARE(given.size(), visits);
    // Whoever was told to come back, because Redis was slow, may have been counted.
    const auto refused = given.removeAll(0);
    QVERIFY2(refused < visits / 10, m_server->report());
    std::sort(given.begin(), given.end());
    QVERIFY(std::adjacent_find(given.begin(), given.end()) == given.end());
    const qint64 counted = m_ground->redis().cli({u"GET"_s, u"hits"_s}).toLongLong();
    QVERIFY(counted >= given.last() && counted >= visits - refused && counted <= visits);
    if (refused == 0)
        QCOMPARE(given.last(), visits);
}

void RedisCounterTest::whileRedisIsAwayVisitorsAreToldAndItHeals_data()
{
    QTest::addColumn<bool>("hangs");
    QTest::addColumn<bool>("keepsItsData");
    QTest::newRow("killed") << false << true;
    QTest::newRow("killed, and empty when it is back") << false << false;
    QTest::newRow("hanging") << true << true;
}

void RedisCounterTest::whileRedisIsAwayVisitorsAreToldAndItHeals()
{
    QFETCH(const bool, hangs);
    QFETCH(const bool, keepsItsData);
    RedisServer &redis = m_ground->redis();
    QCOMPARE(visitIn(HttpClient(m_server->port()).get("/")), 1);
    if (hangs)
        redis.hang();
    else
        redis.stop();
    QElapsedTimer clock;
    for (int i = 0; i < 5; ++i) {
        clock.start();
        const HttpReply reply = HttpClient(m_server->port()).get("/");
        qInfo() << "answered after" << clock.elapsed() << "ms";
        QCOMPARE(reply.status, 503);
        QCOMPARE(reply.header("Content-Type"), "application/problem+json");
    }
    QCOMPARE(HttpClient(m_server->port()).get("/record").status, 200);   // what needs no Redis goes on
    const HttpReply ready = HttpClient(m_server->port()).get("/readyz"); // so traffic is welcome
    QCOMPARE(ready.status, 200);
    const QByteArray failed = "\"name\":\"counters\",\"status\":\"failed\"";
    QVERIFY2(ready.body.contains(failed), ready.body);
    if (hangs)
        redis.resume();
    else
        QVERIFY(redis.restart(keepsItsData ? RedisServer::Data::Keep : RedisServer::Data::Drop));
    clock.start();
    qint64 visit = 0;
    QTRY_VERIFY_WITH_TIMEOUT((visit = visitIn(HttpClient(m_server->port()).get("/"))) > 0, 30'000);
    qInfo() << "healed after" << clock.elapsed() << "ms";
    // A visit that nobody was told of may have been counted, if Redis had it when it stopped.
    QVERIFY(keepsItsData ? visit > 1 : visit >= 1);
}

void RedisCounterTest::cleanup()
{
    if (m_server->isRunning() && !QTest::currentTestFailed()) {
        m_server->terminate();
        QVERIFY2(m_server->waitForExit() == 0, m_server->report());
    }
    m_ground.reset();
}

QTEST_GUILESS_MAIN(RedisCounterTest)
#include "tst_rediscounter.moc"
