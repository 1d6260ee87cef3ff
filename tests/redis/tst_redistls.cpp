// SPDX-License-Identifier: GPL-3.0-only
#include "answers.h"
#include "certificates.h"
#include "redis/connection.h"
#include "redis/tls.h"
#include "support/redisserver.h"

#include <QSignalSpy>
#include <QStandardPaths>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using quoin::redis::Connection;
using quoin::redis::Url;
using quoin::test::Answers;
using quoin::test::ask;
using quoin::test::Certificates;
using quoin::test::RedisServer;

/// rediss://
class TestRedisTls : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();

    void withoutTlsInHiredisItIsToldSo();
    void aRedisWithACertificateOfTheAuthorityIsReached_data();
    void aRedisWithACertificateOfTheAuthorityIsReached();
    void theSystemsAuthoritiesAreTrusted();
    void whatCannotBeTrustedIsRefused_data();
    void whatCannotBeTrustedIsRefused();
    void aRedisThatAsksForACertificateGetsOurs();
    void muchGoesThroughInBothDirections();
    void itHealsAfterAKill();
    void aHandshakeThatHangsIsGivenUp();

private:
    QString address(const QString &host, const QString &options = {}) const
    {
        return u"rediss://%1:%2?%3"_s.arg(host).arg(m_port).arg(options);
    }
    QString trusting() const { return u"ssl_ca_certs="_s + m_certificates->authority(); }

    std::unique_ptr<Certificates> m_certificates;
    RedisServer m_server;
    quint16 m_port = 0;
};

void TestRedisTls::initTestCase()
{
    if (!quoin::redis::canTls())
        return;
    if (!RedisServer::isInstalled() || QStandardPaths::findExecutable(u"openssl"_s).isEmpty())
        QSKIP("redis-server or openssl is not installed");
    m_certificates = std::make_unique<Certificates>();
    m_certificates->make(u"server"_s, u"DNS:localhost,IP:127.0.0.1"_s);
    m_certificates->make(u"other"_s, u"DNS:redis.example,IP:127.0.0.9"_s);
    m_certificates->make(u"client"_s, u"DNS:client"_s);
    m_port = RedisServer::freePort();
    QVERIFY2(
        m_server.start({u"--tls-port"_s, QString::number(m_port), u"--tls-ca-cert-file"_s, m_certificates->authority(),
                        u"--tls-cert-file"_s, m_certificates->file(u"server"_s), u"--tls-key-file"_s,
                        m_certificates->key(u"server"_s), u"--tls-auth-clients"_s, u"optional"_s}),
        m_server.log().constData());
}

