// SPDX-License-Identifier: GPL-3.0-only
#include "database/databaseurl.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin;
using namespace quoin::database;

class TestDatabaseUrl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFileIsNamedAsInSqlAlchemy_data();
    void aFileIsNamedAsInSqlAlchemy();
    void aServerIsNamedAsInSqlAlchemy_data();
    void aServerIsNamedAsInSqlAlchemy();
    void aBadUrlIsRefusedWithWhatWasExpected_data();
    void aBadUrlIsRefusedWithWhatWasExpected();
    void thePasswordIsNeverShown_data();
    void thePasswordIsNeverShown();
    void optionsReachTheDriver();
};

void TestDatabaseUrl::aFileIsNamedAsInSqlAlchemy_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("timeout");
    QTest::newRow("absolute") << u"sqlite:////some/where/test.db"_s << u"/some/where/test.db"_s << -1;
    QTest::newRow("relative") << u"sqlite:///test.db"_s << u"test.db"_s << -1;
    QTest::newRow("relative in a folder") << u"sqlite:///var/test.db"_s << u"var/test.db"_s << -1;
    QTest::newRow("with the driver") << u"sqlite+pysqlite:////t.db"_s << u"/t.db"_s << -1;
    QTest::newRow("not decoded") << u"sqlite:////a%20b/ä.db"_s << u"/a%20b/ä.db"_s << -1;
    QTest::newRow("timeout") << u"sqlite:////t.db?timeout=1.5&check_same_thread=false"_s << u"/t.db"_s << 1500;
    QTest::newRow("blanks around it") << u"  sqlite:////t.db\n"_s << u"/t.db"_s << -1;
}

void TestDatabaseUrl::aFileIsNamedAsInSqlAlchemy()
{
    QFETCH(QString, url);
    const auto parsed = DatabaseUrl::parse(url);
    QVERIFY2(parsed, qPrintable(parsed.error().message()));
    QCOMPARE(parsed->dialect(), Dialect::Sqlite);
    QTEST(parsed->path(), "path");
    QTEST(int(parsed->busyTimeout().value_or(std::chrono::milliseconds(-1)).count()), "timeout");
}

void TestDatabaseUrl::aServerIsNamedAsInSqlAlchemy_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("user");
    QTest::addColumn<QString>("password");
    QTest::addColumn<QString>("host");
    QTest::addColumn<int>("port");
    QTest::addColumn<QString>("name");
    const QString none;
    QTest::newRow("all") << u"postgresql://u:p@h:5432/d"_s << u"u"_s << u"p"_s << u"h"_s << 5432 << u"d"_s;
    QTest::newRow("psycopg2") << u"postgresql+psycopg2://u:p@h:5432/d"_s << u"u"_s << u"p"_s << u"h"_s << 5432
                              << u"d"_s;
    QTest::newRow("postgres") << u"postgres://u:p@h/d"_s << u"u"_s << u"p"_s << u"h"_s << -1 << u"d"_s;
    QTest::newRow("upper case scheme") << u"PostgreSQL://h/d"_s << none << none << u"h"_s << -1 << u"d"_s;
    QTest::newRow("no password") << u"postgresql://u@h/d"_s << u"u"_s << none << u"h"_s << -1 << u"d"_s;
    QTest::newRow("nothing") << u"postgresql://"_s << none << none << none << -1 << none;
    QTest::newRow("local socket") << u"postgresql:///d"_s << none << none << none << -1 << u"d"_s;
    QTest::newRow("percent") << u"postgresql://u%40x:p%2F%3a%25@h/d"_s << u"u@x"_s << u"p/:%"_s << u"h"_s << -1
                             << u"d"_s;
    QTest::newRow("bare signs") << u"postgresql://u:p/:?#x@h/d"_s << u"u"_s << u"p/:?#x"_s << u"h"_s << -1 << u"d"_s;
    QTest::newRow("unicode") << u"postgresql://jörg:pä%C3%9F@h/d"_s << u"jörg"_s << u"päß"_s << u"h"_s << -1 << u"d"_s;
    QTest::newRow("IPv6") << u"postgresql://u@[::1]:5433/d"_s << u"u"_s << none << u"::1"_s << 5433 << u"d"_s;
    QTest::newRow("IPv6, no port") << u"postgresql://[::1]/d"_s << none << none << u"::1"_s << -1 << u"d"_s;
    QTest::newRow("socket folder") << u"postgresql://u:p@/d?host=/run/pg&port=5433"_s << u"u"_s << u"p"_s
                                   << u"/run/pg"_s << 5433 << u"d"_s;
    QTest::newRow("socket folder, encoded")
        << u"postgresql:///d?host=%2Frun%2Fpg"_s << none << none << u"/run/pg"_s << -1 << u"d"_s;
    QTest::newRow("all in options") << u"postgresql://?user=u&password=p&host=h&port=1&dbname=d"_s << u"u"_s << u"p"_s
                                    << u"h"_s << 1 << u"d"_s;
}

void TestDatabaseUrl::aServerIsNamedAsInSqlAlchemy()
{
    QFETCH(QString, url);
    const auto parsed = DatabaseUrl::parse(url);
    QVERIFY2(parsed, qPrintable(parsed.error().message()));
    QCOMPARE(parsed->dialect(), Dialect::Postgresql);
    QTEST(parsed->user(), "user");
    QTEST(parsed->password(), "password");
    QTEST(parsed->host(), "host");
    QTEST(parsed->port(), "port");
    QTEST(parsed->databaseName(), "name");
}

