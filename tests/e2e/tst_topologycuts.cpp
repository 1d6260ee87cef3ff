// SPDX-License-Identifier: GPL-3.0-only
#include "topology.h"
#include "topologyload.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Hosts that are cut off, that die, and services that are restarted, while clients post: what was acknowledged is
/// stored, served and archived exactly once, and only requests that a host had in its hands fail. QUOIN_CUT_SECONDS:
/// how long a host is cut off, 8 unless told, 30 in topology.sh.
class TopologyCutsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void aHostIsCutOffAndNothingIsLostOrDoubled_data();
    void aHostIsCutOffAndNothingIsLostOrDoubled();
    void aHostIsKilledAndNothingIsLostOrDoubled_data();
    void aHostIsKilledAndNothingIsLostOrDoubled();
    void redisIsRestartedAndNothingIsLostOrDoubled();
    void postgresIsRestartedAndNothingIsLostOrDoubled_data();
    void postgresIsRestartedAndNothingIsLostOrDoubled();

private:
    void cut(const QString &host, const QString &from, bool isCut);
    void check(TopologyLoad *load);

    int m_cutSeconds = 8;
    std::unique_ptr<Topology> m_topology;
};

namespace {

constexpr qint64 untilOut
    = 6000; // ms: haproxy gives a host that vanished no more requests (deploy/haproxy.cfg), twice over
constexpr qint64 untilBack = 3000; // ms: and what was begun just before is answered, too

} // namespace

void TopologyCutsTest::initTestCase()
{
    if (const QString missing = Topology::missing(); !missing.isEmpty())
        QSKIP(qPrintable(missing));
    if (qEnvironmentVariableIsSet("QUOIN_CUT_SECONDS"))
        m_cutSeconds = qEnvironmentVariableIntValue("QUOIN_CUT_SECONDS");
    m_topology = std::make_unique<Topology>();
    QVERIFY2(m_topology->start(), qPrintable(m_topology->failure()));
}

void TopologyCutsTest::init() { QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure())); }

void TopologyCutsTest::cut(const QString &host, const QString &from, bool isCut)
{
    TopologyNet &net = m_topology->net();
    bool done = false;
    if (from.isEmpty())
        done = isCut ? net.cutOff(host) : net.rejoin(host);
    else
        done = isCut ? net.separate(host, from) : net.reunite(host, from);
    QVERIFY2(done, qPrintable(net.failure()));
}

/// After finish(): the end that every disturbance has to have.
void TopologyCutsTest::check(TopologyLoad *load)
{
    QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure()));
    load->finish();
    const qint64 finishedAt = load->elapsed();
    QVERIFY(load->acknowledged().size() > 100);
    QTRY_COMPARE_WITH_TIMEOUT(m_topology->tasksAtHand(), 0, 120'000);
    const qint64 archivedAt = load->elapsed();
    QCOMPARE(m_topology->whatIsMissing(), QString());
    QCOMPARE(m_topology->whatIsUntrue(*load), QString());
    const QStringList failures = load->failures();
    qInfo() << load->acknowledged().size() << "acknowledged in" << finishedAt / 1000 << "s, archived"
            << archivedAt - finishedAt << "ms later;" << failures.size() << "failed:" << failures.mid(0, 2);
}

void TopologyCutsTest::aHostIsCutOffAndNothingIsLostOrDoubled_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<QString>("from");
    QTest::addColumn<bool>("isFelt"); ///< By clients: requests fail until haproxy has noticed.
    QTest::newRow("web from the database") << u"web1"_s << u"db"_s << true;
    QTest::newRow("web from Redis") << u"web1"_s << u"redis"_s << true; // GET / of that host
    QTest::newRow("web from everybody") << u"web1"_s << QString() << true;
    QTest::newRow("worker from the database") << u"worker1"_s << u"db"_s << false;
    QTest::newRow("worker from Redis") << u"worker1"_s << u"redis"_s << false;
    QTest::newRow("worker from everybody") << u"worker1"_s << QString() << false;
}

