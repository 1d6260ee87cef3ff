// SPDX-License-Identifier: GPL-3.0-only
#include "adminclient.h"
#include "pluginground.h"
#include "wrkload.h"

#include <QSet>
#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// The routes of the admin API that say how a host is, with a supervisor and in one process.
class AdminApiTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data();
    void init();
    void theIndexListsWhatIsServed();
    void theServerSaysHowItIs();
    void requestsAreSeenInTheHistory();
    void theHistoryHasAsManySecondsAsAskedFor();
    void workersAreThoseThatRun();
    void settingsShowTheirOriginAndNoSecret();
    void theLogIsFollowedByItsCursor();
    void theLogFindsARequestByItsId();
    void wrongInputIsRefused_data();
    void wrongInputIsRefused();
    void drainingAWorkerFailsNoRequest();
    void aDrainThatCannotBeIsRefused();
    void pluginsAreListedWithWhatTheyHave();
    void cleanup() { m_ground.reset(); }

private:
    bool isSingle() const { return m_isSingle; }
    AdminClient client() const { return AdminClient(m_ground->server()); }
    QJsonObject json(const QByteArray &target) const { return jsonOf(client().get(target)); }

    bool m_isSingle = false;
    std::unique_ptr<PluginGround> m_ground;
};

void AdminApiTest::initTestCase_data()
{
    QTest::addColumn<bool>("isSingle");
    QTest::newRow("with a supervisor") << false;
    QTest::newRow("one process") << true;
}

void AdminApiTest::init()
{
    QFETCH_GLOBAL(bool, isSingle);
    m_isSingle = isSingle;
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    m_ground->server().set(u"log.requests"_s, u"true"_s);
    if (m_isSingle)
        m_ground->server().setCommand({u"serve"_s, u"--single"_s});
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/readyz").status, 200, 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(json("/admin/v1/plugins/sip")["state"_L1], u"live"_s, 30'000); // told a little later
}

void AdminApiTest::theIndexListsWhatIsServed()
{
    const QJsonObject index = json("/admin/v1");
    QVERIFY2(!index.isEmpty(), m_ground->server().report());
    QCOMPARE(index["token"_L1]["scopes"_L1].toArray(), QJsonArray{u"admin"_s});
    QCOMPARE(index["limits"_L1]["plugin_upload"_L1].toInt(), 64 * 1024 * 1024);
    QSet<QString> listed;
    for (const auto &endpoint : index["endpoints"_L1].toArray())
        listed.insert(endpoint["method"_L1].toString() + u' ' + endpoint["path"_L1].toString());
    for (const QString &wanted :
         {u"GET /record/{id}"_s, u"POST /record"_s, u"GET /admin/v1/server"_s, u"GET /admin/v1/events"_s,
          u"POST /admin/v1/plugins"_s, u"GET /admin/v1/log"_s, u"POST /admin/v1/workers/{pid}/drain"_s})
        QVERIFY2(listed.contains(wanted), qPrintable(wanted));
}

