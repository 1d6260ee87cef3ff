// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "load.h"
#include "support/postgresserver.h"
#include "support/quoinprocess.h"

#include <QDir>
#include <QFile>
#include <QScopeGuard>
#include <QSqlDatabase>
#include <QSqlQuery>
#include <QTcpServer>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Promise 8, and what a start says when it cannot be one.
class StartTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneBinaryNeedsNothingToStart_data();
    void oneBinaryNeedsNothingToStart();
    void theSameBinaryWithAUrlRunsOnManyHosts();
    void theTutorialsVariablesAreUnderstood();
    void tasksThatABrokerHasAreTold();
    void aStartThatCannotBeSaysWhy_data();
    void aStartThatCannotBeSaysWhy();
    void aPortInUseIsNamed();
    void aFileForAFolderIsNamed();
    void aPluginThatIsNoneStopsNobody_data();
    void aPluginThatIsNoneStopsNobody();
    void helpAndVersionNeedNothing_data();
    void helpAndVersionNeedNothing();
};

namespace {

/// Nothing but where home is and where programs are, and what a sanitizer is to leave out.
QProcessEnvironment bareEnvironment(const QString &home)
{
    QProcessEnvironment environment;
    const auto ours = QProcessEnvironment::systemEnvironment();
    for (const QString &name : {u"ASAN_OPTIONS"_s, u"LSAN_OPTIONS"_s, u"TSAN_OPTIONS"_s, u"UBSAN_OPTIONS"_s}) {
        if (ours.contains(name))
            environment.insert(name, ours.value(name));
    }
    environment.insert(u"HOME"_s, home);
    environment.insert(u"PATH"_s, u"/usr/bin:/bin"_s);
    return environment;
}

} // namespace

void StartTest::oneBinaryNeedsNothingToStart_data()
{
    QTest::addColumn<int>("mask");
    QTest::newRow("as most users") << 022;
    QTest::newRow("each user has a group") << 002;
}

void StartTest::oneBinaryNeedsNothingToStart()
{
    QFETCH(const int, mask);
    const mode_t before = ::umask(static_cast<mode_t>(mask));
    const auto restore = qScopeGuard([before] { ::umask(before); });
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    server.setEnvironment(bareEnvironment(directory.path()));
    server.set(u"data.dir"_s, {});
    server.set(u"database.url"_s, {});
    QVERIFY2(server.start(), server.report());
    HttpClient client(server.port());
    QCOMPARE(client.get("/readyz").status, 200);
    QCOMPARE(client.get("/").body, "I have been seen 1 times.");
    QCOMPARE(client.post("/record", R"({"a":1})").body, R"({"id":1,"data":{"a":1}})");
    const QString data = directory.filePath(u".local/share/quoin"_s);
    QVERIFY2(QFile::exists(data + u"/quoin.db"_s), server.report());
    QTRY_COMPARE_WITH_TIMEOUT(packagesByRecord(data + u"/sips"_s).value(1).size(), 1, 30'000);
    server.terminate();
    QVERIFY2(server.waitForExit() == 0, server.report());
}

/// Promise 8, the other half: two processes that share a PostgreSQL and a folder for packages are
/// one service.
void StartTest::theSameBinaryWithAUrlRunsOnManyHosts()
{
    if (PostgresServer::binaries().isEmpty())
        QSKIP("install the Debian package postgresql");
    PostgresServer postgres;
    QVERIFY2(postgres.start() && postgres.createDatabase(u"shared"_s), postgres.log());
    const QTemporaryDir one;
    const QTemporaryDir two;
    QuoinProcess first(one.path());
    QuoinProcess second(two.path());
    for (QuoinProcess *server : {&first, &second}) {
        server->set(u"database.url"_s, postgres.url(u"shared"_s));
        server->set(u"sip.directory"_s, first.sipDirectory());
        QVERIFY2(server->start(), server->report());
    }
    QCOMPARE(HttpClient(first.port()).get("/").body, "I have been seen 1 times.");
    QCOMPARE(HttpClient(second.port()).get("/").body, "I have been seen 2 times.");
    PostingLoad toFirst(first.port(), 4, 25, "first");
    PostingLoad toSecond(second.port(), 4, 25, "second");
    QTRY_COMPARE_WITH_TIMEOUT(toFirst.acknowledgedCount() + toSecond.acknowledgedCount(), 200, 30'000);
    QCOMPARE(HttpClient(first.port()).get("/record").body, HttpClient(second.port()).get("/record").body);
    QTRY_COMPARE_WITH_TIMEOUT(whatIsMissing(first), QString(), 30'000);
}

void StartTest::theTutorialsVariablesAreUnderstood()
{
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    auto environment = bareEnvironment(directory.path());
    const QString file = directory.filePath(u"test.db"_s);
    environment.insert(u"SQLALCHEMY_DATABASE_URI"_s, u"sqlite:///"_s + file);
    server.setEnvironment(environment);
    server.set(u"database.url"_s, {});
    QVERIFY2(server.start(), server.report());
    QCOMPARE(HttpClient(server.port()).post("/record", "[1]").status, 200);
    QCOMPARE(storedRecords(u"sqlite:///"_s + file).value(1), "[1]");
}

/// Whoever unsets queue.url too early learns of it.
void StartTest::tasksThatABrokerHasAreTold()
{
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    QVERIFY2(server.start(), server.report());
    server.terminate();
    QVERIFY2(server.waitForExit() == 0, server.report());
    QVERIFY2(!server.output().contains("Celery broker"), server.report());
    {
        auto database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"sent"_s);
        database.setDatabaseName(server.databaseUrl().mid(int(qstrlen("sqlite:///"))));
        QVERIFY(database.open());
        QSqlQuery insert(database);
        QVERIFY(insert.exec(u"INSERT INTO task (name, arguments, state, message, created) "
                            "VALUES ('sip.make_sip', '[1, 2]', 'sent', 'an-id', 0)"_s));
    }
    QSqlDatabase::removeDatabase(u"sent"_s);
    QVERIFY2(server.start(), server.report());
    const QByteArray told = "tasks are with a Celery broker, and queue.url is not set\",\"count\":1";
    QTRY_VERIFY2(server.output().contains(told), server.report());
}

void StartTest::aStartThatCannotBeSaysWhy_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::addColumn<QString>("said"); // what was wrong, where it came from
    QTest::newRow("unknown key") << u"http.lisen"_s << u"127.0.0.1:0"_s << u"http.lisen"_s;
    QTest::newRow("address that is none") << u"http.listen"_s << u"localhost"_s << u"http.listen"_s;
    QTest::newRow("port beyond all") << u"http.listen"_s << u"127.0.0.1:70000"_s << u"70000"_s;
    QTest::newRow("number that is none") << u"queue.concurrency"_s << u"many"_s << u"many"_s;
    QTest::newRow("negative number") << u"http.threads"_s << u"-1"_s << u"http.threads"_s;
    QTest::newRow("choice that is none") << u"log.level"_s << u"loud"_s << u"loud"_s;
    QTest::newRow("database of no kind") << u"database.url"_s << u"mysql://u:secret@h/d"_s << u"database.url"_s;
    QTest::newRow("data below a file") << u"data.dir"_s << u"/dev/null/quoin"_s << u"/dev/null"_s;
    QTest::newRow("data where nobody may write") << u"data.dir"_s << u"/proc/quoin"_s << u"/proc/quoin"_s;
    QTest::newRow("address of another host") << u"http.listen"_s << u"192.0.2.1:0"_s << u"192.0.2.1"_s;
    QTest::newRow("plugins nowhere") << u"plugins.dir"_s << u"/nowhere/plugins"_s << u"/nowhere/plugins"_s;
    QTest::newRow("writes open to all") << u"http.listen"_s << u"0.0.0.0:0"_s << u"auth.anonymous_writes"_s;
}

void StartTest::aStartThatCannotBeSaysWhy()
{
    QFETCH(const QString, key);
    QFETCH(const QString, value);
    QFETCH(const QString, said);
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    server.set(key, value);
    QVERIFY2(!server.start(), server.report());
    const auto exit = server.waitForExit();
    QVERIFY2(exit.has_value() && *exit != 0, server.report()); // not a crash, and not a success
    QVERIFY2(server.output().contains(said.toUtf8()), server.report());
    QVERIFY2(!server.output().contains("secret"), "a password was printed");
}

void StartTest::aPortInUseIsNamed()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    server.set(u"http.listen"_s, u"127.0.0.1:%1"_s.arg(other.serverPort()));
    QVERIFY2(!server.start(), server.report());
    const auto exit = server.waitForExit();
    QVERIFY2(exit.has_value() && *exit != 0, server.report());
    const QByteArray said = "127.0.0.1 port " + QByteArray::number(other.serverPort())
        + ": another program listens there";
    QVERIFY2(server.output().contains(said), server.report());
}

