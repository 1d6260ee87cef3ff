// SPDX-License-Identifier: GPL-3.0-only
#include "adminclient.h"
#include "pluginground.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// What a person can do with plugins through the admin API, against the real program.
class AdminPluginsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void anUploadIsLiveAndTellsEachGate();
    void aBadUploadIsRefusedAtItsGate_data();
    void aBadUploadIsRefusedAtItsGate();
    void anUploadOfWhatIsLiveChangesNothing();
    void anUpgradeReplacesAndCanBeRolledBack();
    void anUploadNeedsItsSettingAndAName();
    void aPluginIsDisabledAndEnabled();
    void aPluginIsStartedAgain();
    void aPluginIsRemoved();
    void whatIsNotThereIsNotFound_data();
    void whatIsNotThereIsNotFound();
    void oneProcessChangesNoPlugins();
    void cleanup() { m_ground.reset(); }

private:
    QuoinProcess &server() { return m_ground->server(); }
    AdminClient client() { return AdminClient(server()); }
    QList<QJsonObject> upload(const QByteArray &name, const QByteArray &bytes);
    QString state(const QByteArray &id)
    {
        return jsonOf(client().get("/admin/v1/plugins/" + id))["state"_L1].toString();
    }
    void restart();
    void expect(const HttpReply &reply, const QByteArray &id, const QString &wanted);

    std::unique_ptr<PluginGround> m_ground;
};

void AdminPluginsTest::init()
{
    m_ground = std::make_unique<PluginGround>();
    m_ground->drop(u"good"_s);
    server().set(u"plugins.upload"_s, u"true"_s);
    restart();
}

void AdminPluginsTest::restart()
{
    QVERIFY2(server().start(), server().report());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/readyz").status, 200, 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(state("good"), u"live"_s, 30'000); // told a little later
}

