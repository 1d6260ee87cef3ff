// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "pluginground.h"
#include "slowclients.h"
#include "support/postgresserver.h"

#include <QFile>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// The processes of one server: who ends when another does, who comes in its place, and what a client sees of it.
class SupervisorTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void workersOutliveTheSupervisorForTheirRequestsOnly();
    void aKilledWorkerCostsOnlyItsOwnConnections_data();
    void aKilledWorkerCostsOnlyItsOwnConnections();
    void stoppingLeavesNobody();
    void aHangUpLooksAgain();
    void aWorkerBesideAServerRunsItsTasks();
    void aTaskIsRunWithoutWaitingForALook();
    void whatIsPreloadedDoesNotReachWorkers();
    void badPluginsDoNotKeepItFromStarting();
    void aDatabaseThatIsAwayDelaysAnUpgradeOnly();
    void aFolderThatOthersMayWriteIsRefused();
    void oneProcessIsEnough();
    void cleanup();

private:
    std::unique_ptr<PluginGround> m_ground;
};

namespace {

void killNow(qint64 processId) { ::kill(static_cast<pid_t>(processId), SIGKILL); }

bool isAnyAlive(const QList<qint64> &processes) { return std::any_of(processes.begin(), processes.end(), &isAlive); }

} // namespace

void SupervisorTest::init()
{
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    m_ground->drop(u"good"_s);
}

void SupervisorTest::workersOutliveTheSupervisorForTheirRequestsOnly()
{
    QuoinProcess &server = m_ground->server();
    server.set(u"http.workers"_s, u"2"_s);
    QVERIFY2(server.start(), server.report());
    const quint16 port = server.port();
    HttpClient uploading(port);
    QCOMPARE(uploading.get("/good/1").body, "1"); // so a worker has the connection
    QVERIFY(uploading.send("POST /record HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n[1,2"));
    QTest::qWait(100); // for it to have begun with the request, which nothing tells
    const QList<qint64> workers = server.children();
    QCOMPARE(workers.size(), 2);
    server.killAlone();

    // The next one does not wait for them.
    server.set(u"http.listen"_s, u"127.0.0.1:%1"_s.arg(port));
    QVERIFY2(server.start(), server.report());
    QCOMPARE(m_ground->get("/good/1").body, "1");

    QVERIFY(uploading.send(",3,4]"));
    const HttpReply reply = uploading.receive();
    QCOMPARE(reply.status, 200);
    QTRY_VERIFY2_WITH_TIMEOUT(!isAnyAlive(workers), server.report(), 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(server), QString(), 30'000);
    QCOMPARE(storedRecords(server.databaseUrl()).value(1), "[1,2,3,4]");
}

void SupervisorTest::aKilledWorkerCostsOnlyItsOwnConnections_data()
{
    QTest::addColumn<int>("victim");
    QTest::newRow("the first") << 0;
    QTest::newRow("the second") << 1;
}

void SupervisorTest::aKilledWorkerCostsOnlyItsOwnConnections()
{
    QFETCH(const int, victim);
    constexpr int clients = 16; // half of them on each worker
    QuoinProcess &server = m_ground->server();
    server.set(u"http.workers"_s, u"2"_s);
    QVERIFY2(server.start(), server.report());
    SlowClients slow(server.port(), "/good/1", clients);
    QTRY_VERIFY_WITH_TIMEOUT(slow.answers() >= 2 * clients, 30'000);
    const QList<qint64> workers = server.children();
    QCOMPARE(workers.size(), 2);

    killNow(workers[victim]);
    for (int i = 0; i < 50; ++i)
        QCOMPARE(m_ground->get("/good/2").body, "2");
    QTRY_COMPARE_WITH_TIMEOUT(server.children().size(), 2, 30'000);
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"worker died"}) == 1, server.report(), 30'000);
    QTRY_VERIFY2(zombiesOf(server.processId()).isEmpty(), server.report());
    const qint64 answers = slow.answers();
    QTRY_VERIFY_WITH_TIMEOUT(slow.answers() > answers + 2 * clients, 30'000);
    slow.finish();
    QCOMPARE(slow.wrongAnswers(), QStringList());
    const QStringList again = slow.cutOff().filter(u"connected anew"_s);
    QVERIFY2(again.size() <= clients / 2, qPrintable(slow.cutOff().join(u"; "_s)));
}

void SupervisorTest::stoppingLeavesNobody()
{
    QuoinProcess &server = m_ground->server();
    server.set(u"http.workers"_s, u"2"_s);
    server.set(u"queue.workers"_s, u"1"_s);
    QVERIFY2(server.start(), server.report());
    QList<qint64> workers = server.children();
    QCOMPARE(workers.size(), 3);
    killNow(workers.first());
    QTRY_VERIFY_WITH_TIMEOUT(server.children().size() == 3 && !server.children().contains(workers.first()), 30'000);
    workers = server.children();
    QTRY_VERIFY2(zombiesOf(server.processId()).isEmpty(), server.report());
    server.terminate();
    QVERIFY2(server.waitForExit() == 0, server.report());
    QVERIFY2(!isAnyAlive(workers), server.report());
}

/// What was refused is tried again, which nothing else would cause.
void SupervisorTest::aHangUpLooksAgain()
{
    QuoinProcess &server = m_ground->server();
    QVERIFY2(server.start(), server.report());
    m_ground->drop(u"refusingstart"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"generation refused"}) == 1, server.report(), 30'000);
    ::kill(static_cast<pid_t>(server.processId()), SIGHUP);
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"generation refused"}) == 2, server.report(), 30'000);
    QCOMPARE(m_ground->get("/good/1").body, "1");
}

