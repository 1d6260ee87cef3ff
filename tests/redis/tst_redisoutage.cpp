// SPDX-License-Identifier: GPL-3.0-only
#include "answers.h"
#include "loglines.h"
#include "redis/connection.h"
#include "support/redisserver.h"

#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::Result;
using quoin::redis::Connection;
using quoin::redis::ConnectionOptions;
using quoin::redis::Reply;
using quoin::redis::Script;
using quoin::redis::Url;
using quoin::test::Answers;
using quoin::test::ask;
using quoin::test::LogLines;
using quoin::test::RedisServer;

/// Redis goes and comes back.
class TestRedisOutage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void awayFromTheStartCommandsAreRefusedAtOnce();
    void aKilledRedisAnswersWhatWaitedAndHealsByItself_data();
    void aKilledRedisAnswersWhatWaitedAndHealsByItself();
    void anOutageIsOneLineInTheLogAndSoIsItsEnd();
    void aQuietConnectionLogsNothing();
    void scriptsWorkAfterRedisForgotThem();
    void aTransactionThatIsCutIsAnsweredOnce();
    void aConnectionMayBeDeletedWhenItsCommandsAreLost();
    void aConnectionMayBeClosedAndOpenedWhenItsCommandsAreLost();
    void manyCommandsAreAnsweredOnceEachWhenRedisIsKilled();
    void closedWhileAwayItStaysClosed();

private:
    std::unique_ptr<RedisServer> m_server;
};

void TestRedisOutage::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
}

void TestRedisOutage::init()
{
    m_server = std::make_unique<RedisServer>();
    QVERIFY2(m_server->start(), m_server->log().constData());
}

void TestRedisOutage::awayFromTheStartCommandsAreRefusedAtOnce()
{
    m_server->stop();
    Connection connection(*Url::parse(m_server->url()), {u"test"_s});
    QSignalSpy lost(&connection, &Connection::lost);
    Answers answers;
    connection.send({"PING"}, answers.take());
    connection.open();
    connection.send({"PING"}, answers.take());
    QTRY_COMPARE(lost.size(), qsizetype(1));
    connection.send({"PING"}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(3));
    for (qsizetype i = 0; i < 3; ++i)
        QVERIFY(answers.isUnavailable(i));
    QVERIFY2(connection.trouble().contains(u"refused"_s), qPrintable(connection.trouble()));

    QVERIFY(m_server->restart());
    QTRY_VERIFY(connection.isOpen());
    QVERIFY(ask(connection, {"PING"}));
    QCOMPARE(lost.size(), qsizetype(1));
}

void TestRedisOutage::aKilledRedisAnswersWhatWaitedAndHealsByItself_data()
{
    QTest::addColumn<bool>("isKept");
    QTest::addColumn<bool>("isSocket");
    QTest::newRow("with its data") << true << false;
    QTest::newRow("empty") << false << false;
    QTest::newRow("with its data, over a socket") << true << true;
}

void TestRedisOutage::aKilledRedisAnswersWhatWaitedAndHealsByItself()
{
    QFETCH(bool, isKept);
    QFETCH(bool, isSocket);
    Connection connection(*Url::parse(isSocket ? m_server->socketUrl(3) : m_server->url(3)), {u"test"_s});
    QSignalSpy lost(&connection, &Connection::lost);
    QSignalSpy opened(&connection, &Connection::opened);
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    QVERIFY(ask(connection, {"SET", "a", "1"}));

    m_server->hang(); // so that the command waits for certain
    Answers answers;
    connection.send({"INCR", "a"}, answers.take());
    QCoreApplication::processEvents();
    m_server->stop();
    QTRY_COMPARE(answers.count(), qsizetype(1));
    QVERIFY(answers.isUnavailable(0));
    QVERIFY(!connection.isOpen());
    QTRY_COMPARE(lost.size(), qsizetype(1));

    QVERIFY(m_server->restart(isKept ? RedisServer::Data::Keep : RedisServer::Data::Drop));
    QTRY_COMPARE(opened.size(), qsizetype(2));
    const auto reply = ask(connection, {"GET", "a"});
    QVERIFY(reply);
    QCOMPARE(reply->isNil(), !isKept);
    QCOMPARE(answers.count(), qsizetype(1));
    QCOMPARE(lost.size(), qsizetype(1));
}

void TestRedisOutage::anOutageIsOneLineInTheLogAndSoIsItsEnd()
{
    const LogLines log;
    Connection connection(*Url::parse(m_server->url()), {.purpose = u"test"_s, .firstPause = 1ms, .longestPause = 2ms});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    QCOMPARE(log.with(u"redis"_s).size(), qsizetype(0));
    for (int outage = 1; outage <= 3; ++outage) {
        m_server->stop();
        QTRY_VERIFY(!connection.isOpen());
        QTest::qWait(50); // attempts that fail, each of which could be a line
        QVERIFY(m_server->restart());
        QTRY_VERIFY(connection.isOpen());
        QCOMPARE(log.with(u"redis away url="_s + m_server->url() + u" purpose=test error="_s).size(),
                 qsizetype(outage));
        QCOMPARE(log.with(u"redis back url="_s + m_server->url() + u" purpose=test"_s).size(), qsizetype(outage));
        QCOMPARE(log.with(u"redis"_s).size(), qsizetype(2 * outage));
    }
}

