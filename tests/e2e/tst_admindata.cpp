// SPDX-License-Identifier: GPL-3.0-only
#include "adminclient.h"
#include "databases.h"
#include "pluginground.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// The routes of the admin API that show and change what is kept: tasks, queues, records and packages.
class AdminDataTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { addDatabaseRows(); }
    void init();
    void tasksAreFoundByEveryFilter();
    void aTaskIsShownAsItWasPushed();
    void whatFailedIsKeptAndCanBeDoneAgain();
    void whatWaitsAfterAFailureCanBeRetriedAtOnce();
    void manyTasksAreChangedAtOnce();
    void aPausedQueueWaitsAlsoThroughARestart();
    void recordsAreFoundByWhatTheyContain();
    void anyRecordCanBeJumpedTo();
    void packagesAreListed();
    void wrongInputIsRefused_data();
    void wrongInputIsRefused();
    void cleanup();

private:
    AdminClient client() const { return AdminClient(m_ground->server()); }
    QJsonObject json(const QByteArray &target) const { return jsonOf(client().get(target)); }
    QJsonArray list(const QByteArray &target) const { return resultsOf(client().get(target)); }
    QJsonObject change(const QByteArray &target, const QByteArray &body = {}) const
    {
        return jsonOf(client().post(target, body));
    }
    void post(const QByteArray &record)
    {
        QCOMPARE(HttpClient(m_ground->server().port()).post("/record", record).status, 200);
        ++m_posted;
    }
    static QByteArray addressOf(const QJsonValue &task)
    {
        return "/admin/v1/tasks/" + QByteArray::number(task["id"_L1].toInteger());
    }
    int count(const QByteArray &filter) const { return int(list("/admin/v1/tasks?limit=1000&" + filter).size()); }
    void waitUntilArchived() { QTRY_COMPARE(count("name=sip.make_sip&state=done"), m_posted); }
    void makeArchivingFail();
    void letArchivingWork();

    std::unique_ptr<PostgresServer> m_postgres;
    std::unique_ptr<PluginGround> m_ground;
    int m_posted = 0;
};

void AdminDataTest::init()
{
    QFETCH_GLOBAL(bool, postgresql);
    m_posted = 0;
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    if (postgresql) {
        m_postgres = std::make_unique<PostgresServer>();
        QVERIFY2(m_postgres->start() && m_postgres->createDatabase(u"quoin"_s), m_postgres->log());
        m_ground->server().set(u"database.url"_s, m_postgres->url(u"quoin"_s));
    }
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/readyz").status, 200, 30'000);
}

/// A file in the place of the folder: no package can be written, whoever tries.
void AdminDataTest::makeArchivingFail()
{
    const QString sips = m_ground->server().dataDirectory() + u"/sips"_s;
    QVERIFY(QDir().rename(sips, sips + u"-away"_s));
    QFile file(sips);
    QVERIFY(file.open(QFile::WriteOnly));
}

void AdminDataTest::letArchivingWork()
{
    const QString sips = m_ground->server().dataDirectory() + u"/sips"_s;
    QVERIFY(QFile::remove(sips) && QDir().rename(sips + u"-away"_s, sips));
}

void AdminDataTest::tasksAreFoundByEveryFilter()
{
    for (const char *record : {"{\"shelf\":\"A\"}", "{\"shelf\":\"B\"}", "\"100%\"", "\"100 of them\"", "5"})
        post(record);
    waitUntilArchived();
    QCOMPARE(count("record=2"), 1);
    QCOMPARE(count("text=shelf"), 2);
    QCOMPARE(count("text=100%25"), 1); // a percent sign is one
    QCOMPARE(count("state=dead,cancelled"), 0);
    QCOMPARE(count("name=sip.make_sip&from=2020-01-01&to=2021-01-01"), 0);
    QCOMPARE(count("name=no.such"), 0);
    const QJsonObject counts = json("/admin/v1/tasks/counts?name=sip.make_sip");
    QCOMPARE(counts["counts"_L1]["done"_L1].toInt(), m_posted);

    QList<qint64> ids; // page by page, the newest first
    QByteArray cursor;
    do {
        const QJsonObject page = json("/admin/v1/tasks?name=sip.make_sip&limit=2" + cursor);
        for (const auto &task : page["results"_L1].toArray())
            ids += task["id"_L1].toInteger();
        cursor = page.contains("next"_L1) ? "&after=" + page["next"_L1].toString().toUtf8() : QByteArray();
    } while (!cursor.isEmpty() && ids.size() < 100);
    QCOMPARE(ids.size(), m_posted);
    QVERIFY(std::is_sorted(ids.rbegin(), ids.rend()));
}

