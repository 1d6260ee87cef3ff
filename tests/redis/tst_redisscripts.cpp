// SPDX-License-Identifier: GPL-3.0-only
#include "answers.h"
#include "redis/connection.h"
#include "support/redisserver.h"

#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::ErrorKind;
using quoin::Result;
using quoin::redis::Connection;
using quoin::redis::ConnectionOptions;
using quoin::redis::Reply;
using quoin::redis::Script;
using quoin::redis::Url;
using quoin::test::Answers;
using quoin::test::RedisServer;

/// Transactions and scripts: what is more than one command.
class TestRedisScripts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();

    void aTransactionAnswersWithItsList();
    void aFaultWithinATransactionIsAReplyInItsList();
    void aTransactionThatRedisDoesNotAcceptFailsAsAWholeWithItsWords();
    void transactionsAndCommandsKeepTheirOrder();

    void aScriptIsSentOnceAndThenNamed();
    void aScriptThatRedisForgotIsSentAgain();
    void aScriptsErrorIsTold();

private:
    RedisServer m_server;
    std::unique_ptr<Connection> m_connection;
};

void TestRedisScripts::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    QVERIFY2(m_server.start(), m_server.log().constData());
}

void TestRedisScripts::init()
{
    m_server.cli({u"FLUSHALL"_s});
    m_connection = std::make_unique<Connection>(*Url::parse(m_server.url()),
                                                ConnectionOptions{.purpose = u"test"_s, .timeout = 20s});
    m_connection->open();
    QTRY_VERIFY(m_connection->isOpen());
}

void TestRedisScripts::aTransactionAnswersWithItsList()
{
    Answers answers;
    m_connection->transaction({{"SET", "a", "1"}, {"INCR", "a"}, {"GET", "nothing"}}, answers.take());
    m_connection->transaction({}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(2));
    QVERIFY(answers.at(0));
    QCOMPARE(answers.at(0)->list.size(), qsizetype(3));
    QCOMPARE(answers.at(0)->list[0].text, QByteArray("OK"));
    QCOMPARE(answers.at(0)->list[1].integer, qint64(2));
    QVERIFY(answers.at(0)->list[2].isNil());
    QVERIFY(answers.at(1));
    QVERIFY(answers.at(1)->list.isEmpty());
}

void TestRedisScripts::aFaultWithinATransactionIsAReplyInItsList()
{
    Answers answers;
    m_connection->transaction({{"SET", "a", "word"}, {"INCR", "a"}, {"SET", "b", "1"}}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(1));
    QVERIFY(answers.at(0));
    QVERIFY(answers.at(0)->list[1].isFault());
    QVERIFY(answers.at(0)->list[1].text.contains("not an integer"));
    QCOMPARE(m_server.cli({u"GET"_s, u"b"_s}), QByteArray("1"));
}

void TestRedisScripts::aTransactionThatRedisDoesNotAcceptFailsAsAWholeWithItsWords()
{
    Answers answers;
    m_connection->transaction({{"SET", "a", "1"}, {"NOSUCHCOMMAND"}, {"SET", "b", "1"}}, answers.take());
    m_connection->transaction({{"SET", "c", "1"}}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(2));
    QVERIFY(!answers.at(0));
    QVERIFY2(answers.at(0).error().message().contains("NOSUCHCOMMAND"_L1), qPrintable(answers.at(0).error().message()));
    QVERIFY(answers.at(1));
    QCOMPARE(m_server.cli({u"EXISTS"_s, u"a"_s, u"b"_s, u"c"_s}), QByteArray("1"));
}

void TestRedisScripts::transactionsAndCommandsKeepTheirOrder()
{
    QByteArrayList order;
    for (int i = 0; i < 100; ++i) {
        m_connection->send({"INCR", "n"}, [&order](const Result<Reply> &result) {
            order.append(QByteArray::number(result->integer));
        });
        m_connection->transaction({{"INCR", "n"}, {"INCR", "n"}}, [&order](const Result<Reply> &result) {
            for (const Reply &reply : result->list)
                order.append(QByteArray::number(reply.integer));
        });
    }
    QTRY_COMPARE(order.size(), qsizetype(300));
    for (qsizetype i = 0; i < order.size(); ++i)
        QCOMPARE(order[i], QByteArray::number(i + 1));
}

void TestRedisScripts::aScriptIsSentOnceAndThenNamed()
{
    m_server.cli({u"CONFIG"_s, u"RESETSTAT"_s});
    const Script script("return {KEYS[1], ARGV[1], ARGV[2]}");
    Answers answers;
    for (int i = 0; i < 3; ++i)
        m_connection->run(script, {"key"}, {"a", "b"}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(3));
    for (qsizetype i = 0; i < 3; ++i) {
        QVERIFY(answers.at(i));
        QCOMPARE(answers.at(i)->list.size(), qsizetype(3));
        QCOMPARE(answers.at(i)->list[2].text, QByteArray("b"));
    }
    const QByteArray calls = m_server.cli({u"INFO"_s, u"commandstats"_s});
    QVERIFY2(calls.contains("cmdstat_eval:calls=1,"), calls.constData());
    QVERIFY2(calls.contains("cmdstat_evalsha:calls=2,"), calls.constData());
}

void TestRedisScripts::aScriptThatRedisForgotIsSentAgain()
{
    const Script script("return redis.call('INCRBY', KEYS[1], ARGV[1])");
    Answers answers;
    m_connection->run(script, {"n"}, {"5"}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(1));
    m_server.cli({u"SCRIPT"_s, u"FLUSH"_s});
    for (int i = 0; i < 10; ++i)
        m_connection->run(script, {"n"}, {"5"}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(11));
    for (qsizetype i = 0; i < answers.count(); ++i) {
        QVERIFY(answers.at(i));
        QCOMPARE(answers.at(i)->integer, 5 * (i + 1));
    }
}

void TestRedisScripts::aScriptsErrorIsTold()
{
    Answers answers;
    m_connection->run(Script("this is no Lua"), {}, {}, answers.take());
    m_connection->run(Script("return redis.call('INCR', KEYS[1], 'too', 'many')"), {"n"}, {}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(2));
    for (qsizetype i = 0; i < answers.count(); ++i) {
        QVERIFY(!answers.at(i));
        QCOMPARE(answers.at(i).error().kind(), ErrorKind::Internal);
        QVERIFY2(answers.at(i).error().message().contains("ERR"_L1), qPrintable(answers.at(i).error().message()));
    }
}

QTEST_GUILESS_MAIN(TestRedisScripts)
#include "tst_redisscripts.moc"
