// SPDX-License-Identifier: GPL-3.0-only
#include "answers.h"
#include "cannedserver.h"
#include "loglines.h"
#include "redis/connection.h"
#include "support/redisserver.h"

#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::redis::Connection;
using quoin::redis::ConnectionOptions;
using quoin::redis::Url;
using quoin::test::Answers;
using quoin::test::ask;
using quoin::test::CannedServer;
using quoin::test::LogLines;
using quoin::test::RedisServer;

namespace {

const ConnectionOptions impatient{.purpose = u"test"_s, .timeout = 300ms, .firstPause = 1ms, .longestPause = 5ms};

/// What a Redis says that is well, but for one command.
CannedServer::Conduct answering(const QByteArray &command, const QByteArray &reply)
{
    return [command, reply](const QByteArray &received, QTcpSocket *socket) {
        socket->write(CannedServer::replyToEach(received, [&](const QByteArray &word) -> QByteArray {
            if (word == command)
                return reply;
            return word == "PING" ? "+PONG\r\n" : "+OK\r\n";
        }));
    };
}

} // namespace

/// Who we are and which database, and how what is wrong with it is told.
class TestRedisGreeting : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void aRedisIsReached_data();
    void aRedisIsReached();
    void theDatabaseIsTheUrls();
    void theConnectionHasItsPurposesName();
    void theUserIsTheUrls();
    void aUserWithFewRightsIsEnough();

    void whatIsRefusedIsToldOnceAndTriedAgain_data();
    void whatIsRefusedIsToldOnceAndTriedAgain();
    void aRefusalDuringAnOutageIsToldToo();
    void aMendedPasswordIsNoticed();

    void whatIsNotReadyIsAwayUntilItIs_data();
    void whatIsNotReadyIsAwayUntilItIs();
    void whatIsNoRedisIsTold_data();
    void whatIsNoRedisIsTold();
    void aNameThatNobodyKnowsIsTold();
    void aSocketThatIsNotThereIsTold();

private:
    RedisServer m_server;
    RedisServer m_locked; ///< Asks for a password.
};

void TestRedisGreeting::initTestCase()
{
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    QVERIFY2(m_server.start(), m_server.log().constData());
    QVERIFY2(m_locked.start({u"--requirepass"_s, u"right/secret"_s}), m_locked.log().constData());
    QCOMPARE(m_locked.cli({u"ACL"_s, u"SETUSER"_s, u"anna"_s, u"on"_s, u">apple"_s, u"~*"_s, u"&*"_s, u"+@all"_s}),
             QByteArray("OK"));
    QCOMPARE(m_locked.cli({u"ACL"_s, u"SETUSER"_s, u"few"_s, u"on"_s, u">pear"_s, u"~hits"_s, u"+incr"_s}),
             QByteArray("OK"));
}

void TestRedisGreeting::aRedisIsReached_data()
{
    QTest::addColumn<QString>("url");
    const QString locked = u"127.0.0.1:%1"_s.arg(m_locked.port());
    QTest::newRow("address") << m_server.url();
    QTest::newRow("name") << u"redis://localhost:%1"_s.arg(m_server.port());
    QTest::newRow("socket") << m_server.socketUrl();
    QTest::newRow("redis-py's socket") << u"unix://%1?db=3"_s.arg(m_server.socketPath());
    QTest::newRow("database") << m_server.url(15);
    QTest::newRow("password") << u"redis://:right%2Fsecret@"_s + locked;
    QTest::newRow("password and the default user") << u"redis://default:right%2Fsecret@"_s + locked;
    QTest::newRow("password and database") << u"redis://:right%2Fsecret@"_s + locked + u"/2"_s;
    QTest::newRow("user") << u"redis://anna:apple@"_s + locked;
    QTest::newRow("password over a socket") << u"unix://:right%2Fsecret@%1"_s.arg(m_locked.socketPath());
}

void TestRedisGreeting::aRedisIsReached()
{
    QFETCH(QString, url);
    Connection connection(*Url::parse(url), {u"test"_s});
    connection.open();
    QTRY_VERIFY2(connection.isOpen(), qPrintable(connection.trouble()));
    const auto reply = ask(connection, {"ECHO", "hello"});
    QVERIFY(reply);
    QCOMPARE(reply->text, QByteArray("hello"));
}

void TestRedisGreeting::theDatabaseIsTheUrls()
{
    Connection connection(*Url::parse(m_server.url(7)), {u"test"_s});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    QVERIFY(ask(connection, {"SET", "where", "seven"}));
    QCOMPARE(m_server.cli({u"-n"_s, u"7"_s, u"GET"_s, u"where"_s}), QByteArray("seven"));
    QCOMPARE(m_server.cli({u"GET"_s, u"where"_s}), QByteArray());
}

