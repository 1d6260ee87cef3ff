// SPDX-License-Identifier: GPL-3.0-only
#include "adminclient.h"
#include "pluginground.h"
#include "slowclients.h"

#include <QTcpServer>
#include <QTest>

#include <csignal>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// SIGHUP: settings that change while clients are served.
class ReloadingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aChangeTakesEffectAndNoRequestFails();
    void whatCannotChangeIsNamedAndStays();
    void aFaultChangesNothing();
    void newWorkersHaveWhatWasReadAndNotWhatWasWritten();
    void theNumberOfProcessesFollows();
    void settingsThatNoWorkerCanStartWithAreGivenBack();
    void theLevelOfTheLogFollows_data();
    void theLevelOfTheLogFollows();
    void aSecretIsReadAgainAndNotShown();
    void oneProcessTakesTheLevelOfTheLogOnly();
    void cleanup();

private:
    void hangUp() { ::kill(static_cast<pid_t>(server().processId()), SIGHUP); }
    QuoinProcess &server() { return m_ground->server(); }
    int echo(qsizetype bytes);
    QString shown(const QString &key);

    std::unique_ptr<PluginGround> m_ground;
};

void ReloadingTest::init()
{
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    m_ground->drop(u"good"_s);
    server().set(u"log.format"_s, u"text"_s);
}

void ReloadingTest::cleanup() { m_ground.reset(); }

/// The status of a record of so many bytes.
int ReloadingTest::echo(qsizetype bytes)
{
    return HttpClient(server().port()).post("/record", '"' + QByteArray(bytes - 2, 'a') + '"').status;
}

/// As the admin API shows it.
QString ReloadingTest::shown(const QString &key)
{
    for (const auto setting : resultsOf(AdminClient(server()).get("/admin/v1/settings"))) {
        if (setting.toObject().value("key"_L1) == key)
            return setting.toObject().value("value"_L1).toString();
    }
    return u"no such setting"_s;
}