void TopologyCutsTest::aHostIsCutOffAndNothingIsLostOrDoubled()
{
    QFETCH(const QString, host);
    QFETCH(const QString, from);
    QFETCH(const bool, isFelt);
    // Without Redis a host counts no visits and does everything else: it stays in service (decision 0160).
    const auto visits = from == "redis"_L1 ? TopologyLoad::Visits::None : TopologyLoad::Visits::Counted;
    TopologyLoad load(QTest::currentDataTag(), 8, visits);
    QVERIFY(load.goesOn(100));
    const qint64 cutAt = load.elapsed();
    cut(host, from, true);
    QTest::qWait(m_cutSeconds * 1000);
    const qint64 rejoinedAt = load.elapsed();
    cut(host, from, false);
    QVERIFY(load.goesOn(100));
    check(&load);
    if (QTest::currentTestFailed())
        return;
    QCOMPARE(load.failures(0, cutAt - untilBack), QStringList());
    QCOMPARE(load.failures(isFelt ? cutAt + untilOut : 0), QStringList());
    if (rejoinedAt - cutAt < untilOut)
        QSKIP("the cut was too short to see that the others go on");
}

void TopologyCutsTest::aHostIsKilledAndNothingIsLostOrDoubled_data()
{
    QTest::addColumn<QString>("host");
    QTest::addColumn<bool>("isUnplugged"); ///< As when the power goes: nobody hears a word of it.
    for (const QString &host : {u"web1"_s, u"worker1"_s}) {
        QTest::addRow("%s, kill -9", qPrintable(host)) << host << false;
        QTest::addRow("%s, without power", qPrintable(host)) << host << true;
    }
}

void TopologyCutsTest::aHostIsKilledAndNothingIsLostOrDoubled()
{
    QFETCH(const QString, host);
    QFETCH(const bool, isUnplugged);
    TopologyLoad load(QTest::currentDataTag());
    QVERIFY(load.goesOn(100));
    const qint64 killedAt = load.elapsed();
    if (isUnplugged)
        cut(host, {}, true);
    m_topology->host(host).kill();
    QTest::qWait(int(untilOut));
    QVERIFY(load.goesOn(100));
    load.finish();
    // While it is gone, too: the others archive everything.
    const qint64 finishedAt = load.elapsed();
    QTRY_COMPARE_WITH_TIMEOUT(m_topology->tasksAtHand(), 0, 60'000);
    QCOMPARE(m_topology->whatIsMissing(), QString());
    qInfo() << "without the host all was archived" << load.elapsed() - finishedAt << "ms after the last post";
    if (isUnplugged)
        cut(host, {}, false);
    check(&load);
    if (QTest::currentTestFailed())
        return;
    QCOMPARE(load.failures(0, killedAt - untilBack), QStringList());
    QCOMPARE(load.failures(host.startsWith("web"_L1) ? killedAt + untilOut : 0), QStringList());
}

void TopologyCutsTest::redisIsRestartedAndNothingIsLostOrDoubled()
{
    TopologyLoad load("redis", 8, TopologyLoad::Visits::None);
    for (int round = 0; round < 3; ++round) {
        QVERIFY(load.goesOn(100));
        m_topology->redis().stop(); // kill -9
        QVERIFY(load.goesOn(100));
        QVERIFY2(m_topology->restartRedis(), m_topology->redis().log());
    }
    QVERIFY(load.goesOn(100));
    check(&load);
    QCOMPARE(load.failures(), QStringList()); // nobody who posts or reads needs it
}

void TopologyCutsTest::postgresIsRestartedAndNothingIsLostOrDoubled_data()
{
    QTest::addColumn<bool>("isCrash");
    QTest::newRow("as an operator does") << false;
    QTest::newRow("as a crash does") << true;
}

void TopologyCutsTest::postgresIsRestartedAndNothingIsLostOrDoubled()
{
    QFETCH(const bool, isCrash);
    TopologyLoad load(QTest::currentDataTag());
    QVERIFY(load.goesOn(100));
    if (isCrash)
        m_topology->postgres().crash();
    else
        m_topology->postgres().stop();
    QTRY_VERIFY(m_topology->inService().isEmpty());
    QVERIFY2(m_topology->startPostgres(), m_topology->postgres().log());
    const qint64 backAt = load.elapsed();
    QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure()));
    const qint64 wholeAt = load.elapsed();
    QVERIFY(load.goesOn(100));
    check(&load);
    if (QTest::currentTestFailed())
        return;
    qInfo() << "all hosts were in service again" << wholeAt - backAt << "ms after the database";
    QCOMPARE(load.failures(wholeAt), QStringList());
}

QTEST_GUILESS_MAIN(TopologyCutsTest)
#include "tst_topologycuts.moc"