void TestRedisGreeting::theConnectionHasItsPurposesName()
{
    Connection connection(*Url::parse(m_server.url()), {u"counters"_s});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    const auto name = ask(connection, {"CLIENT", "GETNAME"});
    QVERIFY(name);
    QCOMPARE(name->text, QByteArray("quoin.counters"));
}

void TestRedisGreeting::theUserIsTheUrls()
{
    Connection connection(*Url::parse(u"redis://anna:apple@127.0.0.1:%1"_s.arg(m_locked.port())), {u"test"_s});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    const auto user = ask(connection, {"ACL", "WHOAMI"});
    QVERIFY(user);
    QCOMPARE(user->text, QByteArray("anna"));
}

void TestRedisGreeting::aUserWithFewRightsIsEnough()
{
    Connection connection(*Url::parse(u"redis://few:pear@127.0.0.1:%1"_s.arg(m_locked.port())), {u"test"_s});
    connection.open();
    QTRY_VERIFY2(connection.isOpen(), qPrintable(connection.trouble()));
    const auto reply = ask(connection, {"INCR", "hits"});
    QVERIFY(reply);
    QCOMPARE(reply->integer, qint64(1));
}

void TestRedisGreeting::whatIsRefusedIsToldOnceAndTriedAgain_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("told");
    const QString locked = u"127.0.0.1:%1"_s.arg(m_locked.port());
    QTest::newRow("no password") << m_locked.url() << u"Redis asks for a password"_s;
    QTest::newRow("no password, a database") << m_locked.url(2) << u"Redis asks for a password"_s;
    QTest::newRow("wrong password") << u"redis://:wrong@"_s + locked << u"user or password of the URL is refused"_s;
    QTest::newRow("unknown user") << u"redis://bert:apple@"_s + locked << u"user or password of the URL is refused"_s;
    QTest::newRow("a password nobody asks for")
        << u"redis://:wrong@127.0.0.1:%1"_s.arg(m_server.port()) << u"user or password of the URL is refused"_s;
    QTest::newRow("database too high") << m_server.url(16) << u"database 16 of the URL is refused"_s;
}

void TestRedisGreeting::whatIsRefusedIsToldOnceAndTriedAgain()
{
    QFETCH(QString, url);
    QFETCH(QString, told);
    const LogLines log;
    RedisServer &server = url.contains(QString::number(m_locked.port())) ? m_locked : m_server;
    const auto attempts = [&server] {
        const QByteArray stats = server.cli({u"INFO"_s, u"stats"_s});
        return stats.mid(stats.indexOf("total_connections_received:") + 27).split('\r').first().toInt();
    };
    const int before = attempts();

    Connection connection(*Url::parse(url), impatient);
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(attempts() > before + 50); // few of them are the command's line own
    QVERIFY(!connection.isOpen());
    QCOMPARE(lost.size(), qsizetype(1));
    QVERIFY2(connection.trouble().contains(told), qPrintable(connection.trouble()));
    QCOMPARE(log.with(u"redis away"_s).size(), qsizetype(1));
    QVERIFY(log.with(told).size() == 1);
    QVERIFY(log.with(u"wrong@"_s).isEmpty());
}

void TestRedisGreeting::aRefusalDuringAnOutageIsToldToo()
{
    const LogLines log;
    CannedServer::Conduct conduct = answering({}, {});
    CannedServer canned([&conduct](const QByteArray &received, QTcpSocket *socket) { conduct(received, socket); });
    Connection connection(*Url::parse(canned.url()), impatient);
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(connection.isOpen());

    conduct = [](const QByteArray &, QTcpSocket *socket) { socket->abort(); };
    connection.send({"PING"}, {});
    const int before = canned.accepted();
    QTRY_VERIFY(canned.accepted() > before + 5);
    QCOMPARE(log.with(u"redis away"_s).size(), qsizetype(1));

    conduct = answering("PING", "-NOAUTH Authentication required.\r\n");
    QTRY_COMPARE(log.with(u"redis away"_s).size(), qsizetype(2));
    QCOMPARE(log.with(u"asks for a password"_s).size(), qsizetype(1));
    const int then = canned.accepted();
    QTRY_VERIFY(canned.accepted() > then + 5);
    QCOMPARE(log.with(u"redis away"_s).size(), qsizetype(2));
    QCOMPARE(lost.size(), qsizetype(1));
}

void TestRedisGreeting::aMendedPasswordIsNoticed()
{
    const LogLines log;
    RedisServer server;
    QVERIFY(server.start());
    Connection connection(*Url::parse(u"redis://:secret@127.0.0.1:%1"_s.arg(server.port())), impatient);
    connection.open();
    QTRY_VERIFY(!connection.trouble().isEmpty());
    server.cli({u"CONFIG"_s, u"SET"_s, u"requirepass"_s, u"secret"_s});
    QTRY_VERIFY(connection.isOpen());
    QVERIFY(connection.trouble().isEmpty());
    QCOMPARE(log.with(u"redis away"_s).size(), qsizetype(1));
    QCOMPARE(log.with(u"redis back"_s).size(), qsizetype(1));
}