/// 202 on a machine where it takes long to decide.
void AdminPluginsTest::expect(const HttpReply &reply, const QByteArray &id, const QString &wanted)
{
    QVERIFY2(reply.status == 200 || reply.status == 202, reply.body);
    if (reply.status == 200)
        QCOMPARE(jsonOf(reply)["state"_L1].toString(), wanted);
    QTRY_COMPARE_WITH_TIMEOUT(state(id), wanted, 60'000);
}

QList<QJsonObject> AdminPluginsTest::upload(const QByteArray &name, const QByteArray &bytes)
{
    const HttpReply reply = client().post("/admin/v1/plugins?name=" + name, bytes);
    QList<QJsonObject> lines;
    for (const QByteArray &line : reply.body.split('\n')) {
        if (!line.isEmpty())
            lines.append(QJsonDocument::fromJson(line).object());
    }
    if (lines.isEmpty())
        lines.append({{u"status"_s, reply.status}});
    return lines;
}

void AdminPluginsTest::anUploadIsLiveAndTellsEachGate()
{
    const auto lines = upload("changing.so", PluginGround::built({}, u"1.0.0"_s));
    QStringList gates;
    for (const QJsonObject &line : lines)
        gates.append(line["gate"_L1].toString() + u' ' + line["status"_L1].toString());
    QCOMPARE(gates.first(gates.size() - 1),
             (QStringList{u"take passed"_s, u"lint passed"_s, u"trust skipped"_s, u"metadata passed"_s,
                          u"probe passed"_s, u"plan passed"_s, u"live passed"_s}));
    QCOMPARE(lines.constLast()["outcome"_L1], u"live"_s);
    QCOMPARE(lines.constLast()["version"_L1], u"1.0.0"_s);
    QCOMPARE(state("changing"), u"live"_s);
}

void AdminPluginsTest::aBadUploadIsRefusedAtItsGate_data()
{
    QTest::addColumn<QString>("id");
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("gate");
    QTest::newRow("no library") << u"good"_s << QByteArray("#!/bin/sh\necho hello\n") << u"lint"_s;
    QTest::newRow("empty") << u"good"_s << QByteArray() << u"lint"_s;
    QTest::newRow("half") << u"good"_s << PluginGround::built(u"good"_s).first(9000) << u"lint"_s;
    QTest::newRow("another's name") << u"other"_s << PluginGround::built(u"good"_s) << u"metadata"_s;
    for (const char *id : {"crashinginitialiser", "hangingdescribe", "exitingconstructor"}) {
        const QString name = QLatin1String(id);
        QTest::newRow(id) << name << PluginGround::built(name) << u"probe"_s;
    }
    QTest::newRow("requires what is absent")
        << u"requiresabsent"_s << PluginGround::built(u"requiresabsent"_s) << u"plan"_s;
    QTest::newRow("refuses to start") << u"refusingstart"_s << PluginGround::built(u"refusingstart"_s) << u"live"_s;
    if (!isSanitized())
        QTest::newRow("crashes in start") << u"crashingstart"_s << PluginGround::built(u"crashingstart"_s) << u"live"_s;
}

void AdminPluginsTest::aBadUploadIsRefusedAtItsGate()
{
    QFETCH(QString, id);
    QFETCH(QByteArray, bytes);
    QFETCH(QString, gate);
    const auto lines = upload(id.toLatin1() + ".so", bytes);
    QString failed;
    for (const QJsonObject &line : lines) {
        if (line["status"_L1] == u"failed"_s) {
            failed = line["gate"_L1].toString();
            QVERIFY(!line["detail"_L1].toString().isEmpty());
            QVERIFY(!line["remedy"_L1].toString().isEmpty());
        }
    }
    QCOMPARE(failed, gate);
    QCOMPARE(lines.constLast()["outcome"_L1], u"refused"_s);
    QCOMPARE(m_ground->get("/good/1").status, 200);
}

void AdminPluginsTest::anUploadOfWhatIsLiveChangesNothing()
{
    const auto lines = upload("good.so", PluginGround::built(u"good"_s));
    QCOMPARE(lines.constLast()["outcome"_L1], u"unchanged"_s);
}

void AdminPluginsTest::anUpgradeReplacesAndCanBeRolledBack()
{
    QCOMPARE(upload("changing.so", PluginGround::built({}, u"1.0.0"_s)).constLast()["outcome"_L1], u"live"_s);
    QCOMPARE(upload("changing.so", PluginGround::built({}, u"2.0.0"_s)).constLast()["outcome"_L1], u"live"_s);
    const QJsonObject upgraded = jsonOf(client().get("/admin/v1/plugins/changing"));
    QCOMPARE(upgraded["version"_L1], u"2.0.0"_s);
    QCOMPARE(upgraded["previous"_L1]["version"_L1], u"1.0.0"_s);
    expect(client().post("/admin/v1/plugins/changing/rollback"), "changing", u"live"_s);
    const auto now = [this] { return jsonOf(client().get("/admin/v1/plugins/changing")); };
    QTRY_COMPARE_WITH_TIMEOUT(now()["version"_L1], u"1.0.0"_s, 60'000);
    QCOMPARE(now()["turned_away"_L1]["version"_L1], u"2.0.0"_s);
}

void AdminPluginsTest::anUploadNeedsItsSettingAndAName()
{
    for (const char *name : {"", "good", "../good.so", "a%2Fb.so", ".so"})
        QCOMPARE(upload(name, "x").constLast()["outcome"_L1].isUndefined(), true);
    QCOMPARE(client().post("/admin/v1/plugins", "x").status, 400);
    server().terminate();
    QCOMPARE(server().waitForExit().value_or(-1), 0);
    server().set(u"plugins.upload"_s, u"false"_s);
    restart();
    const HttpReply refused = client().post("/admin/v1/plugins?name=good.so", "x");
    QCOMPARE(refused.status, 403);
    QVERIFY(jsonOf(refused)["detail"_L1].toString().contains(u"plugins.upload"_s));
}

void AdminPluginsTest::aPluginIsDisabledAndEnabled()
{
    expect(client().post("/admin/v1/plugins/good/disable"), "good", u"disabled"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/good/1").status, 404, 30'000);
    expect(client().post("/admin/v1/plugins/good/enable"), "good", u"live"_s);
    QCOMPARE(m_ground->get("/good/1").status, 200);
}

void AdminPluginsTest::aPluginIsStartedAgain()
{
    const qint64 before = server().children().constFirst();
    expect(client().post("/admin/v1/plugins/good/reload"), "good", u"live"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!isAlive(before), 60'000);
    QCOMPARE(m_ground->get("/good/1").status, 200);
}

void AdminPluginsTest::aPluginIsRemoved()
{
    expect(client().remove("/admin/v1/plugins/good"), "good", u"gone"_s);
    QVERIFY(!QFile::exists(m_ground->file(u"good"_s)));
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/good/1").status, 404, 30'000);
}

void AdminPluginsTest::whatIsNotThereIsNotFound_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("target");
    QTest::newRow("enable") << QByteArray("POST") << QByteArray("/admin/v1/plugins/absent/enable");
    QTest::newRow("disable") << QByteArray("POST") << QByteArray("/admin/v1/plugins/absent/disable");
    QTest::newRow("reload") << QByteArray("POST") << QByteArray("/admin/v1/plugins/absent/reload");
    QTest::newRow("rollback") << QByteArray("POST") << QByteArray("/admin/v1/plugins/absent/rollback");
    QTest::newRow("remove") << QByteArray("DELETE") << QByteArray("/admin/v1/plugins/absent");
    QTest::newRow("a path") << QByteArray("DELETE") << QByteArray("/admin/v1/plugins/..%2Fgood");
}

void AdminPluginsTest::whatIsNotThereIsNotFound()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, target);
    QCOMPARE(client().request(method, target).status, 404);
    QVERIFY(QFile::exists(m_ground->file(u"good"_s)));
}

void AdminPluginsTest::oneProcessChangesNoPlugins()
{
    server().terminate();
    QCOMPARE(server().waitForExit().value_or(-1), 0);
    server().setCommand({u"serve"_s, u"--single"_s});
    restart();
    QCOMPARE(client().post("/admin/v1/plugins/good/disable").status, 409);
    QCOMPARE(client().remove("/admin/v1/plugins/good").status, 409);
    QCOMPARE(client().post("/admin/v1/plugins?name=good.so", "x").status, 409);
    QCOMPARE(state("good"), u"live"_s);
}

QTEST_GUILESS_MAIN(AdminPluginsTest)
#include "tst_adminplugins.moc"