void SupervisorTest::aWorkerBesideAServerRunsItsTasks()
{
    QuoinProcess &server = m_ground->server();
    server.set(u"queue.concurrency"_s, u"0"_s);
    QVERIFY2(server.start(), server.report());
    QCOMPARE(m_ground->get("/good/1").body, "1");
    QCOMPARE(HttpClient(server.port()).post("/record", "[1]").status, 200);

    const QTemporaryDir directory;
    QuoinProcess tasks(directory.path());
    tasks.setCommand({u"worker"_s});
    tasks.set(u"plugins.dir"_s, m_ground->folder());
    tasks.set(u"database.url"_s, server.databaseUrl());
    tasks.set(u"sip.directory"_s, server.sipDirectory());
    QVERIFY2(tasks.start(), tasks.report());
    QCOMPARE(tasks.port(), 0); // it does not listen
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(server), QString(), 30'000);
    QCOMPARE(HttpClient(server.port()).post("/record", "[2]").status, 200);
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(server), QString(), 30'000);
    const QList<qint64> workers = tasks.children();
    QCOMPARE(workers.size(), 1);
    tasks.terminate();
    QVERIFY2(tasks.waitForExit() == 0, tasks.report());
    QVERIFY(!isAnyAlive(workers));
}

void SupervisorTest::aTaskIsRunWithoutWaitingForALook()
{
    QuoinProcess &server = m_ground->server();
    server.set(u"queue.workers"_s, u"1"_s);
    server.set(u"queue.poll"_s, u"1min"_s);
    QVERIFY2(server.start(), server.report());
    for (int record = 1; record <= 5; ++record) {
        QCOMPARE(HttpClient(server.port()).post("/record", QByteArray::number(record)).status, 200);
        QTRY_COMPARE_WITH_TIMEOUT(packagesByRecord(server.sipDirectory()).value(record).size(), 1, 30'000);
    }
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(server), QString(), 30'000);
}

void SupervisorTest::whatIsPreloadedDoesNotReachWorkers()
{
    if (isSanitized())
        QSKIP("a sanitizer wants to be preloaded itself");
    QuoinProcess &server = m_ground->server();
    auto environment = server.environment();
    environment.insert(u"LD_PRELOAD"_s, u"libutil.so.1"_s); // harmless, and there with every libc
    environment.insert(u"LD_LIBRARY_PATH"_s, u"/nowhere"_s);
    server.setEnvironment(environment);
    QVERIFY2(server.start(), server.report());
    const QList<qint64> workers = server.children();
    QCOMPARE(workers.size(), 1);
    QFile own(u"/proc/%1/environ"_s.arg(server.processId()));
    QFile workers1(u"/proc/%1/environ"_s.arg(workers.first()));
    QVERIFY(own.open(QIODevice::ReadOnly) && workers1.open(QIODevice::ReadOnly));
    QVERIFY(own.readAll().contains("LD_PRELOAD="));
    const QByteArray inherited = workers1.readAll().replace('\0', '\n');
    QVERIFY(inherited.contains("HOME="));
    QVERIFY2(!inherited.contains("LD_"), inherited);
}

void SupervisorTest::badPluginsDoNotKeepItFromStarting()
{
    QStringList bad{u"refusingstart"_s, u"throwingstart"_s, u"hangingdescribe"_s, u"exitingconstructor"_s};
    if (!isSanitized())
        bad << u"crashingstart"_s << u"crashinginitialiser"_s;
    for (const QString &id : bad)
        m_ground->drop(id);
    m_ground->drop(u"truncated"_s, PluginGround::built(u"good"_s).first(1000));
    QuoinProcess &server = m_ground->server();
    QVERIFY2(server.start(), server.report());
    QCOMPARE(m_ground->get("/good/3").body, "3");
    for (const QString &id : bad + QStringList{u"truncated"_s})
        QVERIFY2(m_ground->lines({"refused file=", '/' + id.toUtf8() + ".so "}) == 1, server.report());
}

void SupervisorTest::aDatabaseThatIsAwayDelaysAnUpgradeOnly()
{
    if (PostgresServer::binaries().isEmpty())
        QSKIP("install the Debian package postgresql");
    PostgresServer postgres;
    QVERIFY2(postgres.start() && postgres.createDatabase(u"away"_s), postgres.log());
    QuoinProcess &server = m_ground->server();
    server.set(u"database.url"_s, postgres.url(u"away"_s));
    m_ground->dropChanging(u"1.0.0"_s);
    QVERIFY2(server.start(), server.report());
    postgres.stop();
    m_ground->dropChanging(u"2.0.0"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"the present ones go on"}) > 0, server.report(), 60'000);
    QCOMPARE(m_ground->get("/changing").body, "1.0.0");
    QVERIFY2(postgres.start(), postgres.log());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "2.0.0", 60'000);
}