void TestRedisTls::withoutTlsInHiredisItIsToldSo()
{
    if (quoin::redis::canTls())
        QSKIP("this hiredis has TLS");
    if (!RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    RedisServer server;
    QVERIFY(server.start());
    Connection connection(*Url::parse(u"rediss://127.0.0.1:%1"_s.arg(server.port())), {u"test"_s});
    connection.open();
    QTRY_VERIFY2(connection.trouble().contains("this build's hiredis"_L1), qPrintable(connection.trouble()));
    QVERIFY(!connection.isOpen());
}

#define NEEDS_TLS \
    if (!quoin::redis::canTls()) \
    QSKIP("this hiredis has no TLS")

void TestRedisTls::aRedisWithACertificateOfTheAuthorityIsReached_data()
{
    QTest::addColumn<QString>("host");
    QTest::newRow("name") << u"localhost"_s;
    QTest::newRow("address") << u"127.0.0.1"_s;
}

void TestRedisTls::aRedisWithACertificateOfTheAuthorityIsReached()
{
    NEEDS_TLS;
    QFETCH(QString, host);
    Connection connection(*Url::parse(address(host, trusting())), {u"test"_s});
    connection.open();
    QTRY_VERIFY2(connection.isOpen(), qPrintable(connection.trouble()));
    const auto reply = ask(connection, {"ECHO", "hello"});
    QVERIFY(reply);
    QCOMPARE(reply->text, QByteArray("hello"));
}

void TestRedisTls::theSystemsAuthoritiesAreTrusted()
{
    NEEDS_TLS;
    qputenv("SSL_CERT_FILE", m_certificates->authority().toLocal8Bit());
    Connection connection(*Url::parse(address(u"localhost"_s)), {u"test"_s});
    connection.open();
    const bool isReached = QTest::qWaitFor([&connection] { return connection.isOpen(); }, testPatience);
    qunsetenv("SSL_CERT_FILE");
    QVERIFY2(isReached, qPrintable(connection.trouble()));
}

void TestRedisTls::whatCannotBeTrustedIsRefused_data()
{
    QTest::addColumn<QString>("certificate");
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("told");
    if (!quoin::redis::canTls()) {
        QTest::newRow("none") << QString() << QString() << QString();
        return;
    }
    QTest::newRow("unknown authority") << u"server"_s << address(u"localhost"_s) << u"certificate is not accepted"_s;
    QTest::newRow("another's name") << u"other"_s << address(u"localhost"_s, trusting()) << u"mismatch"_s;
    QTest::newRow("another's address") << u"other"_s << address(u"127.0.0.1"_s, trusting()) << u"mismatch"_s;
    QTest::newRow("no TLS there") << u"server"_s << u"rediss://127.0.0.1:%1?%2"_s.arg(m_server.port()).arg(trusting())
                                  << u"does it speak TLS"_s;
    QTest::newRow("TLS there, not here") << u"server"_s << u"redis://127.0.0.1:%1"_s.arg(m_port) << u""_s;
    QTest::newRow("no such authorities") << u"server"_s << address(u"localhost"_s, u"ssl_ca_certs=/nowhere.pem"_s)
                                         << u"/nowhere.pem"_s;
    QTest::newRow("no such certificate") << u"server"_s
                                         << address(u"localhost"_s, trusting() + u"&ssl_certfile=/nowhere.pem"_s)
                                         << u"/nowhere.pem"_s;
    QTest::newRow("a key of another") << u"server"_s
                                      << address(u"localhost"_s,
                                                 u"%1&ssl_certfile=%2&ssl_keyfile=%3"_s.arg(
                                                     trusting(), m_certificates->file(u"client"_s),
                                                     m_certificates->key(u"server"_s)))
                                      << u"the key"_s;
}

void TestRedisTls::whatCannotBeTrustedIsRefused()
{
    NEEDS_TLS;
    QFETCH(QString, certificate);
    QFETCH(QString, url);
    QFETCH(QString, told);
    QCOMPARE(m_server.cli({u"CONFIG"_s, u"SET"_s, u"tls-cert-file"_s, m_certificates->file(certificate),
                           u"tls-key-file"_s, m_certificates->key(certificate)}),
             QByteArray("OK"));
    Connection connection(*Url::parse(url), {.purpose = u"test"_s, .timeout = 500ms});
    QSignalSpy lost(&connection, &Connection::lost);
    connection.open();
    QTRY_COMPARE(lost.size(), qsizetype(1));
    QVERIFY(!connection.isOpen());
    QVERIFY2(connection.trouble().contains(told), qPrintable(connection.trouble()));
    m_server.cli({u"CONFIG"_s, u"SET"_s, u"tls-cert-file"_s, m_certificates->file(u"server"_s), u"tls-key-file"_s,
                  m_certificates->key(u"server"_s)});
}

void TestRedisTls::aRedisThatAsksForACertificateGetsOurs()
{
    NEEDS_TLS;
    QCOMPARE(m_server.cli({u"CONFIG"_s, u"SET"_s, u"tls-auth-clients"_s, u"yes"_s}), QByteArray("OK"));
    Connection without(*Url::parse(address(u"localhost"_s, trusting())), {.purpose = u"test"_s, .timeout = 500ms});
    without.open();
    QTRY_VERIFY(!without.trouble().isEmpty());

    const QString options = trusting() + u"&ssl_certfile="_s + m_certificates->file(u"client"_s);
    Connection with(
        *Url::parse(address(u"localhost"_s, options + u"&ssl_keyfile="_s + m_certificates->key(u"client"_s))),
        {u"test"_s});
    with.open();
    QTRY_VERIFY2(with.isOpen(), qPrintable(with.trouble()));
    m_server.cli({u"CONFIG"_s, u"SET"_s, u"tls-auth-clients"_s, u"optional"_s});
}

void TestRedisTls::muchGoesThroughInBothDirections()
{
    NEEDS_TLS;
    Connection connection(*Url::parse(address(u"localhost"_s, trusting())), {.purpose = u"test"_s, .timeout = 20s});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    Answers answers;
    QByteArray huge(20 << 20, 'x');
    huge[1234567] = 'y';
    for (int i = 0; i < 5000; ++i)
        connection.send({"INCR", "n"}, answers.take());
    connection.send({"SET", "huge", huge}, answers.take());
    connection.send({"GET", "huge"}, answers.take());
    for (int i = 0; i < 5000; ++i)
        connection.send({"INCR", "n"}, answers.take());
    QTRY_COMPARE_WITH_TIMEOUT(answers.count(), qsizetype(10002), 60000);
    for (qsizetype i = 0; i < 5000; ++i) {
        QCOMPARE(answers.at(i)->integer, i + 1);
        QCOMPARE(answers.at(i + 5002)->integer, i + 5001);
    }
    QVERIFY(answers.at(5001)->text == huge);
}

void TestRedisTls::itHealsAfterAKill()
{
    NEEDS_TLS;
    Connection connection(*Url::parse(address(u"localhost"_s, trusting())), {u"test"_s});
    connection.open();
    QTRY_VERIFY(connection.isOpen());
    m_server.stop();
    QTRY_VERIFY(!connection.isOpen());
    QVERIFY(m_server.restart());
    QTRY_VERIFY2(connection.isOpen(), qPrintable(connection.trouble()));
    QVERIFY(ask(connection, {"PING"}));
}

void TestRedisTls::aHandshakeThatHangsIsGivenUp()
{
    NEEDS_TLS;
    m_server.hang();
    Connection connection(*Url::parse(address(u"localhost"_s, trusting())), {.purpose = u"test"_s, .timeout = 200ms});
    connection.open();
    QTRY_VERIFY2(connection.trouble().contains("did not answer"_L1), qPrintable(connection.trouble()));
    m_server.resume();
    QTRY_VERIFY(connection.isOpen());
}

QTEST_GUILESS_MAIN(TestRedisTls)
#include "tst_redistls.moc"