void TestDatabaseUrl::aBadUrlIsRefusedWithWhatWasExpected_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("fault");
    QTest::newRow("empty") << QString() << u"it is empty"_s;
    QTest::newRow("a path") << u"/some/where/test.db"_s << u"it has no \"://\""_s;
    QTest::newRow("one slash short") << u"sqlite:/test.db"_s << u"it has no \"://\""_s;
    QTest::newRow("memory") << u"sqlite://"_s << u"a database in memory would lose every record"_s;
    QTest::newRow("memory, one slash") << u"sqlite:///"_s << u"a database in memory would lose every record"_s;
    QTest::newRow("memory, named") << u"sqlite:///:memory:"_s << u"a database in memory would lose every record"_s;
    QTest::newRow("two slashes") << u"sqlite://test.db"_s
                                 << u"a file has no host, but \"test.db\" stands where one would"_s;
    QTest::newRow("SQLite's own URI") << u"sqlite:///file:test.db?mode=ro&uri=true"_s
                                      << u"\"file:\" URIs are not understood"_s;
    QTest::newRow("SQLite option") << u"sqlite:////t.db?cache=shared"_s << u"\"cache\" is no option of SQLite"_s;
    QTest::newRow("timeout") << u"sqlite:////t.db?timeout=soon"_s
                             << u"timeout is \"soon\", which is no number of seconds"_s;
    QTest::newRow("timeout below 0") << u"sqlite:////t.db?timeout=-1"_s << u"which is no number of seconds from 0"_s;
    QTest::newRow("timeout NaN") << u"sqlite:////t.db?timeout=nan"_s << u"which is no number of seconds from 0"_s;
    QTest::newRow("other database") << u"mysql://u:p@h/d"_s << u"\"mysql\" is no database there is a driver for"_s;
    QTest::newRow("port") << u"postgresql://h:http/d"_s
                          << u"the port is \"http\", which is no number from 1 to 65535"_s;
    QTest::newRow("port 0") << u"postgresql://h:0/d"_s << u"the port is \"0\""_s;
    QTest::newRow("port too large") << u"postgresql://h:65536/d"_s << u"the port is \"65536\""_s;
    QTest::newRow("no port") << u"postgresql://h:/d"_s << u"the port is \"\""_s;
    QTest::newRow("bracket") << u"postgresql://[::1/d"_s << u"has no closing bracket"_s;
    QTest::newRow("after bracket") << u"postgresql://[::1]x/d"_s << u"\"x\" follows the address"_s;
    QTest::newRow("option") << u"postgresql://h/d?sslmod=require"_s
                            << u"\"sslmod\" is no option of a PostgreSQL connection"_s;
    QTest::newRow("option without value") << u"postgresql://h/d?sslmode"_s << u"the option \"sslmode\" has no value"_s;
    QTest::newRow("semicolon") << u"postgresql://h/d?options=-c%20a=b;c"_s << u"the option options holds a ';'"_s;
}

void TestDatabaseUrl::aBadUrlIsRefusedWithWhatWasExpected()
{
    QFETCH(QString, url);
    QFETCH(QString, fault);
    const auto parsed = DatabaseUrl::parse(url);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().kind(), ErrorKind::Invalid);
    QVERIFY2(parsed.error().message().contains(fault), qPrintable(parsed.error().message()));
    QVERIFY(parsed.error().message().contains(u"expected sqlite:////absolute/path.db"));
}

void TestDatabaseUrl::thePasswordIsNeverShown_data()
{
    QTest::addColumn<QString>("url");
    QTest::addColumn<QString>("shown");
    QTest::newRow("file") << u"sqlite:////some/test.db?timeout=3"_s << u"sqlite:////some/test.db"_s;
    QTest::newRow("password") << u"postgresql+psycopg2://u:s3cret@h:5432/d?sslmode=require"_s
                              << u"postgresql://u:***@h:5432/d?sslmode=require"_s;
    QTest::newRow("no password") << u"postgres://u@h/d"_s << u"postgresql://u@h/d"_s;
    QTest::newRow("as an option") << u"postgresql://h/d?user=u&password=s3cret"_s << u"postgresql://u:***@h/d"_s;
    QTest::newRow("of the key") << u"postgresql://h/d?sslpassword=s3cret"_s << u"postgresql://h/d?sslpassword=***"_s;
    QTest::newRow("socket") << u"postgresql://u:s3cret@/d?host=/run/pg"_s << u"postgresql://u:***@/d?host=/run/pg"_s;
    QTest::newRow("IPv6") << u"postgresql://u:s3cret@[::1]:1/d"_s << u"postgresql://u:***@[::1]:1/d"_s;
}

void TestDatabaseUrl::thePasswordIsNeverShown()
{
    QFETCH(QString, url);
    const auto parsed = DatabaseUrl::parse(url);
    QVERIFY2(parsed, qPrintable(parsed.error().message()));
    QTEST(parsed->toDisplayString(), "shown");
}

void TestDatabaseUrl::optionsReachTheDriver()
{
    const auto parsed = DatabaseUrl::parse(
        u"postgresql://h/d?sslmode=verify-full&sslrootcert=/etc/my%20ca.pem&connect_timeout=5"_s);
    QVERIFY(parsed);
    const QMap<QString, QString> options{
        {u"sslmode"_s, u"verify-full"_s}, {u"sslrootcert"_s, u"/etc/my ca.pem"_s}, {u"connect_timeout"_s, u"5"_s}};
    QCOMPARE(parsed->options(), options);
}

QTEST_APPLESS_MAIN(TestDatabaseUrl)
#include "tst_databaseurl.moc"
