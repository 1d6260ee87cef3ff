// SPDX-License-Identifier: GPL-3.0-only
#include "pluginground.h"
#include "support/servicemanager.h"

#include <QFile>
#include <QRegularExpression>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <csignal>
#include <ctime>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// What the service manager is told, and what a container runtime is answered.
class LifecycleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void readyIsToldWhenItServesAndNotBefore_data();
    void readyIsToldWhenItServesAndNotBefore();
    void aStartThatFailsIsNeverReady();
    void aReloadIsToldFromItsBeginningToItsEnd();
    void stoppingIsToldWithTheTimeItMayTake();
    void signsOfLifeComeWhileTheSupervisorIsAlive();
    void noProcessBelowSpeaksForTheService();
    void theHealthCheckSaysReadyOrNot();
    void theHealthCheckSaysWhatIsWrong();
    void theHealthCheckIsNobodysProxy();
    void theHealthCheckNeedsAnAddress_data();
    void theHealthCheckNeedsAnAddress();
    void cleanup();

private:
    void addVariable(const QString &name, const QString &value);
    void hangUp() { ::kill(static_cast<pid_t>(m_server->processId()), SIGHUP); }
    QuoinProcess &asker();

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<TestServiceManager> m_manager;
    std::unique_ptr<QuoinProcess> m_server;
    std::unique_ptr<QTemporaryDir> m_place;
    std::unique_ptr<QuoinProcess> m_asker;
};

void LifecycleTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_manager = std::make_unique<TestServiceManager>(m_directory->filePath(u"notify"_s));
    m_server = std::make_unique<QuoinProcess>(m_directory->path());
    addVariable(u"NOTIFY_SOCKET"_s, QString::fromLocal8Bit(m_manager->address()));
}

void LifecycleTest::cleanup()
{
    m_asker.reset();
    m_server.reset();
    m_manager.reset();
}

void LifecycleTest::addVariable(const QString &name, const QString &value)
{
    auto environment = m_server->environment();
    environment.insert(name, value);
    m_server->setEnvironment(environment);
}

/// For commands beside the server.
QuoinProcess &LifecycleTest::asker()
{
    m_place = std::make_unique<QTemporaryDir>();
    m_asker = std::make_unique<QuoinProcess>(m_place->path());
    return *m_asker;
}

void LifecycleTest::readyIsToldWhenItServesAndNotBefore_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::addColumn<QByteArray>("told");
    QTest::newRow("serve") << QStringList{u"serve"_s}
                           << "^Serving http://127.0.0.1:[0-9]+; generation 1, 2 workers$"_ba;
    QTest::newRow("serve --single") << QStringList{u"serve"_s, u"--single"_s}
                                    << "^Serving http://127.0.0.1:[0-9]+ in one process$"_ba;
    QTest::newRow("worker") << QStringList{u"worker"_s} << "^Running tasks; generation 1, 1 worker$"_ba;
    QTest::newRow("worker with a page")
        << QStringList{u"worker"_s, u"--worker.listen=127.0.0.1:0"_s}
        << "^Running tasks, health and metrics at http://127.0.0.1:[0-9]+; generation 1, 1 worker$"_ba;
}

void LifecycleTest::readyIsToldWhenItServesAndNotBefore()
{
    QFETCH(const QStringList, command);
    QFETCH(const QByteArray, told);
    m_server->setCommand(command);
    m_server->set(u"http.workers"_s, u"2"_s);
    QVERIFY2(m_server->start(), m_server->report());
    QTRY_COMPARE(m_manager->count("READY=1"), 1);
    QCOMPARE(m_manager->heard().size(), 1);
    QTRY_VERIFY(m_server->output().contains(command.contains(u"worker"_s) ? "running tasks" : "listening"));
    const QString status = QString::fromUtf8(m_manager->latest("STATUS"));
    QVERIFY2(QRegularExpression(QString::fromUtf8(told)).match(status).hasMatch(), qPrintable(status));
    if (m_server->port() != 0)
        QCOMPARE(HttpClient(m_server->port()).get("/readyz").status, 200);
}

