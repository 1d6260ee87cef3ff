// SPDX-License-Identifier: GPL-3.0-only
#include "subject.h"

#include <quoin/testhost.h>

#include <QFileInfo>
#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class TestTestHost final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aRequestIsAnsweredAsByTheServer_data();
    void aRequestIsAnsweredAsByTheServer();
    void aStreamIsCollected();
    void aStreamThatBreaksIsNotWhole();
    void whatIsTooLargeIsRefused();
    void settingsAreDefaultsUntilTheyAreSet();
    void aStartIsRefusedWithItsSentence_data();
    void aStartIsRefusedWithItsSentence();
    void aMigrationThatTakesAwayIsWarnedOf();
    void aRefusedPluginIsStoppedAgain();
    void tasksWaitUntilTheyAreRun();
    void eachRunOfABatchIsATaskOfItsOwn();
    void aFailedTaskIsRetriedWhenItsTimeHasCome();
    void aTaskOutOfAttemptsIsDead();
    void whatATaskPushesIsRunToo();
    void anAliasAndAScheduleAreHonoured();
    void anUnknownTaskIsRefused();
    void publishedEventsAreHeardOnceCommitted();
    void aDatabaseThatIsAwayIsUnavailable();
    void nothingIsLeftBehind();
};

void TestTestHost::aRequestIsAnsweredAsByTheServer_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("answer");
    const QByteArray any;
    QTest::newRow("pool") << "GET"_ba
                          << "/word"_ba
                          << ""_ba << 200 << "hello"_ba;
    QTest::newRow("loop") << "GET"_ba
                          << "/later"_ba
                          << ""_ba << 200 << "later"_ba;
    QTest::newRow("head") << "HEAD"_ba
                          << "/word"_ba
                          << ""_ba << 200 << ""_ba;
    QTest::newRow("body") << "POST"_ba
                          << "/echo"_ba
                          << R"({"b":1,"a":2.50})"_ba << 201 << R"({"b":1,"a":2.50})"_ba;
    QTest::newRow("no body") << "POST"_ba
                             << "/note"_ba
                             << ""_ba << 204 << ""_ba;
    QTest::newRow("bad json") << "POST"_ba
                              << "/echo"_ba
                              << "{"_ba << 400 << any;
    QTest::newRow("capture of another type") << "GET"_ba
                                             << "/pieces/x"_ba
                                             << ""_ba << 404 << any;
    QTest::newRow("no such path") << "GET"_ba
                                  << "/nothing"_ba
                                  << ""_ba << 404 << any;
    QTest::newRow("no such method") << "DELETE"_ba
                                    << "/word"_ba
                                    << ""_ba << 405 << any;
    QTest::newRow("exception") << "GET"_ba
                               << "/throw"_ba
                               << ""_ba << 500 << any;
    QTest::newRow("never answered") << "GET"_ba
                                    << "/never"_ba
                                    << ""_ba << 504 << any;
    QTest::newRow("bad target") << "GET"_ba
                                << "no slash"_ba
                                << ""_ba << 400 << any;
    QTest::newRow("the host's own") << "GET"_ba
                                    << "/healthz"_ba
                                    << ""_ba << 200 << R"({"status":"ok"})"_ba;
}

void TestTestHost::aRequestIsAnsweredAsByTheServer()
{
    QFETCH(const QByteArray, method);
    QFETCH(const QByteArray, target);
    QFETCH(const QByteArray, body);
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    const auto response = host.request(method, target, body);
    QCOMPARE(response.failure, QString());
    QTEST(response.status, "status");
    QFETCH(const QByteArray, answer);
    if (!answer.isNull())
        QCOMPARE(response.body, answer);
    else
        QCOMPARE(response.header("content-type"), "application/problem+json"_ba);
    QVERIFY(!response.body.contains("secret"));
    QVERIFY(!response.header("X-Request-Id").isEmpty());
}

void TestTestHost::aStreamIsCollected()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    const auto response = host.request("GET", "/pieces/2000");
    QCOMPARE(response.failure, QString());
    QCOMPARE(response.body, QByteArray(2'000'000, 'a'));
}

void TestTestHost::aStreamThatBreaksIsNotWhole()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    const auto response = host.request("GET", "/cut");
    QCOMPARE(response.status, 200);
    QCOMPARE(response.body.size(), 1'000'000);
    QCOMPARE(response.failure, u"the host closed the connection"_s);
}

void TestTestHost::whatIsTooLargeIsRefused()
{
    Subject subject;
    quoin::TestHost host;
    host.set(u"http.max_body"_s, u"2000"_s);
    QVERIFY2(host.start(subject), host.fault());
    QCOMPARE(host.request("POST", "/echo", QByteArray(1001, '1')).status, 413);
    QCOMPARE(host.request("POST", "/note", QByteArray(1001, '1')).status, 204);
    QCOMPARE(host.request("POST", "/note", QByteArray(2'000'000, '1')).status, 413);
}

