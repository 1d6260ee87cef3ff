// SPDX-License-Identifier: GPL-3.0-only
#include "answers.h"
#include "cannedserver.h"
#include "redis/connection.h"
#include "support/redisserver.h"

#include <QPointer>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::ErrorKind;
using quoin::redis::Connection;
using quoin::redis::Url;
using quoin::test::Answers;
using quoin::test::ask;
using quoin::test::CannedServer;
using quoin::test::RedisServer;

/// A connection that listens.
class TestRedisSubscription : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void openedMeansThatNothingIsMissed();
    void aChannelMayBeAddedLater();
    void messagesComeInOrderAndAsTheyWere();
    void subscriptionsComeBack_data();
    void subscriptionsComeBack();
    void aSilentLinkThatHasGoneIsNoticed();
    void silenceAloneIsNoReasonToGo();
    void aSubscriptionThatIsRefusedIsTold();
    void itDoesNothingElse();
    void aConnectionMayBeDeletedInAMessage();

private:
    void publish(const QByteArray &channel, const QByteArray &payload);

    std::unique_ptr<RedisServer> m_server;
    std::unique_ptr<Connection> m_publisher;
};

void TestRedisSubscription::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
}

void TestRedisSubscription::init()
{
    m_publisher.reset();
    m_server = std::make_unique<RedisServer>();
    QVERIFY2(m_server->start(), m_server->log().constData());
    m_publisher = std::make_unique<Connection>(*Url::parse(m_server->url()),
                                               quoin::redis::ConnectionOptions{u"publisher"_s});
    m_publisher->open();
    QTRY_VERIFY(m_publisher->isOpen());
}

void TestRedisSubscription::publish(const QByteArray &channel, const QByteArray &payload)
{
    m_publisher->send({"PUBLISH", channel, payload}, {});
}

void TestRedisSubscription::openedMeansThatNothingIsMissed()
{
    Connection listener(*Url::parse(m_server->url(4)), {u"listener"_s});
    listener.subscribe("/4.celery.pidbox");
    listener.subscribe("other");
    listener.subscribe("other");
    QSignalSpy messages(&listener, &Connection::message);
    connect(&listener, &Connection::opened, this, [this] { publish("/4.celery.pidbox", "at once"); });
    listener.open();
    QTRY_COMPARE(messages.size(), qsizetype(1));
    QCOMPARE(messages[0][0].toByteArray(), QByteArray("/4.celery.pidbox"));
    QCOMPARE(messages[0][1].toByteArray(), QByteArray("at once"));
    publish("nobody's", "x");
    publish("other", "y");
    QTRY_COMPARE(messages.size(), qsizetype(2));
    QCOMPARE(messages[1][0].toByteArray(), QByteArray("other"));
}

void TestRedisSubscription::aChannelMayBeAddedLater()
{
    Connection listener(*Url::parse(m_server->url()), {u"listener"_s});
    QSignalSpy messages(&listener, &Connection::message);
    listener.open();
    QTRY_VERIFY(listener.isOpen());
    listener.subscribe("late");
    QTRY_COMPARE(listener.pending(), 0);
    publish("late", "x");
    QTRY_COMPARE(messages.size(), qsizetype(1));
}

void TestRedisSubscription::messagesComeInOrderAndAsTheyWere()
{
    Connection listener(*Url::parse(m_server->url()), {u"listener"_s});
    const QByteArray channel("\0\r\n\xff", 4);
    listener.subscribe(channel);
    QSignalSpy messages(&listener, &Connection::message);
    listener.open();
    QTRY_VERIFY(listener.isOpen());
    for (int i = 0; i < 5000; ++i)
        publish(channel, QByteArray::number(i) + QByteArray("\0\r\n$", 4));
    QTRY_COMPARE(messages.size(), qsizetype(5000));
    for (int i = 0; i < 5000; ++i)
        QCOMPARE(messages[i][1].toByteArray(), QByteArray::number(i) + QByteArray("\0\r\n$", 4));
}

void TestRedisSubscription::subscriptionsComeBack_data()
{
    QTest::addColumn<bool>("isKept");
    QTest::newRow("Redis with its data") << true;
    QTest::newRow("Redis empty") << false;
}

