// SPDX-License-Identifier: GPL-3.0-only
#include "topology.h"
#include "topologyload.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// README.md's chapter "Scaling", and what it says of scaling and upgrading.
class TopologyTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void theWalkOfTheReadmeHolds();
    void requestsAreSpreadOverAllHosts();
    void scalingUpAndDownFailsNoRequest();
    void aRollingUpgradeOfWebHostsFailsNoRequest();
    void aRollingUpgradeOfWorkersLosesAndDoublesNoTask();

private:
    QByteArray answerTo(const QString &command) const;
    void stopWell(const QStringList &hosts);
    void check(const TopologyLoad &load);

    std::unique_ptr<Topology> m_topology;
};

void TopologyTest::initTestCase()
{
    if (const QString missing = Topology::missing(); !missing.isEmpty())
        QSKIP(qPrintable(missing));
    m_topology = std::make_unique<Topology>();
    QVERIFY2(m_topology->start(), qPrintable(m_topology->failure()));
}

void TopologyTest::init() { QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure())); }

QByteArray TopologyTest::answerTo(const QString &command) const
{
    QProcess shell;
    shell.start(u"bash"_s, {u"-c"_s, command});
    shell.waitForFinished();
    return shell.readAllStandardOutput().trimmed();
}

/// Lines that begin with a dollar sign, each with what is answered below it.
void TopologyTest::theWalkOfTheReadmeHolds()
{
    const QStringList steps = Topology::commands(u"from anywhere"_s).split(u"$ "_s, Qt::SkipEmptyParts);
    QVERIFY(steps.size() >= 3);
    for (const QString &step : steps) {
        const QString command = step.section(u'\n', 0, 0);
        QCOMPARE(answerTo(command), step.section(u'\n', 1).trimmed().toUtf8());
    }
    QTRY_COMPARE_WITH_TIMEOUT(m_topology->whatIsMissing(), QString(), 30'000);
}

void TopologyTest::requestsAreSpreadOverAllHosts()
{
    const auto before = m_topology->answersByHost();
    constexpr int requests = 400;
    for (int i = 0; i < requests; ++i)
        QCOMPARE(m_topology->ask("/record/1").status, 200);
    const auto after = m_topology->answersByHost();
    QCOMPARE(after.size(), Topology::webHosts);
    for (auto host = after.cbegin(); host != after.cend(); ++host) {
        const qint64 answers = *host - before.value(host.key());
        QVERIFY2(answers == requests / Topology::webHosts, qPrintable(u"%1: %2"_s.arg(host.key()).arg(answers)));
    }
}

/// All at once.
void TopologyTest::stopWell(const QStringList &hosts)
{
    for (const QString &host : hosts)
        m_topology->host(host).terminate();
    for (const QString &host : hosts)
        QVERIFY2(m_topology->host(host).waitForExit() == 0, m_topology->host(host).report());
}

void TopologyTest::check(const TopologyLoad &load)
{
    QVERIFY(load.acknowledged().size() > 100);
    QTRY_COMPARE_WITH_TIMEOUT(m_topology->tasksAtHand(), 0, 120'000);
    QCOMPARE(m_topology->whatIsMissing(), QString());
    QCOMPARE(m_topology->whatIsUntrue(load), QString());
    qInfo() << load.acknowledged().size() << "acknowledged in" << load.elapsed() / 1000 << "s";
}

void TopologyTest::scalingUpAndDownFailsNoRequest()
{
    TopologyLoad load("scale");
    QVERIFY(load.goesOn());
    stopWell({u"web2"_s, u"web3"_s, u"web4"_s, u"worker2"_s});
    if (QTest::currentTestFailed())
        return;
    QTRY_COMPARE(m_topology->inService(), QStringList{u"web1"_s});
    QVERIFY(load.goesOn());
    QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure()));
    QVERIFY(load.goesOn());
    load.finish();
    QCOMPARE(load.failures(), QStringList());
    check(load);
}

void TopologyTest::aRollingUpgradeOfWebHostsFailsNoRequest()
{
    TopologyLoad load("rolling");
    for (int i = 1; i <= Topology::webHosts; ++i) {
        QVERIFY(load.goesOn());
        stopWell({m_topology->web(i).host()});
        QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure()));
    }
    QVERIFY(load.goesOn());
    load.finish();
    QCOMPARE(load.failures(), QStringList());
    check(load);
}

void TopologyTest::aRollingUpgradeOfWorkersLosesAndDoublesNoTask()
{
    TopologyLoad load("workers");
    for (int i = 1; i <= Topology::workerHosts; ++i) {
        QVERIFY(load.goesOn());
        stopWell({m_topology->worker(i).host()});
        QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure()));
    }
    load.finish();
    QCOMPARE(load.failures(), QStringList());
    check(load);
}

QTEST_GUILESS_MAIN(TopologyTest)
#include "tst_topology.moc"