void AdminDataTest::aTaskIsShownAsItWasPushed()
{
    post("{\"huge\":1e400,\"exact\":1.50}");
    waitUntilArchived();
    const QByteArray id = QByteArray::number(list("/admin/v1/tasks?record=1").first()["id"_L1].toInteger());
    const QByteArray body = client().get("/admin/v1/tasks/" + id).body;
    QVERIFY2(body.contains("\"arguments\":[1,{\"huge\":1e400,\"exact\":1.50}]"), body);
    const QByteArray history = "\"history\":[{\"attempt\":1,";
    QVERIFY2(body.contains(history) && body.contains("\"outcome\":\"done\""), body);
    QCOMPARE(client().get("/admin/v1/tasks/999999").status, 404);
}

void AdminDataTest::whatFailedIsKeptAndCanBeDoneAgain()
{
    makeArchivingFail();
    post("{\"title\":\"late\"}");
    QTRY_COMPARE(count("record=1&state=scheduled&text=late"), 1); // the first of its attempts has failed
    const QJsonObject task = list("/admin/v1/tasks?record=1").first().toObject();
    QVERIFY(!task["error"_L1].toString().isEmpty());
    const QByteArray path = "/admin/v1/tasks/" + QByteArray::number(task["id"_L1].toInteger());
    QCOMPARE(client().post(path + "/cancel").status, 200);
    QCOMPARE(client().post(path + "/cancel").status, 409);
    const QJsonArray history = json(path)["history"_L1].toArray();
    QVERIFY(!history.isEmpty());
    QCOMPARE(history.first()["outcome"_L1], u"failed"_s);
    QVERIFY(!history.first()["error"_L1].toString().isEmpty());

    letArchivingWork();
    QCOMPARE(client().post(path + "/retry").status, 200);
    waitUntilArchived();
    QCOMPARE(list("/admin/v1/sips?record=1").size(), 1);
    QCOMPARE(client().remove(path).status, 204);
    QCOMPARE(client().get(path).status, 404);
}

/// The pause before the next attempt may be an hour, and whoever has mended the cause does not want to wait for it.
void AdminDataTest::whatWaitsAfterAFailureCanBeRetriedAtOnce()
{
    makeArchivingFail();
    for (int i = 0; i < 3; ++i)
        post("{\"title\":\"impatient\"}");
    QTRY_COMPARE(count("state=scheduled&text=impatient"), 3);
    change("/admin/v1/queues/sip.make_sip/pause"); // so that none of them is run by itself meanwhile
    QTRY_COMPARE(count("state=scheduled&text=impatient"), 3);
    letArchivingWork();
    const QByteArray one = addressOf(list("/admin/v1/tasks?text=impatient").first());
    QCOMPARE(client().post(one + "/retry").status, 200);
    QCOMPARE(count("state=ready&text=impatient"), 1);
    const QByteArray putOff = addressOf(list("/admin/v1/tasks?name=sip.check_fixity").first());
    QCOMPARE(client().post(putOff + "/retry").status, 409);
    QCOMPARE(change("/admin/v1/tasks/retry?state=scheduled")["changed"_L1].toInt(), 2);
    QCOMPARE(json(putOff)["state"_L1], u"scheduled"_s);
    change("/admin/v1/queues/sip.make_sip/resume");
    waitUntilArchived();
}

void AdminDataTest::manyTasksAreChangedAtOnce()
{
    for (int i = 0; i < 6; ++i)
        post("{\"batch\":true}");
    waitUntilArchived();
    const QByteArray done = "state=done&text=batch";
    QCOMPARE(change("/admin/v1/tasks/delete?dry_run=true&" + done)["matches"_L1].toInt(), 6);
    QCOMPARE(count(done), 6); // it was only counted

    const qint64 id = list("/admin/v1/tasks?" + done).first()["id"_L1].toInteger();
    const QJsonObject some = change("/admin/v1/tasks/delete", "{\"ids\":[" + QByteArray::number(id) + ",999999]}");
    QCOMPARE(some["changed"_L1].toInt(), 1);
    QCOMPARE(some["refused"_L1].toArray().size(), 1);
    QCOMPARE(some["refused"_L1][0]["id"_L1].toInt(), 999999);

    const QJsonObject all = change("/admin/v1/tasks/delete?" + done);
    QCOMPARE(all["changed"_L1].toInt(), 5);
    QCOMPARE(count(done), 0);
    QCOMPARE(client().post("/admin/v1/tasks/delete").status, 400); // all of them only if one says so
    QCOMPARE(change("/admin/v1/tasks/retry?all=true&dry_run=true")["matches"_L1].toInt(), 0);
}