void TestRedisSubscription::subscriptionsComeBack()
{
    QFETCH(bool, isKept);
    Connection listener(*Url::parse(m_server->url()), {u"listener"_s});
    listener.subscribe("a");
    listener.subscribe("b");
    QSignalSpy messages(&listener, &Connection::message);
    QSignalSpy opened(&listener, &Connection::opened);
    listener.open();
    QTRY_COMPARE(opened.size(), qsizetype(1));
    for (int outage = 1; outage <= 3; ++outage) {
        m_server->stop();
        QTRY_VERIFY(!listener.isOpen());
        QVERIFY(m_server->restart(isKept ? RedisServer::Data::Keep : RedisServer::Data::Drop));
        QTRY_VERIFY(m_publisher->isOpen());
        QTRY_COMPARE(opened.size(), qsizetype(outage + 1));
        publish("a", "1");
        publish("b", "2");
        QTRY_COMPARE(messages.size(), qsizetype(2 * outage));
    }
}

void TestRedisSubscription::aSilentLinkThatHasGoneIsNoticed()
{
    Connection listener(*Url::parse(m_server->url()), {.purpose = u"listener"_s, .timeout = 100ms, .silence = 50ms});
    listener.subscribe("a");
    QSignalSpy messages(&listener, &Connection::message);
    QSignalSpy lost(&listener, &Connection::lost);
    listener.open();
    QTRY_VERIFY(listener.isOpen());
    m_server->hang();
    QTRY_COMPARE(lost.size(), qsizetype(1));
    m_server->resume();
    QTRY_VERIFY(listener.isOpen());
    QTRY_VERIFY(m_publisher->isOpen());
    publish("a", "1");
    QTRY_COMPARE(messages.size(), qsizetype(1));
}

void TestRedisSubscription::silenceAloneIsNoReasonToGo()
{
    int pings = 0;
    CannedServer canned([&pings](const QByteArray &received, QTcpSocket *socket) {
        socket->write(CannedServer::replyToEach(received, [&pings](const QByteArray &word) -> QByteArray {
            if (word == "SUBSCRIBE")
                return "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n";
            if (word == "PING")
                return ++pings == 1 ? "+PONG\r\n" : "*2\r\n$4\r\npong\r\n$0\r\n\r\n";
            return "+OK\r\n";
        }));
    });
    Connection listener(*Url::parse(canned.url()), {.purpose = u"listener"_s, .timeout = 100ms, .silence = 50ms});
    listener.subscribe("a");
    QSignalSpy lost(&listener, &Connection::lost);
    listener.open();
    QTRY_VERIFY(listener.isOpen());
    QTRY_VERIFY(pings >= 5); // the greeting's, and some in the silence
    QTRY_COMPARE(listener.pending(), 0);
    QCOMPARE(lost.size(), qsizetype(0));
}

void TestRedisSubscription::aSubscriptionThatIsRefusedIsTold()
{
    QCOMPARE(
        m_server->cli({u"ACL"_s, u"SETUSER"_s, u"deaf"_s, u"on"_s, u">x"_s, u"~*"_s, u"resetchannels"_s, u"+@all"_s}),
        QByteArray("OK"));
    Connection listener(*Url::parse(u"redis://deaf:x@127.0.0.1:%1"_s.arg(m_server->port())), {u"listener"_s});
    listener.subscribe("a");
    QSignalSpy lost(&listener, &Connection::lost);
    listener.open();
    QTRY_COMPARE(lost.size(), qsizetype(1));
    QVERIFY2(listener.trouble().contains(u"subscription is refused"_s), qPrintable(listener.trouble()));
}

void TestRedisSubscription::itDoesNothingElse()
{
    Connection listener(*Url::parse(m_server->url()), {u"listener"_s});
    listener.subscribe("a");
    listener.open();
    QTRY_VERIFY(listener.isOpen());
    Answers answers;
    listener.send({"PING"}, answers.take());
    listener.transaction({{"PING"}}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(2));
    QCOMPARE(answers.at(0).error().kind(), ErrorKind::Internal);
    QCOMPARE(answers.at(1).error().kind(), ErrorKind::Internal);
    QVERIFY(listener.isOpen());
}

void TestRedisSubscription::aConnectionMayBeDeletedInAMessage()
{
    auto *listener = new Connection(*Url::parse(m_server->url()), {u"listener"_s});
    const QPointer<Connection> guard(listener);
    listener->subscribe("a");
    listener->open();
    QTRY_VERIFY(listener->isOpen());
    int messages = 0;
    connect(listener, &Connection::message, this, [listener, &messages] {
        ++messages;
        delete listener;
    });
    for (int i = 0; i < 100; ++i)
        publish("a", "x");
    QTRY_VERIFY(!guard);
    QCOMPARE(ask(*m_publisher, {"PING"}).has_value(), true);
    QCOMPARE(messages, 1);
}

QTEST_GUILESS_MAIN(TestRedisSubscription)
#include "tst_redissubscription.moc"
