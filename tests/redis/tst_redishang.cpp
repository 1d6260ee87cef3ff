// SPDX-License-Identifier: GPL-3.0-only
#include "answers.h"
#include "cannedserver.h"
#include "redis/connection.h"
#include "support/redisserver.h"

#include <QPointer>
#include <QSignalSpy>
#include <QTest>
#include <QThread>
#include <QTimer>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::redis::Connection;
using quoin::redis::Url;
using quoin::test::Answers;
using quoin::test::ask;
using quoin::test::CannedServer;
using quoin::test::RedisServer;

/// Redis keeps its connection and says nothing, or is only slow.
class TestRedisHang : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void aRedisThatHangsIsDroppedAndItsCommandsAnswered();
    void aRedisThatHangsAtTheGreetingIsAwayUntilItGoesOn();
    void aBusyEventLoopIsNotTakenForAHangingRedis();
    void aSlowReplyThatKeepsComingIsNotTakenForAHang();
    void aSlowReceiverOfALongCommandIsNotTakenForAHang();
    void withoutATimeoutACommandMayTakeItsTime();

private:
    RedisServer m_server;
};

void TestRedisHang::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    QVERIFY2(m_server.start(), m_server.log().constData());
}

void TestRedisHang::aRedisThatHangsIsDroppedAndItsCommandsAnswered()
{
    Connection connection(*Url::parse(m_server.url()), {.purpose = u"test"_s, .timeout = 1000ms});
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    m_server.hang();
    Answers answers;
    for (int i = 0; i < 100; ++i)
        connection.send({"INCR", "a"}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(100));
    for (qsizetype i = 0; i < 100; ++i)
        QVERIFY(answers.isUnavailable(i));
    QTRY_COMPARE(lost.size(), qsizetype(1));
    QVERIFY2(lost.first().first().toString().contains(u"not answered"_s), qPrintable(connection.trouble()));
    connection.send({"INCR", "a"}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(101));
    QVERIFY(answers.isUnavailable(100));

    m_server.resume();
    QTRY_VERIFY(connection.isOpen());
    QVERIFY(ask(connection, {"PING"}));
    QCOMPARE(lost.size(), qsizetype(1));
}

void TestRedisHang::aRedisThatHangsAtTheGreetingIsAwayUntilItGoesOn()
{
    m_server.hang(); // the kernel accepts connections nevertheless
    Connection connection(*Url::parse(m_server.url()), {.purpose = u"test"_s, .timeout = 100ms});
    connection.open();
    QTRY_VERIFY2(connection.trouble().contains(u"did not answer"_s), qPrintable(connection.trouble()));
    m_server.resume();
    QTRY_VERIFY(connection.isOpen());
}

void TestRedisHang::aBusyEventLoopIsNotTakenForAHangingRedis()
{
    Connection connection(*Url::parse(m_server.url()), {.purpose = u"test"_s, .timeout = 1000ms});
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    Answers answers;
    for (int i = 0; i < 2; ++i) {
        connection.send({"PING"}, answers.take()); // not sent yet
        QThread::msleep(1200);
        QCoreApplication::processEvents(); // sent
        QThread::msleep(1200);
    }
    QTRY_COMPARE(answers.count(), qsizetype(2));
    for (qsizetype i = 0; i < 2; ++i)
        QVERIFY(answers.at(i));
    QCOMPARE(lost.size(), qsizetype(0));
}

void TestRedisHang::aSlowReplyThatKeepsComingIsNotTakenForAHang()
{
    QPointer<QTcpSocket> slow;
    CannedServer canned([&slow](const QByteArray &received, QTcpSocket *socket) {
        socket->write(CannedServer::replyToEach(received, [&](const QByteArray &word) -> QByteArray {
            if (word == "GET")
                slow = socket;
            return word == "GET" ? "$40\r\n" : (word == "PING" ? "+PONG\r\n" : "+OK\r\n");
        }));
    });
    Connection connection(*Url::parse(canned.url()), {.purpose = u"test"_s, .timeout = 1000ms});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    QTimer timer;
    int left = 42;
    connect(&timer, &QTimer::timeout, this, [&] {
        if (slow && left-- > 0)
            slow->write(left > 1 ? "x" : (left == 1 ? "\r" : "\n"));
    });
    timer.start(40); // a quarter of the timeout is room for a machine that is busy
    Answers answers;
    connection.send({"GET", "a"}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(1));
    QVERIFY(answers.at(0));
    QCOMPARE(answers.at(0)->text, QByteArray(40, 'x'));
}

void TestRedisHang::aSlowReceiverOfALongCommandIsNotTakenForAHang()
{
    constexpr qsizetype size = 24 << 20;
    qsizetype received = 0;
    QPointer<QTcpSocket> reader;
    CannedServer canned([&](const QByteArray &bytes, QTcpSocket *socket) {
        if (!reader) {
            socket->write(CannedServer::replyToEach(
                bytes, [](const QByteArray &word) { return word == "PING" ? "+PONG\r\n" : "+OK\r\n"; }));
            if (bytes.contains("PING")) {
                reader = socket;
                socket->setReadBufferSize(1);
            }
            return;
        }
        received += bytes.size();
    });
    Connection connection(*Url::parse(canned.url()), {.purpose = u"test"_s, .timeout = 1000ms});
    connection.open();
    QTRY_VERIFY(connection.isOpen() && reader);
    QTimer timer;
    connect(&timer, &QTimer::timeout, this, [&] {
        if (!reader)
            return;
        if (received < size) {
            reader->setReadBufferSize(512 * 1024);
            received += reader->read(512 * 1024).size();
        } else {
            reader->write("+OK\r\n");
            reader = nullptr;
        }
    });
    timer.start(35);
    Answers answers;
    connection.send({"SET", "a", QByteArray(size, 'x')}, answers.take());
    QTRY_COMPARE_WITH_TIMEOUT(answers.count(), qsizetype(1), 20000);
    QVERIFY2(answers.at(0), qPrintable(connection.trouble()));
}

void TestRedisHang::withoutATimeoutACommandMayTakeItsTime()
{
    Connection connection(*Url::parse(m_server.url()), {.purpose = u"test"_s, .timeout = 0ms});
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    const auto reply = ask(connection, {"BLPOP", "nothing", "1.5"});
    QVERIFY(reply);
    QVERIFY(reply->isNil());
    QCOMPARE(lost.size(), qsizetype(0));
}

QTEST_GUILESS_MAIN(TestRedisHang)
#include "tst_redishang.moc"