void ReloadingTest::aChangeTakesEffectAndNoRequestFails()
{
    QVERIFY2(server().start(), server().report());
    QCOMPARE(echo(100'000), 200);
    SlowClients clients(server().port(), "/good/1", 20);
    QTRY_VERIFY(clients.answers() >= 40);
    for (const QByteArray limit : {"64KiB", "1MiB", "32KiB"}) {
        server().writeSettings("[http]\nmax_body = " + limit + '\n');
        hangUp();
        QTRY_COMPARE_WITH_TIMEOUT(shown(u"http.max_body"_s), QString::fromLatin1(limit), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(echo(100'000), limit == "1MiB" ? 200 : 413, 60'000);
        QTRY_VERIFY2(m_ground->lines({"setting changed key=http.max_body value=\"" + limit + '"'}) == 1,
                     server().report());
    }
    clients.finish();
    QCOMPARE(clients.wrongAnswers(), QStringList());
    QCOMPARE(clients.cutOff(), QStringList());
}

void ReloadingTest::whatCannotChangeIsNamedAndStays()
{
    server().set(u"http.listen"_s, {});
    server().writeSettings("[http]\nlisten = 127.0.0.1:0\n");
    QVERIFY2(server().start(), server().report());
    server().writeSettings("[http]\nlisten = 127.0.0.1:1\nthreads = 7\n");
    hangUp();
    QTRY_COMPARE_WITH_TIMEOUT(shown(u"http.threads"_s), u"7"_s, 60'000);
    QCOMPARE(m_ground->lines({"setting needs a restart key=http.listen", "127.0.0.1:1"}), 1);
    QCOMPARE(m_ground->lines({"settings read again changed=1 waiting=1"}), 1);
    QCOMPARE(shown(u"http.listen"_s), u"127.0.0.1:0"_s);
}

void ReloadingTest::aFaultChangesNothing()
{
    QVERIFY2(server().start(), server().report());
    const QList<qint64> workers = server().children();
    server().writeSettings("[http]\nmax_body = 64KiB\nmax_bodi = 1\n");
    hangUp();
    QTRY_VERIFY2(m_ground->lines({"settings stay as they were:", "Did you mean http.max_body?"}) == 1,
                 server().report());
    QCOMPARE(echo(100'000), 200);
    QCOMPARE(server().children(), workers);
}

/// Whoever edits the file has not said yet that it is to count.
void ReloadingTest::newWorkersHaveWhatWasReadAndNotWhatWasWritten()
{
    server().writeSettings("[http]\nmax_body = 64KiB\n");
    QVERIFY2(server().start(), server().report());
    const QList<qint64> workers = server().children();
    QCOMPARE(workers.size(), 1);
    server().writeSettings("in the middle of being written");
    ::kill(static_cast<pid_t>(workers.first()), SIGKILL);
    QTRY_VERIFY2_WITH_TIMEOUT(server().children().size() == 1 && server().children() != workers, server().report(),
                              30'000);
    QTRY_COMPARE_WITH_TIMEOUT(echo(100'000), 413, 30'000);
    m_ground->dropChanging(u"1.0.0"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "1.0.0", 60'000);
    QCOMPARE(echo(100'000), 413);
}

void ReloadingTest::theNumberOfProcessesFollows()
{
    QVERIFY2(server().start(), server().report());
    QCOMPARE(server().children().size(), 1);
    SlowClients clients(server().port(), "/good/1", 10);
    int generation = 1;
    for (const auto &[web, tasks] : {std::pair(3, 1), std::pair(2, 0), std::pair(1, 1)}) {
        server().writeSettings("[http]\nworkers = " + QByteArray::number(web)
                               + "\n[queue]\nworkers = " + QByteArray::number(tasks) + '\n');
        hangUp();
        const QByteArray serves = "generation serves generation=" + QByteArray::number(++generation)
            + " workers=" + QByteArray::number(web + tasks);
        QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({serves}) == 1, server().report(), 60'000);
        QTRY_COMPARE_WITH_TIMEOUT(server().children().size(), web + tasks, 60'000);
    }
    // A place that is new is filled again like the others.
    const QList<qint64> workers = server().children();
    ::kill(static_cast<pid_t>(workers.last()), SIGKILL);
    QTRY_VERIFY_WITH_TIMEOUT(server().children().size() == 2 && server().children() != workers, 30'000);
    clients.finish();
    QCOMPARE(clients.wrongAnswers(), QStringList());
}

void ReloadingTest::settingsThatNoWorkerCanStartWithAreGivenBack()
{
    QTcpServer nobody; // a port that is free, and stays so
    QVERIFY(nobody.listen(QHostAddress::LocalHost));
    const QByteArray url = "postgresql://me:topsecret@127.0.0.1:" + QByteArray::number(nobody.serverPort()) + "/none";
    nobody.close();
    const QString usual = server().databaseUrl();
    server().set(u"database.url"_s, {});
    server().writeSettings("[database]\nurl = " + usual.toUtf8() + '\n');
    QVERIFY2(server().start(), server().report());
    const QList<qint64> workers = server().children();

    server().writeSettings("[database]\nurl = " + url + '\n');
    hangUp();
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"settings stay as they were: no worker can start"}) == 1,
                              server().report(), 60'000);
    QTRY_COMPARE(server().children(), workers);
    QCOMPARE(echo(10), 200);
    QVERIFY(!server().output().contains("topsecret"));
    // What comes next starts with the old ones.
    m_ground->dropChanging(u"1.0.0"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "1.0.0", 60'000);
    QCOMPARE(shown(u"database.url"_s), usual);
}

void ReloadingTest::theLevelOfTheLogFollows_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::newRow("serve") << QStringList{u"serve"_s};
    QTest::newRow("serve --single") << QStringList{u"serve"_s, u"--single"_s};
}

void ReloadingTest::theLevelOfTheLogFollows()
{
    QFETCH(const QStringList, command);
    server().setCommand(command);
    server().writeSettings("[log]\nlevel = info\n");
    QVERIFY2(server().start(), server().report());
    server().writeSettings("[log]\nlevel = debug\n");
    hangUp();
    QTRY_VERIFY2(m_ground->lines({"setting changed key=log.level"}) == 1, server().report());
    server().writeSettings("[log]\nlevel = warning\n");
    hangUp();
    QTRY_VERIFY2(m_ground->lines({"settings read again"}) == 2, server().report()); // told as before it counts
    m_ground->get("/good/1");
    server().terminate();
    QVERIFY2(server().waitForExit() == 0, server().report());
    QCOMPARE(m_ground->lines({"stopping signal="}), 0);
}

void ReloadingTest::aSecretIsReadAgainAndNotShown()
{
    const QString secret = m_ground->folder() + u"/../secret"_s;
    const auto write = [&secret](const QString &url) {
        QFile file(secret);
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(url.toUtf8() + '\n');
    };
    auto environment = server().environment();
    environment.insert(u"QUOIN_DATABASE_URL_FILE"_s, secret);
    server().setEnvironment(environment);
    const QString usual = server().databaseUrl();
    server().set(u"database.url"_s, {});
    write(usual);
    QVERIFY2(server().start(), server().report());
    QCOMPARE(echo(10), 200);
    write(usual + u"2?timeout=7"_s);
    hangUp();
    QTRY_COMPARE_WITH_TIMEOUT(shown(u"database.url"_s), usual + u"2?timeout=7"_s, 60'000);
    // Another database: the first record again.
    const HttpReply reply = HttpClient(server().port()).post("/record", "1");
    QVERIFY2(reply.body.startsWith("{\"id\":1,"), reply.body);
}

void ReloadingTest::oneProcessTakesTheLevelOfTheLogOnly()
{
    server().setCommand({u"serve"_s, u"--single"_s});
    QVERIFY2(server().start(), server().report());
    server().writeSettings("[http]\nmax_body = 64KiB\nthreads = 99\n");
    hangUp();
    QTRY_VERIFY2(m_ground->lines({"settings read again changed=0 waiting=2"}) == 1, server().report());
    QCOMPARE(m_ground->lines({"setting needs a restart key=http.max_body"}), 1);
    QCOMPARE(echo(100'000), 200);
}

QTEST_GUILESS_MAIN(ReloadingTest)
#include "tst_reloading.moc"