void LifecycleTest::aStartThatFailsIsNeverReady()
{
    QTcpServer nobody; // a port that is free, and stays so
    QVERIFY(nobody.listen(QHostAddress::LocalHost));
    const QString url = u"postgresql://me@127.0.0.1:%1/none"_s.arg(nobody.serverPort());
    nobody.close();
    m_server->set(u"database.url"_s, url);
    QVERIFY(!m_server->start());
    QCOMPARE(m_server->waitForExit(), 1);
    QCOMPARE(m_manager->count("READY=1"), 0);
    QVERIFY2(m_manager->latest("STATUS").startsWith("Cannot start: "), m_manager->latest("STATUS"));
}

void LifecycleTest::aReloadIsToldFromItsBeginningToItsEnd()
{
    QVERIFY2(m_server->start(), m_server->report());
    QTRY_COMPARE(m_manager->count("READY=1"), 1);
    timespec before{};
    ::clock_gettime(CLOCK_MONOTONIC, &before);

    hangUp(); // nothing has changed
    QTRY_COMPARE(m_manager->count("READY=1"), 2);
    QCOMPARE(m_manager->count("RELOADING=1"), 1);
    const qint64 told = m_manager->latest("MONOTONIC_USEC").toLongLong();
    QVERIFY(told >= before.tv_sec * 1'000'000 + before.tv_nsec / 1000); // else systemd takes it for an older reload
    QVERIFY(m_manager->latest("STATUS").contains("generation 1,"));

    m_server->writeSettings("[http]\nmax_body = 2MiB\n");
    hangUp();
    QTRY_COMPARE(m_manager->count("READY=1"), 3);
    QCOMPARE(m_manager->count("RELOADING=1"), 2);
    QVERIFY(m_manager->latest("STATUS").contains("generation 2,")); // not before it serves

    m_server->writeSettings("[http]\nmax_body = much\n");
    hangUp();
    QTRY_COMPARE(m_manager->count("READY=1"), 4); // it goes on, as before
    QVERIFY(m_manager->latest("STATUS").contains("generation 2,"));
}

void LifecycleTest::stoppingIsToldWithTheTimeItMayTake()
{
    m_server->set(u"shutdown.delay"_s, u"10min"_s);
    m_server->set(u"shutdown.timeout"_s, u"20s"_s);
    QVERIFY2(m_server->start(), m_server->report());
    m_server->terminate();
    QTRY_COMPARE(m_manager->count("STOPPING=1"), 1);
    QVERIFY(m_manager->latest("EXTEND_TIMEOUT_USEC").toLongLong() >= 620'000'000);
    QVERIFY(m_server->isRunning());
    m_server->terminate();
    QCOMPARE(m_server->waitForExit(), 0);
    QCOMPARE(m_manager->count("STOPPING=1"), 1);
}

void LifecycleTest::signsOfLifeComeWhileTheSupervisorIsAlive()
{
    addVariable(u"WATCHDOG_USEC"_s, u"200000"_s);
    QVERIFY2(m_server->start(), m_server->report());
    QTRY_VERIFY(m_manager->count("WATCHDOG=1") >= 3);
    const auto process = static_cast<pid_t>(m_server->processId());
    ::kill(process, SIGSTOP);
    QTest::qWait(150); // what was on its way
    const qsizetype before = m_manager->count("WATCHDOG=1");
    QTest::qWait(500);
    QCOMPARE(m_manager->count("WATCHDOG=1"), before);
    ::kill(process, SIGCONT);
    QTRY_VERIFY(m_manager->count("WATCHDOG=1") > before);
}

