// SPDX-License-Identifier: GPL-3.0-only
#include "redis/url.h"

#include <QTest>

using namespace Qt::StringLiterals;
using quoin::ErrorKind;
using quoin::redis::Url;

/// What a URL of redis-py or Celery means here.
class TestRedisUrl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aUrlIsUnderstood_data();
    void aUrlIsUnderstood();
    void loginAndTlsAreUnderstood();
    void whatIsWrongIsNamed_data();
    void whatIsWrongIsNamed();
    void noMessageShowsThePassword_data();
    void noMessageShowsThePassword();
};

void TestRedisUrl::aUrlIsUnderstood_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("shown");
    QTest::newRow("scheme alone") << u"redis://"_s << u"redis://127.0.0.1:6379/0"_s;
    QTest::newRow("host") << u"redis://redis"_s << u"redis://redis:6379/0"_s;
    QTest::newRow("the tutorial's") << u"redis://redis:6379"_s << u"redis://redis:6379/0"_s;
    QTest::newRow("slash") << u"redis://redis:6379/"_s << u"redis://redis:6379/0"_s;
    QTest::newRow("database") << u"redis://redis:6379/3"_s << u"redis://redis:6379/3"_s;
    QTest::newRow("kombu's two slashes") << u"redis://redis:6379//3"_s << u"redis://redis:6379/3"_s;
    QTest::newRow("database as option") << u"redis://redis:6379?db=4"_s << u"redis://redis:6379/4"_s;
    QTest::newRow("the option counts") << u"redis://redis:6379/1?db=4"_s << u"redis://redis:6379/4"_s;
    QTest::newRow("password") << u"redis://:secret@redis:6379/0"_s << u"redis://:***@redis:6379/0"_s;
    QTest::newRow("user") << u"redis://anna:secret@redis:6379/0"_s << u"redis://anna:***@redis:6379/0"_s;
    QTest::newRow("encoded login") << u"redis://a%40b:p%2Fq%3A@redis"_s << u"redis://a@b:***@redis:6379/0"_s;
    QTest::newRow("password as option") << u"redis://redis?password=s"_s << u"redis://:***@redis:6379/0"_s;
    QTest::newRow("IPv4") << u"redis://10.0.0.1"_s << u"redis://10.0.0.1:6379/0"_s;
    QTest::newRow("IPv6") << u"redis://[::1]:7000/2"_s << u"redis://[::1]:7000/2"_s;
    QTest::newRow("IPv6 without port") << u"redis://[fe80::1]"_s << u"redis://[fe80::1]:6379/0"_s;
    QTest::newRow("port alone") << u"redis://:7000"_s << u"redis://127.0.0.1:7000/0"_s;
    QTest::newRow("capitals") << u"REDIS://Redis"_s << u"redis://Redis:6379/0"_s;
    QTest::newRow("spaces around") << u" redis://redis \n"_s << u"redis://redis:6379/0"_s;
    QTest::newRow("TLS") << u"rediss://redis:6380/1"_s << u"rediss://redis:6380/1"_s;
    QTest::newRow("Celery's socket") << u"redis+socket:///run/redis.sock?virtual_host=2"_s
                                     << u"redis+socket:///run/redis.sock?virtual_host=2"_s;
    QTest::newRow("Celery's socket of results")
        << u"socket:///run/redis.sock"_s << u"redis+socket:///run/redis.sock?virtual_host=0"_s;
    QTest::newRow("redis-py's socket") << u"unix:///run/redis.sock?db=5"_s
                                       << u"redis+socket:///run/redis.sock?virtual_host=5"_s;
    QTest::newRow("socket with a password")
        << u"unix://:secret@/run/a%20b.sock"_s << u"redis+socket://:***@/run/a b.sock?virtual_host=0"_s;
    QTest::newRow("tuning of Python's client")
        << u"redis://redis?socket_timeout=5&health_check_interval=30"_s << u"redis://redis:6379/0"_s;
}

void TestRedisUrl::aUrlIsUnderstood()
{
    QFETCH(QString, text);
    QFETCH(QString, shown);
    const auto url = Url::parse(text);
    QVERIFY2(url, qPrintable(url ? QString() : url.error().message()));
    QCOMPARE(url->toDisplayString(), shown);
}

