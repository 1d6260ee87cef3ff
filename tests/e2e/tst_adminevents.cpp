// SPDX-License-Identifier: GPL-3.0-only
#include "adminclient.h"
#include "pluginground.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// GET /admin/v1/events of the real program.
class AdminEventsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void everySecondIsTold();
    void whatHappensIsTold();
    void aFailedAttemptIsToldThoughTheCountsAreTheSame();
    void afterARestartOnlyWhatHasChangedIsTold();
    void aRollEndsTheStreamAndKeepsTheConnection();
    void aStreamHoldsUpNoStop();
    void aPluginThatChangesIsNamed();
    void aSilentListenerIsTakenCareOf();
    void oneProcessTellsAsWell();
    void cleanup() { m_ground.reset(); }

private:
    QuoinProcess &server() { return m_ground->server(); }
    int post(const QByteArray &json) { return HttpClient(server().port()).post("/record", json).status; }

    std::unique_ptr<PluginGround> m_ground;
};

void AdminEventsTest::init()
{
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    QVERIFY2(server().start(), server().report());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/readyz").status, 200, 30'000);
    const auto state = [this] {
        return jsonOf(AdminClient(server()).get("/admin/v1/plugins/sip"))["state"_L1].toString();
    };
    QTRY_COMPARE_WITH_TIMEOUT(state(), u"live"_s, 30'000); // told a little later
}

void AdminEventsTest::everySecondIsTold()
{
    EventClient client(server());
    const auto first = client.next(u"server"_s);
    const auto second = client.next(u"server"_s);
    QVERIFY2(first && second, client.head());
    QVERIFY(client.head().contains("Content-Type: text/event-stream"));
    QVERIFY(first->data["time"_L1] != second->data["time"_L1]);
    QVERIFY(client.everything().startsWith(u"retry: 1000\n"_s));
    for (const char *key : {"requests", "errors", "p50_us", "connections", "tasks_running"})
        QVERIFY2(second->data.contains(QLatin1String(key)), key);
}

void AdminEventsTest::whatHappensIsTold()
{
    EventClient client(server());
    const auto before = client.next(u"records"_s);
    QVERIFY(before);
    QCOMPARE(before->data["last"_L1].toInt(), 0);
    QCOMPARE(post("{\"a\":1}"), 200);
    const auto record = client.next(u"records"_s);
    QVERIFY(record);
    QCOMPARE(record->data["last"_L1].toInt(), 1);

    EventClient other(server()); // has its package in time, whichever comes first
    while (true) {
        const auto sip = other.next(u"sips"_s);
        QVERIFY(sip);
        if (sip->data["last"_L1].toInt() == 1)
            break;
    }
    while (true) {
        EventClient another(server());
        const auto tasks = another.next(u"tasks"_s);
        QVERIFY(tasks);
        if (tasks->data["counts"_L1]["done"_L1].toInt() == 1)
            break;
    }
}

/// A task that fails again and again is scheduled whenever somebody looks.
void AdminEventsTest::aFailedAttemptIsToldThoughTheCountsAreTheSame()
{
    const QString sips = server().dataDirectory() + u"/sips"_s;
    QVERIFY(QDir().rename(sips, sips + u"-away"_s));
    QFile inItsPlace(sips);
    QVERIFY(inItsPlace.open(QFile::WriteOnly));
    QCOMPARE(post("1"), 200);
    EventClient client(server());
    QJsonValue counts;
    for (bool isTold = false; !isTold;) {
        const auto tasks = client.next(u"tasks"_s);
        QVERIFY(tasks);
        isTold = tasks->data["counts"_L1] == counts;
        counts = tasks->data["counts"_L1];
    }
}

void AdminEventsTest::afterARestartOnlyWhatHasChangedIsTold()
{
    QByteArray id;
    {
        EventClient client(server());
        QVERIFY(client.next(u"records"_s));
        QVERIFY(client.next(u"server"_s)); // by now everything was told, or will be told after the restart
        id = client.lastId();
    }
    QVERIFY(id.contains("records=0"));
    server().terminate();
    QCOMPARE(server().waitForExit().value_or(-1), 0);
    QVERIFY2(server().start(), server().report());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/readyz").status, 200, 30'000);

    EventClient client(server(), id);
    QVERIFY(client.next(u"workers"_s)); // other processes
    QVERIFY(client.next(u"server"_s));
    QVERIFY(client.next(u"server"_s));
    QVERIFY2(!client.everything().contains(u"event: records"_s), qPrintable(client.everything()));
    QCOMPARE(post("1"), 200);
    const auto record = client.next(u"records"_s);
    QVERIFY(record);
    QCOMPARE(record->data["last"_L1].toInt(), 1);
}

void AdminEventsTest::aRollEndsTheStreamAndKeepsTheConnection()
{
    EventClient client(server());
    QVERIFY(client.next(u"server"_s));
    const qint64 before = server().children().constFirst();
    m_ground->drop(u"good"_s);
    QVERIFY2(client.waitForEnd(std::chrono::seconds(60)), server().report());
    QTRY_VERIFY_WITH_TIMEOUT(!isAlive(before), 30'000);
    QCOMPARE(client.askAgain("/good/7"), "HTTP/1.1 200 OK");
}

void AdminEventsTest::aStreamHoldsUpNoStop()
{
    EventClient client(server());
    QVERIFY(client.next(u"server"_s));
    server().terminate();
    QVERIFY(client.waitForEnd(std::chrono::seconds(20)));
    QCOMPARE(server().waitForExit(std::chrono::seconds(20)).value_or(-1), 0);
}

void AdminEventsTest::aPluginThatChangesIsNamed()
{
    EventClient client(server());
    QVERIFY(client.next(u"plugins"_s));
    const QByteArray id = client.lastId();
    AdminClient(server()).post("/admin/v1/plugins/counter/disable");
    bool isNamed = false; // by the worker that leaves, or by the one that comes
    for (const QDeadlineTimer deadline(60'000); !isNamed && !deadline.hasExpired();) {
        EventClient after(server(), id);
        const auto event = after.next(u"plugins"_s, std::chrono::seconds(5));
        isNamed = event && event->data["ids"_L1].toArray().contains(u"counter"_s);
    }
    QVERIFY(isNamed);
}

/// Who never reads is told nothing and keeps nobody: what it has missed is not kept for it.
void AdminEventsTest::aSilentListenerIsTakenCareOf()
{
    std::vector<std::unique_ptr<EventClient>> silent;
    for (int i = 0; i < 20; ++i)
        silent.push_back(std::make_unique<EventClient>(server()));
    EventClient client(server());
    QVERIFY(client.next(u"server"_s));
    silent.clear();
    QVERIFY(client.next(u"server"_s));
    QCOMPARE(m_ground->get("/healthz").status, 200);
}

void AdminEventsTest::oneProcessTellsAsWell()
{
    server().terminate();
    QCOMPARE(server().waitForExit().value_or(-1), 0);
    server().setCommand({u"serve"_s, u"--single"_s});
    QVERIFY2(server().start(), server().report());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/readyz").status, 200, 30'000);
    EventClient client(server());
    QVERIFY(client.next(u"server"_s));
    QCOMPARE(post("1"), 200);
    while (true) {
        const auto record = client.next(u"records"_s);
        QVERIFY(record);
        if (record->data["last"_L1].toInt() == 1)
            break;
    }
    server().terminate();
    QVERIFY(client.waitForEnd(std::chrono::seconds(20)));
    QCOMPARE(server().waitForExit().value_or(-1), 0);
}

QTEST_GUILESS_MAIN(AdminEventsTest)
#include "tst_adminevents.moc"