void StartTest::aFileForAFolderIsNamed()
{
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    QFile file(server.dataDirectory());
    QVERIFY(file.open(QIODevice::WriteOnly));
    QVERIFY2(!server.start(), server.report());
    const auto exit = server.waitForExit();
    QVERIFY2(exit.has_value() && *exit != 0, server.report());
    QVERIFY2(server.output().contains(server.dataDirectory().toUtf8()), server.report());
}

void StartTest::aPluginThatIsNoneStopsNobody_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("empty") << QByteArray();
    QTest::newRow("text") << QByteArray("not a library\n");
    QTest::newRow("half a library") << QByteArray::fromHex("7f454c4602010100") + QByteArray(4096, '\x01');
}

void StartTest::aPluginThatIsNoneStopsNobody()
{
    QFETCH(const QByteArray, bytes);
    const QTemporaryDir directory;
    QVERIFY(QDir(directory.path()).mkdir(u"plugins"_s));
    QFile plugin(directory.filePath(u"plugins/broken.so"_s));
    QVERIFY(plugin.open(QIODevice::WriteOnly) && plugin.write(bytes) == bytes.size());
    plugin.close();
    QuoinProcess server(directory.path());
    server.set(u"plugins.dir"_s, directory.filePath(u"plugins"_s));
    QVERIFY2(server.start(), server.report());
    QCOMPARE(HttpClient(server.port()).get("/healthz").status, 200);
    QVERIFY2(server.output().contains("broken.so"), server.report());
    server.terminate();
    QVERIFY2(server.waitForExit() == 0, server.report());
}

void StartTest::helpAndVersionNeedNothing_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("version") << QStringList{u"--version"_s} << QByteArray("0.1.0");
    QTest::newRow("help") << QStringList{u"--help"_s} << QByteArray("serve");
    QTest::newRow("help of serve") << QStringList{u"serve"_s, u"--help"_s} << QByteArray("http.listen");
    QTest::newRow("config") << QStringList{u"config"_s} << QByteArray("http.listen");
}

void StartTest::helpAndVersionNeedNothing()
{
    QFETCH(const QStringList, arguments);
    QFETCH(const QByteArray, said);
    const QTemporaryDir directory;
    QuoinProcess quoin(directory.path());
    quoin.setEnvironment(bareEnvironment(directory.path()));
    QVERIFY2(quoin.run(arguments) && quoin.waitForExit() == 0, quoin.report());
    QVERIFY2(quoin.output().contains(said), quoin.report());
}

QTEST_GUILESS_MAIN(StartTest)
#include "tst_start.moc"