void TestRedisOutage::aQuietConnectionLogsNothing()
{
    const LogLines log;
    Connection connection(*Url::parse(m_server->url()), {.purpose = u"test"_s, .isQuiet = true});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    m_server->stop();
    QTRY_VERIFY(!connection.isOpen());
    QVERIFY(m_server->restart());
    QTRY_VERIFY(connection.isOpen());
    QCOMPARE(log.with(u"redis"_s).size(), qsizetype(0));
}

void TestRedisOutage::scriptsWorkAfterRedisForgotThem()
{
    Connection connection(*Url::parse(m_server->url()), {u"test"_s});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    const Script script("return redis.call('INCR', KEYS[1])");
    Answers answers;
    for (int i = 0; i < 3; ++i) {
        connection.run(script, {"a"}, {}, answers.take());
        QTRY_COMPARE(answers.count(), qsizetype(i + 1));
        QVERIFY(answers.at(i));
        QCOMPARE(answers.at(i)->integer, qint64(1));
        m_server->stop();
        QTRY_VERIFY(!connection.isOpen());
        QVERIFY(m_server->restart(RedisServer::Data::Drop));
        QTRY_VERIFY(connection.isOpen());
    }
}

void TestRedisOutage::aTransactionThatIsCutIsAnsweredOnce()
{
    Connection connection(*Url::parse(m_server->url()), {u"test"_s});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    m_server->hang();
    Answers answers;
    connection.transaction({{"INCR", "a"}, {"INCR", "a"}}, answers.take());
    connection.send({"INCR", "a"}, answers.take());
    QCoreApplication::processEvents();
    m_server->stop();
    QTRY_COMPARE(answers.count(), qsizetype(2));
    QVERIFY(answers.isUnavailable(0));
    QVERIFY(answers.isUnavailable(1));
}

void TestRedisOutage::aConnectionMayBeDeletedWhenItsCommandsAreLost()
{
    auto connection = std::make_unique<Connection>(*Url::parse(m_server->url()), ConnectionOptions{u"test"_s});
    connection->open();
    QTRY_VERIFY(connection->isOpen());
    m_server->hang();
    int answered = 0;
    for (int i = 0; i < 100; ++i) {
        connection->send({"PING"}, [&, i](const Result<Reply> &) {
            ++answered;
            if (i == 50)
                connection.reset();
        });
    }
    m_server->stop();
    QTRY_COMPARE(answered, 100);
    QVERIFY(!connection);
}

void TestRedisOutage::aConnectionMayBeClosedAndOpenedWhenItsCommandsAreLost()
{
    Connection connection(*Url::parse(m_server->url()), {u"test"_s});
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    m_server->hang();
    int answered = 0;
    for (int i = 0; i < 10; ++i) {
        connection.send({"PING"}, [&](const Result<Reply> &) {
            ++answered;
            connection.close();
            connection.open();
        });
    }
    m_server->stop();
    QTRY_COMPARE(answered, 10);
    QVERIFY(m_server->restart());
    QTRY_VERIFY(connection.isOpen());
    QVERIFY(ask(connection, {"PING"}));
    QVERIFY(lost.size() <= 1); // that of the new attempts, if Redis was not back yet
}

void TestRedisOutage::manyCommandsAreAnsweredOnceEachWhenRedisIsKilled()
{
    Connection connection(*Url::parse(m_server->url()), {u"test"_s});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    constexpr int count = 50000;
    std::vector<int> answers(count);
    qint64 highest = 0;
    int bad = 0;
    for (int i = 0; i < count; ++i) {
        connection.send({"INCR", "a"}, [&, i](const Result<Reply> &result) {
            ++answers[static_cast<std::size_t>(i)];
            if (result && result->integer != i + 1)
                ++bad;
            if (result)
                highest = result->integer;
        });
    }
    QTRY_VERIFY(highest > 0);
    m_server->stop();
    QTRY_VERIFY(!connection.isOpen());
    QCOMPARE(connection.pending(), 0);
    QCOMPARE(std::count(answers.begin(), answers.end(), 1), count);
    QCOMPARE(bad, 0);
    QVERIFY(m_server->restart());
    QVERIFY(m_server->cli({u"GET"_s, u"a"_s}).toLongLong() >= highest); // it counted what it said
}

void TestRedisOutage::closedWhileAwayItStaysClosed()
{
    m_server->stop();
    Connection connection(*Url::parse(m_server->url()), {.purpose = u"test"_s, .firstPause = 1ms, .longestPause = 2ms});
    QSignalSpy opened(&connection, &Connection::opened);
    connection.open();
    QTRY_VERIFY(!connection.trouble().isEmpty());
    connection.close();
    QVERIFY(m_server->restart());
    QTest::qWait(50); // for attempts that must not be
    QCOMPARE(opened.size(), qsizetype(0));
    connection.open();
    QTRY_COMPARE(opened.size(), qsizetype(1));
}

QTEST_GUILESS_MAIN(TestRedisOutage)
#include "tst_redisoutage.moc"