void LifecycleTest::noProcessBelowSpeaksForTheService()
{
    addVariable(u"WATCHDOG_USEC"_s, u"30000000"_s);
    addVariable(u"LISTEN_PID"_s, u"1"_s);
    addVariable(u"LISTEN_FDS"_s, u"1"_s);
    QVERIFY2(m_server->start(), m_server->report());
    QVERIFY(!m_server->children().isEmpty());
    for (const qint64 child : m_server->children()) {
        QFile file(u"/proc/%1/environ"_s.arg(child));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray environment = '\0' + file.readAll();
        for (const QByteArray name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS"})
            QVERIFY2(!environment.contains('\0' + name + '='), name);
    }
}

void LifecycleTest::theHealthCheckSaysReadyOrNot()
{
    m_server->set(u"shutdown.delay"_s, u"10min"_s);
    QVERIFY2(m_server->start(), m_server->report());
    const QStringList everywhere{u"healthcheck"_s, u"--http.listen"_s, u"0.0.0.0:%1"_s.arg(m_server->port())};
    QuoinProcess &command = asker();
    QVERIFY(command.run(everywhere));
    QCOMPARE(command.waitForExit(), 0);
    QCOMPARE(command.output(), "ready http://127.0.0.1:" + QByteArray::number(m_server->port()) + "/readyz\n");

    m_server->terminate();
    QTRY_COMPARE(HttpClient(m_server->port()).get("/readyz").status, 503);
    QVERIFY(command.run(everywhere));
    QCOMPARE(command.waitForExit(), 1);
    QVERIFY2(command.output().contains("503 accepting: the server is shutting down"), command.output());
    QVERIFY(command.run(everywhere + QStringList{u"--live"_s}));
    QCOMPARE(command.waitForExit(), 0);
    QVERIFY2(command.output().startsWith("alive "), command.output());
}

void LifecycleTest::theHealthCheckSaysWhatIsWrong()
{
    QTcpServer silent; // takes the connection and never answers
    QVERIFY(silent.listen(QHostAddress::LocalHost));
    const QStringList there{u"healthcheck"_s, u"--http.listen"_s, u"127.0.0.1:%1"_s.arg(silent.serverPort())};
    QuoinProcess &command = asker();
    QVERIFY(command.run(there + QStringList{u"--timeout"_s, u"100ms"_s}));
    QCOMPARE(command.waitForExit(), 1);
    QVERIFY2(command.output().endsWith("no whole answer in time\n"), command.output());
    silent.close();
    QVERIFY(command.run(there));
    QCOMPARE(command.waitForExit(), 1);
    QVERIFY2(command.output().contains("refused"), command.output());
    QCOMPARE(command.output().count('\n'), 1);
}

/// Whom the server takes for a proxy has to speak as one.
void LifecycleTest::theHealthCheckIsNobodysProxy()
{
    m_server->set(u"http.proxy_protocol"_s, u"required"_s);
    m_server->set(u"http.proxies"_s, u"127.0.0.0/8"_s);
    m_server->set(u"auth.anonymous_writes"_s, u"true"_s);
    QVERIFY2(m_server->start(), m_server->report());
    const QStringList there{u"healthcheck"_s, u"--http.listen"_s, u"127.0.0.1:%1"_s.arg(m_server->port())};
    QuoinProcess &command = asker();
    QVERIFY(command.run(there + QStringList{u"--http.proxy_protocol=required"_s, u"--http.proxies=127.0.0.0/8"_s}));
    QCOMPARE(command.waitForExit(), 0);
    QVERIFY2(command.output().startsWith("ready "), command.output());
    QVERIFY(command.run(there)); // with other settings than the server's
    QCOMPARE(command.waitForExit(), 1);
}

void LifecycleTest::theHealthCheckNeedsAnAddress_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("why");
    QTest::newRow("any port") << QStringList{u"--http.listen"_s, u"127.0.0.1:0"_s} << "any free port"_ba;
    QTest::newRow("no worker's address") << QStringList{u"--worker"_s} << "worker.listen is not set"_ba;
    QTest::newRow("a worker's any port") << QStringList{u"--worker"_s, u"--worker.listen"_s, u"127.0.0.1:0"_s}
                                         << "worker.listen takes any free port"_ba;
    QTest::newRow("no address") << QStringList{u"--http.listen"_s, u"here"_s} << "expected an address"_ba;
    QTest::newRow("no time") << QStringList{u"--timeout"_s, u"soon"_s} << "--timeout soon: expected a duration"_ba;
}

void LifecycleTest::theHealthCheckNeedsAnAddress()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, why);
    QuoinProcess &command = asker();
    QVERIFY(command.run(QStringList{u"healthcheck"_s} + arguments));
    QCOMPARE(command.waitForExit(), 2);
    QVERIFY2(command.output().contains(why), command.output());
}

QTEST_GUILESS_MAIN(LifecycleTest)
#include "tst_lifecycle.moc"
