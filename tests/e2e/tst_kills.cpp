// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "databases.h"
#include "load.h"
#include "pluginground.h"

#include <QElapsedTimer>
#include <QRandomGenerator>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Promise 1 without a pause for breath: the supervisor and its workers are killed with signal 9 in any order, whatever
/// is still starting, leaving or being upgraded, while clients post and tasks run. QUOIN_KILL_SECONDS: for how long, 5
/// unless told; QUOIN_KILL_SEED: the seed that a failure printed.
class KillsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void nothingAcknowledgedIsLostAndNoPackageIsMissingOrDouble_data() { addDatabaseRows(); }
    void nothingAcknowledgedIsLostAndNoPackageIsMissingOrDouble();
    void cleanup();

private:
    void start(bool postgresql);
    void disturb();
    void note(PostingLoad *load);
    void check();

    int m_seconds = 5;
    QRandomGenerator m_random;
    std::unique_ptr<PostgresServer> m_postgres;
    std::unique_ptr<PluginGround> m_ground;
    QHash<qint64, QByteArray> m_acknowledged;
    int m_supervisorsKilled = 0;
    int m_workersKilled = 0;
    int m_upgrades = 0;
};

namespace {

constexpr auto betweenPosts = std::chrono::milliseconds(20); // tasks take longer than the posts that they follow

int tasksAtHand(const QString &databaseUrl)
{
    const QHash<QString, int> tasks = tasksByState(databaseUrl);
    return tasks.value(u"ready"_s) + tasks.value(u"running"_s);
}

} // namespace

void KillsTest::initTestCase()
{
    if (qEnvironmentVariableIsSet("QUOIN_KILL_SECONDS"))
        m_seconds = qEnvironmentVariableIntValue("QUOIN_KILL_SECONDS");
    const quint32 seed = qEnvironmentVariableIsSet("QUOIN_KILL_SEED") ? qEnvironmentVariable("QUOIN_KILL_SEED").toUInt()
                                                                      : QRandomGenerator::global()->generate();
    m_random.seed(seed);
    qInfo() << "seconds" << m_seconds << "QUOIN_KILL_SEED" << seed;
}

void KillsTest::start(bool postgresql)
{
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    m_ground->dropChanging(u"1.0.0"_s);
    QuoinProcess &server = m_ground->server();
    server.set(u"http.workers"_s, u"2"_s);
    server.set(u"queue.workers"_s, u"1"_s);
    server.set(u"queue.lease"_s, u"1s"_s);
    if (postgresql) {
        m_postgres = std::make_unique<PostgresServer>();
        QVERIFY2(m_postgres->start() && m_postgres->createDatabase(u"kills"_s), m_postgres->log());
        server.set(u"database.url"_s, m_postgres->url(u"kills"_s));
    }
    QVERIFY2(server.start(), server.report());
    // Clients know one address.
    server.set(u"http.listen"_s, u"127.0.0.1:%1"_s.arg(server.port()));
}

void KillsTest::nothingAcknowledgedIsLostAndNoPackageIsMissingOrDouble()
{
    QFETCH(const bool, postgresql);
    start(postgresql);
    if (QTest::currentTestFailed())
        return;
    QElapsedTimer clock;
    clock.start();
    for (int round = 0; clock.elapsed() < m_seconds * 1000; ++round) {
        PostingLoad load(m_ground->server().port(), 8, 50, "round-" + QByteArray::number(round), betweenPosts);
        for (int i = 0; i < 3; ++i) {
            QTest::qSleep(m_random.bounded(300)); // the moment is what is tried here
            disturb();
        }
        note(&load);
        if (!m_ground->server().isRunning()) // and nobody waits for the workers that are leaving
            QVERIFY2(m_ground->server().start(), m_ground->server().report());
        if (QTest::currentTestFailed())
            return;
    }
    check();
}

void KillsTest::disturb()
{
    const QList<qint64> children = m_ground->server().children();
    const int what = m_random.bounded(10);
    if (what < 2) {
        m_ground->server().killAlone();
        ++m_supervisorsKilled;
    } else if (what < 4) {
        m_ground->dropChanging(m_random.bounded(2) == 0 ? u"1.0.0"_s : u"2.0.0"_s);
        ++m_upgrades;
    } else if (!children.isEmpty()) {
        ::kill(static_cast<pid_t>(children[m_random.bounded(children.size())]), SIGKILL);
        ++m_workersKilled;
    }
}

void KillsTest::note(PostingLoad *load)
{
    load->finish();
    QCOMPARE(load->refused(), QStringList());
    for (const auto &record : load->acknowledged()) {
        QVERIFY2(!m_acknowledged.contains(record.id), "an id was given twice");
        m_acknowledged.insert(record.id, record.text);
    }
}

void KillsTest::check()
{
    QuoinProcess &server = m_ground->server();
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/readyz").status, 200, 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(server.children().size(), 3, 30'000);
    // First what is cheap to ask: there are many.
    QTRY_COMPARE_WITH_TIMEOUT(tasksAtHand(server.databaseUrl()), 0, 300'000);
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(server), QString(), 60'000);
    const auto stored = storedRecords(server.databaseUrl());
    for (auto record = m_acknowledged.cbegin(); record != m_acknowledged.cend(); ++record)
        QCOMPARE(stored.value(record.key()), record.value());
    QVERIFY(!m_acknowledged.isEmpty());
    QTRY_VERIFY2(zombiesOf(server.processId()).isEmpty(), server.report());
    qInfo() << m_acknowledged.size() << "acknowledged," << stored.size() << "stored and archived;"
            << m_supervisorsKilled << "supervisors and" << m_workersKilled << "workers killed," << m_upgrades
            << "files dropped in";
    server.terminate();
    QVERIFY2(server.waitForExit() == 0, server.report());
}

void KillsTest::cleanup()
{
    m_ground.reset();
    m_postgres.reset();
    m_acknowledged.clear();
    m_supervisorsKilled = m_workersKilled = m_upgrades = 0;
}

QTEST_GUILESS_MAIN(KillsTest)
#include "tst_kills.moc"