void AdminDataTest::aPausedQueueWaitsAlsoThroughARestart()
{
    QCOMPARE(change("/admin/v1/queues/sip.make_sip/pause")["paused"_L1].toBool(), true);
    post("{\"waits\":1}");
    QuoinProcess &server = m_ground->server();
    server.terminate();
    QCOMPARE(server.waitForExit(), 0);
    QVERIFY2(server.start(), server.report());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/readyz").status, 200, 30'000);
    QJsonObject queue;
    for (const auto &one : list("/admin/v1/queues")) {
        if (one["name"_L1] == u"sip.make_sip"_s)
            queue = one.toObject();
    }
    QCOMPARE(queue["paused"_L1].toBool(), true);
    QCOMPARE(queue["ready"_L1].toInt(), 1);
    QVERIFY(queue.contains("oldest_ready"_L1));
    QCOMPARE(change("/admin/v1/queues/sip.make_sip/resume")["paused"_L1].toBool(), false);
    waitUntilArchived();
    QCOMPARE(client().post("/admin/v1/queues/no.such/pause").status, 404);
}

void AdminDataTest::recordsAreFoundByWhatTheyContain()
{
    for (const char *record :
         {"{\"note\":\"50% off\"}", "{\"note\":\"50 of them\"}", "{\"note\":\"a_b\"}", "{\"note\":\"axb\"}",
          "{\"note\":\"say \\\"hello\\\"\"}", "[1.50,123456789012345678901]"})
        post(record);
    const auto found = [this](const QByteArray &filter) {
        QStringList ids;
        for (const auto &record : list("/admin/v1/records?" + filter))
            ids += QString::number(record["id"_L1].toInteger());
        return ids.join(u' ');
    };
    QCOMPARE(found(""), u"6 5 4 3 2 1"_s); // the newest first
    QCOMPARE(found("order=asc&limit=2"), u"1 2"_s);
    QCOMPARE(found("text=50%25"), u"1"_s);
    QCOMPARE(found("text=a_b"), u"3"_s);
    QCOMPARE(found("text=say%20%22hello"), u"5"_s);
    QCOMPARE(found("text='%3B%20DROP%20TABLE%20record"), QString());
    QCOMPARE(found("id_from=2&id_to=3"), u"3 2"_s);
    QCOMPARE(found("from=2020-01-01"), u"6 5 4 3 2 1"_s);
    QCOMPARE(found("to=2020-01-01"), QString());
    const QByteArray body = client().get("/admin/v1/records?id_from=6").body;
    QVERIFY2(body.contains("\"data\":[1.50,123456789012345678901]") && body.contains("\"created\":\"20"), body);
}

void AdminDataTest::anyRecordCanBeJumpedTo()
{
    for (int i = 1; i <= 25; ++i)
        post(QByteArray::number(i));
    const QJsonObject positions = json("/admin/v1/records/positions?every=10&order=asc");
    QCOMPARE(positions["count"_L1].toInt(), 25);
    const QJsonArray cursors = positions["cursors"_L1].toArray();
    QCOMPARE(cursors.size(), 3);
    const QByteArray cursor = cursors[2].toString().toUtf8();
    post("26"); // does not belong to what was counted
    const QJsonArray last = list("/admin/v1/records?order=asc&limit=100&after=" + cursor);
    QCOMPARE(last.size(), 5);
    QCOMPARE(last.first()["id"_L1].toInt(), 21);
}

void AdminDataTest::packagesAreListed()
{
    for (int i = 0; i < 3; ++i)
        post("{\"number\":" + QByteArray::number(i) + '}');
    waitUntilArchived();
    QCOMPARE(list("/admin/v1/sips").size(), 3);
    const QJsonObject package = list("/admin/v1/sips?record=2").first().toObject();
    QCOMPARE(package["record"_L1].toInt(), 2);
    QCOMPARE(package["sha256"_L1].toString().size(), 64);
    QVERIFY(package.contains("verified"_L1) && package.contains("checked"_L1));
    QCOMPARE(list("/admin/v1/sips?state=fault").size(), 0);
    QCOMPARE(list("/admin/v1/sips?state=verified&text=2_").size(), 1);
}

void AdminDataTest::wrongInputIsRefused_data()
{
    QTest::addColumn<QByteArray>("target");
    for (const char *target :
         {"tasks?limit=0", "tasks?limit=1001", "tasks?after=nonsense", "tasks?state=asleep", "tasks?record=x",
          "tasks?from=yesterday", "tasks?colour=red", "records?order=up", "records?after=a.b", "records?id_from=x",
          "records/positions?every=0", "sips?state=good", "sips?after=%00"})
        QTest::newRow(target) << QByteArray(target);
}

void AdminDataTest::wrongInputIsRefused()
{
    QFETCH(const QByteArray, target);
    const HttpReply reply = client().get("/admin/v1/" + target);
    QCOMPARE(reply.status, 400);
    QVERIFY(!jsonOf(reply)["detail"_L1].toString().isEmpty());
}

void AdminDataTest::cleanup()
{
    m_ground.reset();
    m_postgres.reset();
}

QTEST_GUILESS_MAIN(AdminDataTest)
#include "tst_admindata.moc"
