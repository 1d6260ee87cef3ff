// SPDX-License-Identifier: GPL-3.0-only
#include "answers.h"
#include "redis/connection.h"
#include "support/redisserver.h"

#include <QPointer>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::Error;
using quoin::ErrorKind;
using quoin::Result;
using quoin::redis::Connection;
using quoin::redis::ConnectionOptions;
using quoin::redis::Reply;
using quoin::redis::Script;
using quoin::redis::Url;
using quoin::test::Answers;
using quoin::test::ask;
using quoin::test::RedisServer;

/// What a connection does while all is well.
class TestRedisConnection : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void repliesComeInTheOrderOfTheCommands();
    void anAnswerNeverComesFromWithinTheCall();
    void anEmptyAnswerIsAllowed();
    void bytesComeBackAsTheyWere_data();
    void bytesComeBackAsTheyWere();
    void hugeRepliesComeWhole();
    void listsComeWithAllThatIsInThem();
    void anErrorHasItsKind_data();
    void anErrorHasItsKind();
    void aCommandWithoutAWordIsRefused();

    void moreThanAllowedAreRefusedAtOnceAndTheRestIsServed();
    void closeAnswersEverythingOnceAndOpenStartsAnew();
    void aConnectionMayBeDeletedInAnAnswer_data();
    void aConnectionMayBeDeletedInAnAnswer();
    void aConnectionMayBeDeletedInASignal_data();
    void aConnectionMayBeDeletedInASignal();
    void manyConnectionsGoAndLeaveNothing();

private:
    std::unique_ptr<Connection> connected(const ConnectionOptions &options = {u"test"_s});

    RedisServer m_server;
    std::unique_ptr<Connection> m_connection;
};

void TestRedisConnection::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    QVERIFY2(m_server.start(), m_server.log().constData());
}

void TestRedisConnection::init()
{
    m_server.cli({u"FLUSHALL"_s});
    m_connection = connected({.purpose = u"test"_s, .timeout = 20s});
    QVERIFY(m_connection);
}

void TestRedisConnection::cleanup() { m_connection.reset(); }

std::unique_ptr<Connection> TestRedisConnection::connected(const ConnectionOptions &options)
{
    auto connection = std::make_unique<Connection>(*Url::parse(m_server.url()), options);
    connection->open();
    if (!QTest::qWaitFor([&connection] { return connection->isOpen(); }, 20000))
        connection.reset();
    return connection;
}

void TestRedisConnection::repliesComeInTheOrderOfTheCommands()
{
    constexpr int count = 20000;
    QList<qint64> numbers;
    for (int i = 0; i < count; ++i)
        m_connection->send({"INCR", "hits"},
                           [&numbers](const Result<Reply> &result) { numbers.append(result ? result->integer : -1); });
    QCOMPARE(m_connection->pending(), count);
    QTRY_COMPARE_WITH_TIMEOUT(numbers.size(), qsizetype(count), 20000);
    for (int i = 0; i < count; ++i)
        QCOMPARE(numbers[i], i + 1);
    QCOMPARE(m_connection->pending(), 0);
}

void TestRedisConnection::anAnswerNeverComesFromWithinTheCall()
{
    Answers answers;
    m_connection->send({"PING"}, answers.take());
    m_connection->run(Script("return 1"), {}, {}, answers.take());
    m_connection->transaction({{"PING"}}, answers.take());
    Connection closed(*Url::parse(m_server.url()));
    closed.send({"PING"}, answers.take());
    closed.run(Script("return 1"), {}, {}, answers.take());
    closed.transaction({{"PING"}}, answers.take());
    QCOMPARE(answers.count(), qsizetype(0));
    QTRY_COMPARE(answers.count(), qsizetype(6));
    int unavailable = 0;
    for (qsizetype i = 0; i < answers.count(); ++i)
        unavailable += answers.isUnavailable(i) ? 1 : 0;
    QCOMPARE(unavailable, 3);
}

void TestRedisConnection::anEmptyAnswerIsAllowed()
{
    m_connection->send({"SET", "a", "1"}, {});
    m_connection->run(Script("return redis.call('INCR', 'a')"), {}, {}, {});
    m_connection->transaction({{"INCR", "a"}}, {});
    const auto reply = ask(*m_connection, {"GET", "a"});
    QVERIFY(reply);
    QCOMPARE(reply->text, QByteArray("3"));
    m_connection->close();
    m_connection->send({"SET", "a", "1"}, {});
}

void TestRedisConnection::bytesComeBackAsTheyWere_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QByteArray all;
    for (int i = 0; i < 256; ++i)
        all.append(static_cast<char>(i));
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("every byte") << all;
    QTest::newRow("zeros") << QByteArray(5, '\0');
    QTest::newRow("protocol") << QByteArray("\r\n$3\r\n*1\r\n+OK\r\n");
    QTest::newRow("a megabyte") << QByteArray(1 << 20, '\xff');
}