void SupervisorTest::aFolderThatOthersMayWriteIsRefused()
{
    QuoinProcess &server = m_ground->server();
    QVERIFY(QFile::setPermissions(m_ground->folder(), QFileDevice::Permissions(0x7777)));
    QVERIFY2(!server.start(), server.report());
    const auto exit = server.waitForExit();
    QVERIFY2(exit.has_value() && *exit != 0, server.report());
    QVERIFY2(m_ground->lines({"cannot start", m_ground->folder().toUtf8(), "0777"}) == 1, server.report());
}

void SupervisorTest::oneProcessIsEnough()
{
    QuoinProcess &server = m_ground->server();
    server.setCommand({u"serve"_s, u"--single"_s});
    QVERIFY2(server.start(), server.report());
    QCOMPARE(server.children(), QList<qint64>());
    QCOMPARE(m_ground->get("/good/5").body, "5");
    QCOMPARE(HttpClient(server.port()).post("/record", "[1]").status, 200);
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(server), QString(), 30'000);
}

void SupervisorTest::cleanup()
{
    if (m_ground->server().isRunning() && !QTest::currentTestFailed()) {
        m_ground->server().terminate();
        QVERIFY2(m_ground->server().waitForExit() == 0, m_ground->server().report());
    }
    m_ground.reset();
}

QTEST_GUILESS_MAIN(SupervisorTest)
#include "tst_supervisor.moc"