void TestTestHost::settingsAreDefaultsUntilTheyAreSet()
{
    Subject subject;
    quoin::TestHost host;
    host.set(u"word"_s, u"Ahoy"_s);
    QVERIFY2(host.start(subject), host.fault());
    QCOMPARE(host.request("GET", "/word").body, "ahoy"_ba);
}

void TestTestHost::aStartIsRefusedWithItsSentence_data()
{
    QTest::addColumn<QString>("setting");
    QTest::addColumn<QString>("value");
    QTest::addColumn<bool>("refuses");
    QTest::addColumn<QString>("metadata");
    QTest::addColumn<QString>("sentence");
    const QString metadata = QStringLiteral(QUOIN_PLUGIN_METADATA);
    QTest::newRow("start") << u""_s << u""_s << true << metadata << u"not today"_s;
    QTest::newRow("bad value") << u"word"_s << u"ho"_s << false << metadata << u"subject.word"_s;
    QTest::newRow("unknown setting") << u"wrod"_s << u"ahoy"_s << false << metadata << u"there is no setting"_s;
    QTest::newRow("no metadata") << u""_s << u""_s << false << u"/nonexistent/subject.json"_s
                                 << u"quoin_add_plugin()"_s;
    QTest::newRow("no database") << u"database.url"_s << u"sqlite:////nonexistent/a.db"_s << false << metadata
                                 << u"/nonexistent/a.db"_s;
}

void TestTestHost::aStartIsRefusedWithItsSentence()
{
    QFETCH(const QString, setting);
    QFETCH(const QString, value);
    QFETCH(const bool, refuses);
    QFETCH(const QString, metadata);
    QFETCH(const QString, sentence);
    Subject subject;
    subject.refuses = refuses;
    quoin::TestHost host;
    if (!setting.isEmpty())
        host.set(setting, value);
    const auto started = host.start(subject, metadata);
    QVERIFY(!started);
    QVERIFY2(started.error().message().contains(sentence), qPrintable(started.error().message()));
    QCOMPARE(QString::fromUtf8(host.fault()), started.error().message());
    QTest::ignoreMessage(QtWarningMsg, "TestHost::tasks(): no plugin is started");
    QVERIFY(host.tasks().isEmpty());
}

/// The server would refuse it as an upgrade, because the version before still runs on the same tables.
void TestTestHost::aMigrationThatTakesAwayIsWarnedOf()
{
    Subject subject;
    subject.takesAway = true;
    quoin::TestHost host;
    QTest::ignoreMessage(QtWarningMsg,
                         QRegularExpression(u"as an upgrade this would be refused: .*subject/0002-no-note"_s));
    QVERIFY2(host.start(subject), host.fault());
}

void TestTestHost::aRefusedPluginIsStoppedAgain()
{
    Subject subject;
    subject.refuses = true;
    quoin::TestHost host;
    QVERIFY(!host.start(subject));
    QCOMPARE(subject.stops, 1);
    subject.refuses = false;
    QVERIFY2(host.start(subject), host.fault());
    QVERIFY(!host.start(subject)); // it has one
    host.stop();
    QCOMPARE(subject.stops, 2);
}

void TestTestHost::tasksWaitUntilTheyAreRun()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    for (const QByteArray text : {"one", "two", "three"})
        QCOMPARE(host.request("POST", "/note", text).status, 204);
    QCOMPARE(host.tasks().size(), 3);
    QCOMPARE(host.tasks().first().state, u"ready"_s);
    QCOMPARE(host.tasks().first().arguments, R"(["one"])"_ba);

    const auto ran = host.runTasks();
    QCOMPARE(ran.size(), 3);
    QCOMPARE(subject.copied, (QStringList{u"one"_s, u"two"_s, u"three"_s}));
    QCOMPARE(ran.last().name, u"subject.copy"_s);
    QCOMPARE(ran.last().state, u"done"_s);
    QCOMPARE(ran.last().attempt, 1);
    QVERIFY(host.runTasks().isEmpty());
    QCOMPARE(host.tasks().last().state, u"done"_s);
}

void TestTestHost::eachRunOfABatchIsATaskOfItsOwn()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    for (const QString &text : {u"one"_s, u"two"_s, u"three"_s, u"four"_s})
        QVERIFY(host.push(u"subject.copies"_s, quoin::jsonArray(text)));
    QVERIFY(host.push(u"subject.copies"_s, quoin::jsonArray(5)));
    subject.failures = 1;
    const auto ran = host.runTasks();
    QCOMPARE(ran.size(), 5);
    QStringList states;
    for (const auto &task : ran)
        states += task.state;
    QCOMPARE(states, (QStringList{u"scheduled"_s, u"done"_s, u"done"_s, u"done"_s, u"dead"_s}));
    QVERIFY(ran.last().error.contains(u"wrong type"_s));
    host.advance(1h);
    QCOMPARE(host.runTasks().size(), 1);
    QCOMPARE(subject.copied, (QStringList{u"two"_s, u"three"_s, u"four"_s, u"one"_s}));
}