void TestRedisConnection::bytesComeBackAsTheyWere()
{
    QFETCH(QByteArray, bytes);
    QVERIFY(ask(*m_connection, {"HSET", "key" + bytes.left(300), "field" + bytes.left(300), bytes}));
    const auto reply = ask(*m_connection, {"HGETALL", "key" + bytes.left(300)});
    QVERIFY(reply && reply->isList());
    QCOMPARE(reply->list.size(), qsizetype(2));
    QCOMPARE(reply->list[0].text, "field" + bytes.left(300));
    QVERIFY(reply->list[1].isText());
    QCOMPARE(reply->list[1].text, bytes);
}

void TestRedisConnection::hugeRepliesComeWhole()
{
    QByteArray huge(100 << 20, 'x');
    huge[12345678] = 'y';
    QVERIFY(ask(*m_connection, {"SET", "huge", huge}));
    const auto reply = ask(*m_connection, {"GET", "huge"});
    QVERIFY(reply);
    QVERIFY(reply->text == huge);
    QVERIFY(ask(*m_connection, {"DEL", "huge"}));

    QByteArrayList command{"RPUSH", "list"};
    for (int i = 0; i < 200'000; ++i)
        command.append(QByteArray::number(i));
    QVERIFY(ask(*m_connection, command));
    const auto list = ask(*m_connection, {"LRANGE", "list", "0", "-1"});
    QVERIFY(list);
    QCOMPARE(list->list.size(), qsizetype(200'000));
    QCOMPARE(list->list.last().text, QByteArray("199999"));
}

void TestRedisConnection::listsComeWithAllThatIsInThem()
{
    std::optional<Reply> reply;
    m_connection->run(Script("return {1, 'two', false, {3, {'four'}}, redis.error_reply('ERR five'), {}}"), {}, {},
                      [&reply](const Result<Reply> &result) { reply = result ? *result : Reply(); });
    QTRY_VERIFY(reply);
    QCOMPARE(reply->list.size(), qsizetype(6));
    QCOMPARE(reply->list[0].integer, qint64(1));
    QCOMPARE(reply->list[1].text, QByteArray("two"));
    QVERIFY(reply->list[2].isNil());
    QCOMPARE(reply->list[3].list[1].list[0].text, QByteArray("four"));
    QVERIFY(reply->list[4].isFault());
    QCOMPARE(reply->list[4].text, QByteArray("ERR five"));
    QVERIFY(reply->list[5].isList());
}

void TestRedisConnection::anErrorHasItsKind_data()
{
    QTest::addColumn<QByteArray>("words");
    QTest::addColumn<ErrorKind>("kind");
    for (const char *word : {"LOADING", "READONLY", "OOM", "MISCONF", "MASTERDOWN", "NOREPLICAS", "BUSY", "CLUSTERDOWN",
                             "TRYAGAIN", "UNBLOCKED"})
        QTest::newRow(word) << QByteArray(word) + " of some kind" << ErrorKind::Unavailable;
    for (const char *word : {"ERR", "WRONGTYPE", "NOPERM", "NOAUTH", "EXECABORT", "LOADINGS", "BUSYKEY"})
        QTest::newRow(word) << QByteArray(word) + " of some kind" << ErrorKind::Internal;
}

void TestRedisConnection::anErrorHasItsKind()
{
    QFETCH(QByteArray, words);
    QFETCH(ErrorKind, kind);
    std::optional<Error> error;
    m_connection->run(Script("return redis.error_reply(ARGV[1])"), {}, {words},
                      [&error](const Result<Reply> &result) { error = result ? Error() : result.error(); });
    QTRY_VERIFY(error);
    QCOMPARE(error->kind(), kind);
    QVERIFY2(error->message().contains(QString::fromUtf8(words)), qPrintable(error->message()));
}

void TestRedisConnection::aCommandWithoutAWordIsRefused()
{
    Answers answers;
    m_connection->send({}, answers.take());
    QTRY_COMPARE(answers.count(), qsizetype(1));
    QCOMPARE(answers.at(0).error().kind(), ErrorKind::Internal);
    QVERIFY(ask(*m_connection, {"PING"}));
}

void TestRedisConnection::moreThanAllowedAreRefusedAtOnceAndTheRestIsServed()
{
    constexpr int all = 1'000'000;
    int served = 0;
    int refused = 0;
    int wrong = 0;
    m_connection = connected({.purpose = u"test"_s, .timeout = 60s, .mostPending = 50'000});
    QVERIFY(m_connection);
    for (int i = 0; i < all; ++i) {
        m_connection->send({"INCR", "n"}, [&](const Result<Reply> &result) {
            if (result)
                wrong += result->integer == ++served ? 0 : 1;
            else if (result.error().kind() == ErrorKind::Unavailable)
                ++refused;
        });
    }
    QCOMPARE(m_connection->pending(), 50'000);
    QTRY_COMPARE_WITH_TIMEOUT(served + refused, all, 60000);
    QCOMPARE(served, 50'000);
    QCOMPARE(wrong, 0);
    QCOMPARE(m_server.cli({u"GET"_s, u"n"_s}), QByteArray("50000"));
    QVERIFY(ask(*m_connection, {"PING"}));
}

void TestRedisConnection::closeAnswersEverythingOnceAndOpenStartsAnew()
{
    QSignalSpy lost(m_connection.get(), &Connection::lost);
    Answers answers;
    for (int i = 0; i < 1000; ++i)
        m_connection->send({"INCR", "n"}, answers.take());
    m_connection->transaction({{"INCR", "n"}}, answers.take());
    m_connection->close();
    QVERIFY(!m_connection->isOpen());
    QCOMPARE(answers.count(), qsizetype(1001));
    for (qsizetype i = 0; i < answers.count(); ++i)
        QVERIFY(answers.isUnavailable(i));

    m_connection->send({"PING"}, answers.take());
    m_connection->close();
    QCOMPARE(answers.count(), qsizetype(1002));

    m_connection->open();
    QTRY_VERIFY(m_connection->isOpen());
    QVERIFY(ask(*m_connection, {"PING"}));
    QCOMPARE(answers.count(), qsizetype(1002));
    QCOMPARE(lost.size(), qsizetype(0));
}

void TestRedisConnection::aConnectionMayBeDeletedInAnAnswer_data()
{
    QTest::addColumn<int>("at");
    QTest::addColumn<QString>("closed");
    QTest::newRow("the first reply") << 0 << u"never"_s;
    QTest::newRow("one in the middle") << 50 << u"never"_s;
    QTest::newRow("the last") << 99 << u"never"_s;
    QTest::newRow("one that was refused") << 50 << u"before"_s;
    QTest::newRow("one that close() answers") << 50 << u"behind"_s;
}

void TestRedisConnection::aConnectionMayBeDeletedInAnAnswer()
{
    QFETCH(int, at);
    QFETCH(QString, closed);
    if (closed == u"before"_s)
        m_connection->close();
    int answered = 0;
    for (int i = 0; i < 100; ++i) {
        m_connection->send({"PING"}, [this, i, at, &answered](const Result<Reply> &) {
            ++answered;
            if (i == at)
                m_connection.reset();
        });
    }
    if (closed == u"behind"_s)
        m_connection->close();
    QTRY_VERIFY(!m_connection);
    QTRY_COMPARE(answered, 100);
}

void TestRedisConnection::aConnectionMayBeDeletedInASignal_data()
{
    QTest::addColumn<bool>("isLost");
    QTest::newRow("opened") << false;
    QTest::newRow("lost") << true;
}

void TestRedisConnection::aConnectionMayBeDeletedInASignal()
{
    QFETCH(bool, isLost);
    auto *connection = new Connection(*Url::parse(m_server.url()), {u"test"_s});
    const QPointer<Connection> guard(connection);
    Answers answers;
    const auto end = [connection, &answers] {
        connection->send({"PING"}, answers.take());
        delete connection;
    };
    if (isLost)
        connect(connection, &Connection::lost, this, end);
    else
        connect(connection, &Connection::opened, this, end);
    connection->open();
    if (isLost) {
        QTRY_VERIFY(connection->isOpen());
        m_server.cli({u"CLIENT"_s, u"KILL"_s, u"TYPE"_s, u"normal"_s});
    }
    QTRY_VERIFY(!guard);
    QCOMPARE(answers.count(), qsizetype(1));
    QVERIFY(answers.isUnavailable(0));
}

void TestRedisConnection::manyConnectionsGoAndLeaveNothing()
{
    Answers answers;
    for (int i = 0; i < 200; ++i) {
        Connection connection(*Url::parse(m_server.url()), {u"test"_s});
        connection.open();
        for (int turn = 0; turn < i % 7; ++turn)
            QCoreApplication::processEvents();
        connection.send({"PING"}, answers.take());
    }
    QCOMPARE(answers.count(), qsizetype(200));
    m_connection.reset();
    QTRY_COMPARE(m_server.cli({u"CLIENT"_s, u"LIST"_s, u"TYPE"_s, u"normal"_s}).count("name=quoin"), 0);
}

QTEST_GUILESS_MAIN(TestRedisConnection)
#include "tst_redisconnection.moc"