void TestRedisUrl::loginAndTlsAreUnderstood()
{
    const auto url = Url::parse(u"rediss://a%40b:p%2Fq%3A%25@redis?ssl_ca_certs=/etc/ca.pem&ssl_certfile=/etc/c.pem"
                                "&ssl_keyfile=/etc/k.pem&ssl_cert_reqs=CERT_REQUIRED"_s);
    QVERIFY(url);
    QCOMPARE(url->user, u"a@b"_s);
    QCOMPARE(url->password, u"p/q:%"_s);
    QVERIFY(url->tls);
    QCOMPARE(url->authorities, u"/etc/ca.pem"_s);
    QCOMPARE(url->certificate, u"/etc/c.pem"_s);
    QCOMPARE(url->key, u"/etc/k.pem"_s);
}

void TestRedisUrl::whatIsWrongIsNamed_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("named");
    QTest::newRow("empty") << u"  "_s << u"empty"_s;
    QTest::newRow("host alone") << u"redis:6379"_s << u"\"://\""_s;
    QTest::newRow("other scheme") << u"amqp://redis"_s << u"\"amqp\""_s;
    QTest::newRow("sentinel") << u"sentinel://redis:26379"_s << u"\"sentinel\""_s;
    QTest::newRow("two servers") << u"redis://a;redis://b"_s << u"several"_s;
    QTest::newRow("port is a word") << u"redis://redis:port"_s << u"\"port\""_s;
    QTest::newRow("port 0") << u"redis://redis:0"_s << u"1 to 65535"_s;
    QTest::newRow("port too high") << u"redis://redis:65536"_s << u"\"65536\""_s;
    QTest::newRow("database is a word") << u"redis://redis/main"_s << u"\"main\""_s;
    QTest::newRow("database is negative") << u"redis://redis/-1"_s << u"\"-1\""_s;
    QTest::newRow("bare IPv6") << u"redis://::1:6379"_s << u"brackets"_s;
    QTest::newRow("open bracket") << u"redis://[::1"_s << u"brackets"_s;
    QTest::newRow("bracket and a word") << u"redis://[::1]x"_s << u"brackets"_s;
    QTest::newRow("user alone") << u"redis://anna@redis"_s << u"\"anna\""_s;
    QTest::newRow("hash") << u"redis://:a#b@redis"_s << u"%23"_s;
    QTest::newRow("socket without a path") << u"redis+socket://"_s << u"no path"_s;
    QTest::newRow("socket with a host") << u"unix://run/redis.sock"_s << u"\"run\""_s;
    QTest::newRow("socket with a long path") << u"unix:///"_s + QString(107, u'x') << u"107 bytes"_s;
    QTest::newRow("unknown option") << u"redis://redis?databse=1"_s << u"\"databse\""_s;
    QTest::newRow("option without a value") << u"redis://redis?db"_s << u"\"db\""_s;
    QTest::newRow("TLS option without TLS") << u"redis://redis?ssl_ca_certs=/x"_s << u"rediss://"_s;
    QTest::newRow("unverified") << u"rediss://redis?ssl_cert_reqs=none"_s << u"always verified"_s;
    QTest::newRow("unchecked name") << u"rediss://redis?ssl_check_hostname=false"_s << u"always checked"_s;
    QTest::newRow("unknown TLS option") << u"rediss://redis?ssl_foo=1"_s << u"\"ssl_foo\""_s;
}

void TestRedisUrl::whatIsWrongIsNamed()
{
    QFETCH(QString, text);
    QFETCH(QString, named);
    const auto url = Url::parse(text);
    QVERIFY(!url);
    QCOMPARE(url.error().kind(), ErrorKind::Invalid);
    QVERIFY2(url.error().message().contains(named), qPrintable(url.error().message()));
}

void TestRedisUrl::noMessageShowsThePassword_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("port") << u"redis://:secret@redis:x"_s;
    QTest::newRow("database") << u"redis://:secret@redis/x"_s;
    QTest::newRow("slash in it") << u"redis://:secret/more@redis:6379"_s;
    QTest::newRow("at in it") << u"redis://:secret@secret@redis:x"_s;
    QTest::newRow("question mark in it") << u"redis://:secret?more@redis:6379"_s;
    QTest::newRow("colon in it") << u"redis://:secret:secret@redis:x"_s;
    QTest::newRow("socket") << u"unix://:secret@host/path"_s;
    QTest::newRow("unknown option") << u"redis://redis?passwort=secret"_s;
}

void TestRedisUrl::noMessageShowsThePassword()
{
    QFETCH(QString, text);
    const auto url = Url::parse(text);
    QVERIFY(!url);
    QVERIFY2(!url.error().message().contains(u"secret"_s), qPrintable(url.error().message()));
}

QTEST_APPLESS_MAIN(TestRedisUrl)
#include "tst_redisurl.moc"