void TestTestHost::aFailedTaskIsRetriedWhenItsTimeHasCome()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    subject.failures = 1;
    QVERIFY(host.push(u"subject.copy"_s, quoin::jsonArray(u"one"_s)));
    const auto failed = host.runTasks();
    QCOMPARE(failed.size(), 1);
    QCOMPARE(failed.first().state, u"scheduled"_s);
    QCOMPARE(failed.first().error, u"not yet"_s);
    QVERIFY(failed.first().due > host.now() && failed.first().due <= host.now() + 10s);
    QVERIFY(host.runTasks().isEmpty());

    host.advance(11s);
    const auto done = host.runTasks();
    QCOMPARE(done.size(), 1);
    QCOMPARE(done.first().state, u"done"_s);
    QCOMPARE(done.first().attempt, 2);
    QCOMPARE(subject.copied, QStringList{u"one"_s});
}

void TestTestHost::aTaskOutOfAttemptsIsDead()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    subject.failures = 100;
    QVERIFY(host.push(u"subject.copy"_s, quoin::jsonArray(u"one"_s)));
    QStringList states;
    for (int round = 0; round < 5; ++round) {
        for (const auto &task : host.runTasks())
            states += task.state;
        host.advance(1h);
    }
    QCOMPARE(states, (QStringList{u"scheduled"_s, u"scheduled"_s, u"dead"_s}));
}

void TestTestHost::whatATaskPushesIsRunToo()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    QVERIFY(host.push(u"subject.chain"_s, quoin::jsonArray(5)));
    QCOMPARE(host.runTasks().size(), 6);
}

void TestTestHost::anAliasAndAScheduleAreHonoured()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    QVERIFY(host.push(u"old.copy"_s, quoin::jsonArray(u"late"_s), {.notBefore = host.now() + 1h}));
    QVERIFY(host.push(u"subject.copy"_s, quoin::jsonArray(u"low"_s)));
    QVERIFY(host.push(u"subject.copy"_s, quoin::jsonArray(u"high"_s), {.priority = 1}));
    QCOMPARE(host.runTasks().size(), 2);
    host.advance(1h + 1s);
    QCOMPARE(host.runTasks().size(), 1);
    QCOMPARE(subject.copied, (QStringList{u"high"_s, u"low"_s, u"late"_s}));
}

void TestTestHost::anUnknownTaskIsRefused()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    const auto pushed = host.push(u"subject.cpoy"_s, "[]");
    QVERIFY(!pushed);
    QVERIFY(pushed.error().message().contains(u"subject.cpoy"_s));
    QVERIFY(!host.push(u"subject.copy"_s, "no array"));
}

void TestTestHost::publishedEventsAreHeardOnceCommitted()
{
    Subject subject;
    quoin::TestHost host;
    host.listen(u"note.stored"_s);
    QVERIFY2(host.start(subject), host.fault());
    QCOMPARE(host.request("POST", "/note", "one").status, 204);
    QCOMPARE(host.request("POST", "/note", "roll back").status, 409);
    QVERIFY(host.publish(u"note.stored"_s, quoin::jsonArray(u"two"_s)));
    QCOMPARE(host.heard(u"note.stored"_s), (QList<QByteArray>{R"(["one"])", R"(["two"])"}));
    QCOMPARE(host.tasks().size(), 2);
    QCOMPARE(host.runTasks().size(), 2);
    QVERIFY(host.heard(u"note.lost"_s).isEmpty());
}

void TestTestHost::aDatabaseThatIsAwayIsUnavailable()
{
    Subject subject;
    quoin::TestHost host;
    QVERIFY2(host.start(subject), host.fault());
    host.setDatabaseAway(true);
    QCOMPARE(host.request("POST", "/note", "one").status, 503);
    host.setDatabaseAway(false);
    QCOMPARE(host.request("POST", "/note", "one").status, 204);
    const auto count = host.database()
                           .read([](quoin::Connection &connection) -> quoin::Result<qint64> {
                               auto rows = connection.query(u"SELECT count(*) FROM note"_s);
                               return rows && rows->next() ? rows->integer(0) : -1;
                           })
                           .result();
    QVERIFY(count && *count == 1);
}

void TestTestHost::nothingIsLeftBehind()
{
    QString folder;
    {
        Subject subject;
        quoin::TestHost host;
        QVERIFY2(host.start(subject), host.fault());
        folder = host.dataDirectory();
        QCOMPARE(host.pluginDataDirectory(), folder + u"/plugins/subject"_s);
        QVERIFY(QFileInfo(host.pluginDataDirectory()).isDir());
    }
    QVERIFY(!QFileInfo::exists(folder));
}

QTEST_GUILESS_MAIN(TestTestHost)
#include "tst_testhost.moc"