void AdminApiTest::theServerSaysHowItIs()
{
    const QJsonObject server = json("/admin/v1/server");
    QCOMPARE(server["pid"_L1].toInteger(), m_ground->server().processId());
    QCOMPARE(server["listening"_L1].toArray(), QJsonArray{u"127.0.0.1:%1"_s.arg(m_ground->server().port())});
    QCOMPARE(server["data_dir"_L1].toString(), m_ground->server().dataDirectory());
    QCOMPARE(server["database"_L1]["kind"_L1], u"sqlite"_s);
    QCOMPARE(server["queue"_L1]["kind"_L1], u"database"_s);
    QCOMPARE(server["processes"_L1]["web"_L1].toInt(), 1);
    QCOMPARE(server["checks"_L1][0]["status"_L1], u"ok"_s);
    HttpClient visitor(m_ground->server().port());
    QCOMPARE(visitor.get("/healthz").status, 200); // and stays; one process tells once a second
    QTRY_VERIFY_WITH_TIMEOUT(json("/admin/v1/server")["connections"_L1].toInt() >= 1, 30'000);
    QVERIFY(server["uptime_seconds"_L1].toInt() < 300);
}

void AdminApiTest::requestsAreSeenInTheHistory()
{
    HttpClient visitor(m_ground->server().port());
    for (int i = 0; i < 25; ++i)
        QCOMPARE(visitor.get("/healthz").status, 200);
    const auto seen = [this] {
        qint64 requests = 0;
        qint64 slowest = 0;
        const QJsonObject history = json("/admin/v1/server/history");
        for (const auto &count : history["requests"_L1].toArray())
            requests += count.toInteger();
        for (const auto &latency : history["p99_us"_L1].toArray())
            slowest = std::max(slowest, latency.toInteger());
        return slowest > 0 ? requests : 0;
    };
    QTRY_VERIFY_WITH_TIMEOUT(seen() >= 25, 30'000);
    QVERIFY(json("/admin/v1/server")["requests"_L1]["total"_L1].toInteger() >= 25);
}

void AdminApiTest::theHistoryHasAsManySecondsAsAskedFor()
{
    QTRY_COMPARE_WITH_TIMEOUT(json("/admin/v1/server/history?seconds=2")["requests"_L1].toArray().size(), 2, 30'000);
    const QJsonObject history = json("/admin/v1/server/history?seconds=2");
    for (const QString &column : {u"errors"_s, u"p50_us"_s, u"p95_us"_s, u"p99_us"_s, u"connections"_s, u"tasks_done"_s,
                                  u"tasks_failed"_s, u"tasks_running"_s})
        QCOMPARE(history[column].toArray().size(), 2);
}

void AdminApiTest::workersAreThoseThatRun()
{
    const QJsonArray workers = resultsOf(client().get("/admin/v1/workers"));
    QCOMPARE(workers.size(), 1);
    const qint64 expected = isSingle() ? m_ground->server().processId() : m_ground->server().children().constFirst();
    QCOMPARE(workers[0]["pid"_L1].toInteger(), expected);
    QCOMPARE(workers[0]["state"_L1], u"ready"_s);
    QCOMPARE(workers[0]["role"_L1], u"web"_s);
}

void AdminApiTest::settingsShowTheirOriginAndNoSecret()
{
    const QJsonArray settings = resultsOf(client().get("/admin/v1/settings"));
    QMap<QString, QJsonObject> byKey;
    for (const auto &setting : settings)
        byKey.insert(setting["key"_L1].toString(), setting.toObject());
    QCOMPARE(byKey[u"data.dir"_s]["value"_L1].toString(), m_ground->server().dataDirectory());
    QCOMPARE(byKey[u"data.dir"_s]["is_default"_L1].toBool(), false);
    QCOMPARE(byKey[u"http.threads"_s]["origin"_L1], u"default"_s);
    QCOMPARE(byKey[u"sip.format"_s]["plugin"_L1], u"sip"_s);
    QVERIFY(!byKey[u"http.threads"_s].contains("plugin"_L1));
}

void AdminApiTest::theLogIsFollowedByItsCursor()
{
    QJsonObject page = json("/admin/v1/log?limit=1000&level=info");
    QStringList messages;
    for (const auto &row : page["results"_L1].toArray())
        messages.append(row["message"_L1].toString());
    QVERIFY2(messages.contains(u"starting"_s), qPrintable(messages.join(u'|')));
    const QByteArray next = page["next"_L1].toString().toLatin1();
    QCOMPARE(m_ground->get("/nothing-there").status, 404);
    const auto since = [&] {
        for (const auto &row : resultsOf(client().get("/admin/v1/log?text=nothing-there&after=" + next))) {
            if (row["fields"_L1]["path"_L1] == u"/nothing-there"_s)
                return row["fields"_L1]["status"_L1].toInt();
        }
        return 0;
    };
    QTRY_COMPARE_WITH_TIMEOUT(since(), 404, 30'000);
}

void AdminApiTest::theLogFindsARequestByItsId()
{
    HttpClient visitor(m_ground->server().port());
    QCOMPARE(visitor.request("GET", "/healthz", {}, "X-Request-Id: find-me-1\r\n").status, 200);
    QTRY_COMPARE_WITH_TIMEOUT(resultsOf(client().get("/admin/v1/log?request_id=find-me-1")).size(), 1, 30'000);
    const QJsonObject row = resultsOf(client().get("/admin/v1/log?request_id=find-me-1"))[0].toObject();
    QCOMPARE(row["request_id"_L1], u"find-me-1"_s);
    QCOMPARE(row["category"_L1], u"quoin.http.request"_s);
}

void AdminApiTest::wrongInputIsRefused_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::addColumn<int>("status");
    const auto row = [](const char *method, const char *target, int status) {
        QTest::addRow("%s %s", method, target) << QByteArray(method) << QByteArray(target) << status;
    };
    row("GET", "/admin/v1?x=1", 400);
    row("GET", "/admin/v1/server?x=1", 400);
    row("GET", "/admin/v1/server/history?seconds=0", 400);
    row("GET", "/admin/v1/server/history?seconds=601", 400);
    row("GET", "/admin/v1/server/history?seconds=many", 400);
    row("GET", "/admin/v1/workers?x", 400);
    row("GET", "/admin/v1/log?limit=0", 400);
    row("GET", "/admin/v1/log?limit=1001", 400);
    row("GET", "/admin/v1/log?level=loud", 400);
    row("GET", "/admin/v1/log?after=1", 400);
    row("GET", "/admin/v1/log?Level=info", 400);
    row("GET", "/admin/v1/settings?key=a", 400);
    row("GET", "/admin/v1/events?after=1", 400);
    row("GET", "/admin/v1/plugins?x=1", 400);
    row("GET", "/admin/v1/plugins/absent", 404);
    row("GET", "/admin/v1/absent", 404);
    row("PUT", "/admin/v1/server", 405);
}

void AdminApiTest::wrongInputIsRefused()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, target);
    QFETCH(int, status);
    const HttpReply reply = client().request(method, target);
    QCOMPARE(reply.status, status);
    QCOMPARE(reply.header("Content-Type"), "application/problem+json");
    QVERIFY(!jsonOf(reply)["detail"_L1].toString().isEmpty());
}

void AdminApiTest::drainingAWorkerFailsNoRequest()
{
    if (isSingle())
        QSKIP("one process has nobody to take its place");
    if (!WrkLoad::isInstalled())
        QSKIP("install the Debian package wrk");
    const qint64 first = m_ground->server().children().constFirst();
    WrkLoad load(m_ground->server().port(), "/healthz", 8);
    const HttpReply reply = client().post("/admin/v1/workers/" + QByteArray::number(first) + "/drain");
    QCOMPARE(reply.status, 202);
    QCOMPARE(jsonOf(reply)["state"_L1], u"draining"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!isAlive(first), 60'000);
    const auto workers = [this] { return resultsOf(client().get("/admin/v1/workers")); };
    QTRY_COMPARE_WITH_TIMEOUT(workers().size(), 1, 60'000);
    QVERIFY(workers()[0]["pid"_L1].toInteger() != first);
    load.finish();
    QVERIFY(load.requests() > 0);
    QVERIFY2(load.faults().isEmpty(), load.report());
}

void AdminApiTest::aDrainThatCannotBeIsRefused()
{
    const QByteArray supervisor = QByteArray::number(m_ground->server().processId());
    QCOMPARE(client().post("/admin/v1/workers/" + supervisor + "/drain").status, isSingle() ? 409 : 404);
    QCOMPARE(client().post("/admin/v1/workers/abc/drain").status, 404);
}

void AdminApiTest::pluginsAreListedWithWhatTheyHave()
{
    const QJsonObject answer = json("/admin/v1/plugins");
    QCOMPARE(answer["folder"_L1].toString(), m_ground->folder());
    QCOMPARE(answer["upload"_L1]["allowed"_L1].toBool(), false);
    QVERIFY(!answer["upload"_L1]["reason"_L1].toString().isEmpty());
    QCOMPARE(answer["results"_L1].toArray().size(), 3);
    const QJsonObject sip = json("/admin/v1/plugins/sip");
    QCOMPARE(sip["state"_L1], u"live"_s);
    QCOMPARE(sip["file"_L1].toString(), m_ground->file(u"sip"_s));
    QVERIFY(sip["tasks"_L1].toArray().contains(u"sip.make_sip"_s));
    QVERIFY(!sip["routes"_L1].toArray().isEmpty());
    QVERIFY(sip["settings"_L1].toArray().contains(u"sip.format"_s));
    QCOMPARE(sip["subscriptions"_L1][0]["event"_L1], u"record.created"_s);
    QCOMPARE(sip["sha256"_L1].toString().size(), 64);
}

QTEST_GUILESS_MAIN(AdminApiTest)
#include "tst_adminapi.moc"
