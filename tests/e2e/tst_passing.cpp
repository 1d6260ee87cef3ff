// SPDX-License-Identifier: GPL-3.0-only
#include "slowclients.h"
#include "support/quoinprocess.h"
#include "support/servicemanager.h"

#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>
#include <QUdpSocket>

#include <atomic>
#include <thread>
#include <vector>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Sockets that the service manager opened and keeps: who comes while the service is away waits.
class PassingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void theSocketTakesThePlaceOfHttpListen_data();
    void theSocketTakesThePlaceOfHttpListen();
    void aRestartRefusesNobody();
    void whoCanReachTheSocketCounts();
    void whatCannotBeServedOnStopsTheStart();
    void cleanup();

private:
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QuoinProcess> m_server;
    std::unique_ptr<QTcpServer> m_socket;
};

namespace {

/// Asks again and again, each time on a new connection, and counts what became of it.
class NewClients
{
public:
    NewClients(quint16 port, int clients)
    {
        for (int i = 0; i < clients; ++i)
            m_threads.emplace_back([this, port] { ask(port); });
    }
    ~NewClients() { finish(); }

    void finish()
    {
        m_stop = true;
        for (std::thread &thread : m_threads) {
            if (thread.joinable())
                thread.join();
        }
    }

    std::atomic<int> answers = 0;
    std::atomic<int> refused = 0; ///< No connection.
    std::atomic<int> cutOff = 0;  ///< A connection, and no answer.

private:
    void ask(quint16 port)
    {
        while (!m_stop) {
            HttpClient client(port, std::chrono::seconds(60));
            if (!client.open())
                ++refused;
            else if (client.get("/healthz").status == 200)
                ++answers;
            else
                ++cutOff;
        }
    }

    std::atomic<bool> m_stop = false;
    std::vector<std::thread> m_threads;
};

} // namespace

void PassingTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<QuoinProcess>(m_directory->path());
    m_socket = std::make_unique<QTcpServer>();
    QVERIFY(m_socket->listen(QHostAddress::LocalHost));
    m_socket->pauseAccepting(); // that is the program's
    m_server->setSockets({static_cast<int>(m_socket->socketDescriptor())});
}

void PassingTest::cleanup() { m_server.reset(); }

void PassingTest::theSocketTakesThePlaceOfHttpListen_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::newRow("serve") << QStringList{u"serve"_s};
    QTest::newRow("serve --single") << QStringList{u"serve"_s, u"--single"_s};
}

void PassingTest::theSocketTakesThePlaceOfHttpListen()
{
    QFETCH(const QStringList, command);
    m_server->setCommand(command);
    m_server->set(u"http.listen"_s, u"192.0.2.1:1"_s); // which nobody here could open
    QVERIFY2(m_server->start(), m_server->report());
    QCOMPARE(m_server->port(), m_socket->serverPort());
    QCOMPARE(HttpClient(m_socket->serverPort()).get("/readyz").status, 200);
    m_server->terminate();
    QVERIFY2(m_server->waitForExit() == 0, m_server->report());
}

void PassingTest::aRestartRefusesNobody()
{
    QVERIFY2(m_server->start(), m_server->report());
    NewClients clients(m_socket->serverPort(), 8);
    for (int i = 0; i < 3; ++i) {
        const int before = clients.answers;
        QTRY_VERIFY2(clients.answers >= before + 200, m_server->report());
        m_server->terminate();
        QVERIFY2(m_server->waitForExit() == 0, m_server->report());
        QVERIFY2(m_server->start(), m_server->report());
    }
    const int before = clients.answers;
    QTRY_VERIFY2(clients.answers >= before + 200, m_server->report());
    clients.finish();
    QCOMPARE(clients.refused.load(), 0);
    // Who was let in just before the end and had not yet asked may be turned away, once a client and restart at most.
    QVERIFY2(clients.cutOff <= 3 * 8, qPrintable(QString::number(clients.cutOff)));
    qInfo() << clients.answers.load() << "answers," << clients.cutOff.load() << "connections closed before they asked";
}

/// As with http.listen: beyond this host, somebody has to say who may write.
void PassingTest::whoCanReachTheSocketCounts()
{
    QTcpServer everywhere;
    QVERIFY(everywhere.listen(QHostAddress::AnyIPv4));
    everywhere.pauseAccepting();
    m_server->setSockets({static_cast<int>(everywhere.socketDescriptor())});
    m_server->set(u"http.listen"_s, u"127.0.0.1:0"_s);
    QVERIFY(!m_server->start());
    QCOMPARE(m_server->waitForExit(), 2);
    QVERIFY2(m_server->output().contains("socket of the service manager: http.listen = \"0.0.0.0:"),
             m_server->report());

    m_server->set(u"auth.anonymous_writes"_s, u"false"_s);
    QVERIFY(!m_server->start());
    m_server->set(u"auth.anonymous_writes"_s, u"true"_s);
    QVERIFY2(m_server->start(), m_server->report());
    QCOMPARE(m_server->port(), everywhere.serverPort());
}

void PassingTest::whatCannotBeServedOnStopsTheStart()
{
    QUdpSocket datagrams;
    QVERIFY(datagrams.bind(QHostAddress::LocalHost));
    m_server->setSockets(
        {static_cast<int>(m_socket->socketDescriptor()), static_cast<int>(datagrams.socketDescriptor())});
    QVERIFY(!m_server->start());
    QCOMPARE(m_server->waitForExit(), 2);
    QVERIFY2(m_server->output().contains("the service manager passed descriptor 4, and it is not a TCP socket"),
             m_server->report());
}

QTEST_GUILESS_MAIN(PassingTest)
#include "tst_passing.moc"