void TestRedisGreeting::whatIsNotReadyIsAwayUntilItIs_data()
{
    QTest::addColumn<QByteArray>("command");
    QTest::addColumn<QByteArray>("reply");
    QTest::newRow("loading") << QByteArray("PING") << QByteArray("-LOADING Redis is loading the dataset in memory\r\n");
    QTest::newRow("no master") << QByteArray("PING") << QByteArray("-MASTERDOWN Link with MASTER is down\r\n");
    QTest::newRow("a script runs") << QByteArray("PING") << QByteArray("-BUSY Redis is busy running a script.\r\n");
    QTest::newRow("too many clients") << QByteArray("PING") << QByteArray("-ERR max number of clients reached\r\n");
    QTest::newRow("too many clients, SELECT")
        << QByteArray("SELECT") << QByteArray("-ERR max number of clients reached\r\n");
    QTest::newRow("loading, AUTH") << QByteArray("AUTH") << QByteArray("-LOADING Redis is loading the dataset\r\n");
}

void TestRedisGreeting::whatIsNotReadyIsAwayUntilItIs()
{
    QFETCH(QByteArray, command);
    QFETCH(QByteArray, reply);
    const LogLines log;
    bool isReady = false;
    const auto notReady = answering(command, reply);
    const auto ready = answering({}, {});
    CannedServer canned([&](const QByteArray &received, QTcpSocket *socket) {
        isReady ? ready(received, socket) : notReady(received, socket);
    });
    auto url = *Url::parse(canned.url());
    url.database = 1;
    url.password = u"secret"_s;
    Connection connection(url, impatient);
    connection.open();
    QTRY_VERIFY(canned.accepted() > 5);
    QVERIFY(!connection.isOpen());
    QVERIFY2(connection.trouble().contains(QString::fromUtf8(reply.sliced(1).split(' ').first())),
             qPrintable(connection.trouble()));
    isReady = true;
    QTRY_VERIFY(connection.isOpen());
    QCOMPARE(log.with(u"redis away"_s).size(), qsizetype(1));
    QCOMPARE(log.with(u"redis back"_s).size(), qsizetype(1));
}

void TestRedisGreeting::whatIsNoRedisIsTold_data()
{
    QTest::addColumn<QByteArray>("reply");
    QTest::newRow("its own echo") << QByteArray();
    QTest::newRow("HTTP") << QByteArray("HTTP/1.1 400 Bad Request\r\n\r\n");
    QTest::newRow("another answer") << QByteArray("+HELLO\r\n+HELLO\r\n");
    QTest::newRow("too many answers") << QByteArray("+PONG\r\n+OK\r\n+MORE\r\n+MORE\r\n");
    QTest::newRow("zeros") << QByteArray(1000, '\0');
    QTest::newRow("a length that is none") << QByteArray("$-5\r\n");
    QTest::newRow("a list of lists of lists") << QByteArray("*1\r\n").repeated(100);
    QTest::newRow("a list too long") << QByteArray("*99999999999999999999\r\n");
}

void TestRedisGreeting::whatIsNoRedisIsTold()
{
    QFETCH(QByteArray, reply);
    CannedServer canned(
        [reply](const QByteArray &received, QTcpSocket *socket) { socket->write(reply.isEmpty() ? received : reply); });
    Connection connection(*Url::parse(canned.url()), impatient);
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_VERIFY(lost.size() >= 1);
    QTRY_VERIFY(canned.accepted() > 3);
    QVERIFY(!lost.first().first().toString().isEmpty());
}

void TestRedisGreeting::aNameThatNobodyKnowsIsTold()
{
    const QString name = QString(70, u'x'); // RFC 1035 section 2.3.4: a label has 63 characters at most
    Connection connection(*Url::parse(u"redis://"_s + name), impatient);
    connection.open();
    QTRY_VERIFY2(connection.trouble().contains(name), qPrintable(connection.trouble()));
    connection.close();
}

void TestRedisGreeting::aSocketThatIsNotThereIsTold()
{
    Connection connection(*Url::parse(u"unix:///nowhere/redis.sock"_s), impatient);
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QCOMPARE(lost.size(), qsizetype(0));
    QTRY_COMPARE(lost.size(), qsizetype(1));
    QVERIFY2(connection.trouble().contains(u"No such file"_s), qPrintable(connection.trouble()));
}

QTEST_GUILESS_MAIN(TestRedisGreeting)
#include "tst_redisgreeting.moc"
