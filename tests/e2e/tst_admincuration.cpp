// SPDX-License-Identifier: GPL-3.0-only
#include "adminclient.h"
#include "databases.h"
#include "pluginground.h"
#include "tokenground.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// What a curator does through the admin API: looks into packages and checks them, corrects, removes and archives
/// records.
class AdminCurationTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { addDatabaseRows(); }
    void init();
    void aPackageCanBeLookedInto();
    void aBareStreamCanBeLookedInto();
    void aPackageIsVerifiedWhenAsked();
    void aDamagedPackageIsNotLookedInto();
    void aCorrectedRecordIsServedByteForByteAndArchived();
    void nobodysCorrectionIsOverwrittenUnseen();
    void aRemovedRecordLeavesItsPackagesAndItsNumber();
    void theNewestOfATableWithoutAutoincrementStays();
    void recordsAreArchivedAgain();
    void wrongInputIsRefused();
    void changesWantTheScopeAdminAndAreAudited();
    void cleanup();

private:
    AdminClient client() const { return AdminClient(m_ground->server()); }
    QJsonObject json(const QByteArray &target) const { return jsonOf(client().get(target)); }
    QJsonArray list(const QByteArray &target) const { return resultsOf(client().get(target)); }
    QByteArray post(const QByteArray &record)
    {
        return HttpClient(m_ground->server().port()).post("/record", record).body;
    }
    QByteArray stored(int id) const { return m_ground->get("/record/" + QByteArray::number(id)).body; }
    int packages(int record) const { return int(list("/admin/v1/sips?record=" + QByteArray::number(record)).size()); }
    /// The one package of the one record, once it is there.
    QJsonObject package()
    {
        const auto isThere = [this] { return packages(1) == 1; };
        return QTest::qWaitFor(isThere, 20'000) ? list("/admin/v1/sips?record=1").first().toObject() : QJsonObject();
    }
    QString fileOf(const QJsonObject &package) const
    {
        return m_ground->server().dataDirectory() + u"/sips/"_s + package["file"_L1].toString();
    }
    HttpReply put(int id, const QByteArray &body, const QByteArray &ifMatch = {}) const;
    static QByteArray tagOf(const QByteArray &text)
    {
        return '"' + QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex() + '"';
    }
    void start();

    std::unique_ptr<PostgresServer> m_postgres;
    std::unique_ptr<PluginGround> m_ground;
};

void AdminCurationTest::init()
{
    QFETCH_GLOBAL(bool, postgresql);
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    if (postgresql && !m_postgres) {
        m_postgres = std::make_unique<PostgresServer>();
        QVERIFY2(m_postgres->start(), m_postgres->log());
    }
    if (postgresql) {
        const QString name = QString::fromLatin1(QTest::currentTestFunction()).toLower();
        QVERIFY2(m_postgres->createDatabase(name), m_postgres->log());
        m_ground->server().set(u"database.url"_s, m_postgres->url(name));
    } else {
        m_postgres.reset();
    }
    if (qstrcmp(QTest::currentTestFunction(), "aBareStreamCanBeLookedInto") == 0)
        m_ground->server().set(u"sip.format"_s, u"zlib"_s);
    if (qstrcmp(QTest::currentTestFunction(), "theNewestOfATableWithoutAutoincrementStays") != 0)
        start();
}

void AdminCurationTest::start()
{
    QVERIFY2(m_ground->server().start(), m_ground->server().report());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/readyz").status, 200, 30'000);
}

HttpReply AdminCurationTest::put(int id, const QByteArray &body, const QByteArray &ifMatch) const
{
    const QByteArray match = ifMatch.isNull() ? QByteArray() : "If-Match: " + ifMatch + "\r\n";
    HttpClient http(m_ground->server().port());
    return http.request("PUT", "/admin/v1/records/" + QByteArray::number(id), body, client().header() + match);
}

void AdminCurationTest::aPackageCanBeLookedInto()
{
    const QByteArray record = "{\"title\":\"al-Jabr\",\"exact\":1.50}";
    post(record);
    const QByteArray path = "/admin/v1/sips/" + QByteArray::number(package()["id"_L1].toInteger()) + "/entries";
    const QJsonArray entries = list(path);
    qsizetype data = -1;
    QStringList names;
    for (qsizetype i = 0; i < entries.size(); ++i) {
        const QString name = entries[i]["name"_L1].toString();
        names += name.sliced(name.indexOf(u'/') + 1);
        if (name.endsWith(u"/data/record.json"_s))
            data = i;
    }
    names.sort();
    QCOMPARE(names,
             (QStringList{u"bag-info.txt"_s, u"bagit.txt"_s, u"data/record.json"_s, u"manifest-sha256.txt"_s,
                          u"manifest-sha512.txt"_s, u"tagmanifest-sha256.txt"_s, u"tagmanifest-sha512.txt"_s}));
    QCOMPARE(entries[data]["size"_L1].toInt(), int(record.size()));
    const HttpReply bytes = client().get(path + '/' + QByteArray::number(data));
    QCOMPARE(bytes.body, record);
    QCOMPARE(bytes.header("X-Content-Type-Options"), "nosniff");
    QCOMPARE(json(path)["bag"_L1]["info"_L1]["Payload-Oxum"_L1], QString(u"%1.1"_s.arg(record.size())));
    QCOMPARE(client().get(path + "/7").status, 404);
    QCOMPARE(client().get("/admin/v1/sips/999/entries").status, 404);
}

void AdminCurationTest::aBareStreamCanBeLookedInto()
{
    const QByteArray record = "{\"text\":\"" + QByteArray(200'000, 'x') + "\"}";
    post(record);
    const QByteArray path = "/admin/v1/sips/" + QByteArray::number(package()["id"_L1].toInteger()) + "/entries";
    QCOMPARE(list(path).size(), 1);
    QCOMPARE(list(path).first()["size"_L1].toInt(), int(record.size()));
    QCOMPARE(client().get(path + "/0").body, record);
    QCOMPARE(client().get(path + "/1").status, 404);
    QVERIFY(QFile(fileOf(package())).resize(100));
    QCOMPARE(client().get(path).status, 409);
}

void AdminCurationTest::aPackageIsVerifiedWhenAsked()
{
    post("1");
    const QJsonObject before = package();
    const QByteArray path = "/admin/v1/sips/" + QByteArray::number(before["id"_L1].toInteger()) + "/verify";
    const QJsonObject good = jsonOf(client().post(path));
    QVERIFY(!good.contains("fault"_L1));
    QVERIFY(good["verified"_L1].toString() > before["verified"_L1].toString());
    QCOMPARE(good["checked"_L1], good["verified"_L1]);

    const QString file = fileOf(before);
    QVERIFY(QFile::copy(file, file + u".copy"_s) && QFile(file).resize(QFile(file).size() - 1));
    const QJsonObject bad = jsonOf(client().post(path));
    QVERIFY2(bad["fault"_L1].toString().contains(u"bytes instead of"_s), qPrintable(bad["fault"_L1].toString()));
    QCOMPARE(bad["verified"_L1], good["verified"_L1]); // when it was last good
    QCOMPARE(list("/admin/v1/sips?state=fault").size(), 1);
    QVERIFY(m_ground->lines({"fixity lost"}) > 0);

    QVERIFY(QFile::remove(file));
    QVERIFY(jsonOf(client().post(path)).contains("fault"_L1));
    QVERIFY(QFile::rename(file + u".copy"_s, file)); // restored
    QVERIFY(!jsonOf(client().post(path)).contains("fault"_L1));
    QCOMPARE(client().post("/admin/v1/sips/999/verify").status, 404);
}

void AdminCurationTest::aDamagedPackageIsNotLookedInto()
{
    post("{\"a\":1}");
    const QString file = fileOf(package());
    const QByteArray path = "/admin/v1/sips/" + QByteArray::number(package()["id"_L1].toInteger()) + "/entries";
    QVERIFY(QFile(file).resize(QFile(file).size() / 2));
    const HttpReply damaged = client().get(path);
    QCOMPARE(damaged.status, 409);
    QVERIFY2(detailOf(damaged).contains("cannot be looked into"), damaged.body);
    QVERIFY(QFile::remove(file));
    QCOMPARE(client().get(path + "/0").status, 409);
}

void AdminCurationTest::aCorrectedRecordIsServedByteForByteAndArchived()
{
    post("{\"title\":\"al-Jabr\"}");
    package();
    const QByteArray corrected = "{ \"title\": \"Al-Kit\xc4\x81"
                                 "b\", \"n\": 1.50, \"huge\": 1e400 }";
    const HttpReply reply = put(1, corrected);
    QCOMPARE(reply.status, 200);
    QCOMPARE(reply.body, "{\"id\":1,\"data\":" + corrected + '}');
    QCOMPARE(reply.header("ETag"), tagOf(corrected));
    QCOMPARE(stored(1), reply.body);
    QTRY_COMPARE(packages(1), 2); // the earlier one stays
    QCOMPARE(put(1, corrected).status, 200);
    QCOMPARE(post("2"), "{\"id\":2,\"data\":2}");
    QTRY_COMPARE(packages(2), 1); // and whatever was pushed before it
    QCOMPARE(packages(1), 2);     // the same value again is no change
    QCOMPARE(put(3, "1").status, 404);
    QCOMPARE(m_ground->get("/record/3").status, 404);
}

void AdminCurationTest::nobodysCorrectionIsOverwrittenUnseen()
{
    post("{\"v\":1}");
    const HttpReply read = client().get("/admin/v1/records/1");
    QCOMPARE(read.body, "{\"id\":1,\"data\":{\"v\":1}}");
    const QByteArray tag = read.header("ETag");
    QCOMPARE(tag, tagOf("{\"v\":1}"));
    QCOMPARE(put(1, "{\"v\":\"mine\"}", tag).status, 200);
    const HttpReply late = put(1, "{\"v\":\"yours\"}", tag);
    QCOMPARE(late.status, 412);
    QVERIFY2(detailOf(late).contains("somebody changed it"), late.body);
    QCOMPARE(stored(1), "{\"id\":1,\"data\":{\"v\":\"mine\"}}");
    HttpClient http(m_ground->server().port());
    const QByteArray headers = client().header() + "If-Match: " + tag + "\r\n";
    QCOMPARE(http.request("DELETE", "/admin/v1/records/1", {}, headers).status, 412);
    QCOMPARE(put(1, "{\"v\":\"yours\"}", tagOf("{\"v\":\"mine\"}")).status, 200);
    QCOMPARE(put(1, "3", "\"other\", " + tagOf("{\"v\":\"yours\"}")).status, 200);
    QCOMPARE(put(1, "4", "*").status, 200);
}

void AdminCurationTest::aRemovedRecordLeavesItsPackagesAndItsNumber()
{
    post("{\"v\":1}");
    QVERIFY(!package().isEmpty());
    QCOMPARE(client().remove("/admin/v1/records/1").status, 204);
    QCOMPARE(client().remove("/admin/v1/records/1").status, 404);
    QCOMPARE(m_ground->get("/record/1").status, 404);
    QCOMPARE(resultsOf(m_ground->get("/record/1/sips")).size(), 1);
    QCOMPARE(post("2"), "{\"id\":2,\"data\":2}"); // 1 is used up
}

/// As SQLAlchemy makes it.
void AdminCurationTest::theNewestOfATableWithoutAutoincrementStays()
{
    QFETCH_GLOBAL(bool, postgresql);
    if (postgresql)
        return;
    const QString file = m_ground->server().dataDirectory() + u"/own.db"_s;
    QVERIFY(QDir().mkpath(m_ground->server().dataDirectory()));
    QProcess python;
    python.start(
        u"/usr/bin/python3"_s,
        {u"-c"_s,
         u"import sqlite3,sys; c = sqlite3.connect(sys.argv[1]); c.execute('CREATE TABLE record (id INTEGER NOT "
         "NULL, json TEXT, PRIMARY KEY (id))'); c.commit()"_s,
         file});
    QVERIFY(python.waitForFinished() && python.exitCode() == 0);
    m_ground->server().set(u"database.url"_s, u"sqlite:///"_s + file);
    start();
    post("1");
    const HttpReply newest = client().remove("/admin/v1/records/1");
    QCOMPARE(newest.status, 409);
    QVERIFY2(detailOf(newest).contains("AUTOINCREMENT"), newest.body);
    post("2");
    QCOMPARE(client().remove("/admin/v1/records/1").status, 204);
}

void AdminCurationTest::recordsAreArchivedAgain()
{
    const QByteArray large = '"' + QByteArray(3'000'000, 'x') + '"'; // more than go into one transaction
    for (const QByteArray &record : {QByteArray("1"), large, large, QByteArray("4")})
        post(record);
    for (int id = 1; id <= 4; ++id)
        QTRY_COMPARE(packages(id), 1);
    const QJsonObject answer = jsonOf(client().post("/admin/v1/records/archive", "{\"ids\":[1,2,3,99,2]}"));
    QCOMPARE(answer["records"_L1].toInt(), 3);
    QCOMPARE(answer["missing"_L1].toArray(), QJsonArray{99});
    for (int id = 1; id <= 3; ++id)
        QTRY_COMPARE(packages(id), 2);
    QCOMPARE(packages(4), 1);
}

void AdminCurationTest::wrongInputIsRefused()
{
    post("1");
    for (const QByteArray body :
         {"", "[]", "{}", "{\"ids\":[]}", "{\"ids\":[-1]}", "{\"ids\":[1.5]}", "{\"ids\":\"1\"}"})
        QCOMPARE(client().post("/admin/v1/records/archive", body).status, 400);
    QCOMPARE(put(1, "{\"a\":}").status, 400);
    QCOMPARE(stored(1), "{\"id\":1,\"data\":1}");
    QCOMPARE(client().get("/admin/v1/sips/1/entries/x").status, 404);
}

void AdminCurationTest::changesWantTheScopeAdminAndAreAudited()
{
    post("1");
    HttpClient http(m_ground->server().port());
    QCOMPARE(http.request("PUT", "/admin/v1/records/1", "2").status, 401);
    QCOMPARE(http.request("DELETE", "/admin/v1/records/1").status, 401);
    QCOMPARE(http.request("POST", "/admin/v1/sips/1/verify").status, 401);
    QCOMPARE(http.request("GET", "/admin/v1/sips/1/entries").status, 401);
    QCOMPARE(put(1, "2").status, 200);
    const auto latest = [this] { return list("/admin/v1/audit").first().toObject(); };
    QCOMPARE(latest()["method"_L1], u"PUT"_s);
    QCOMPARE(latest()["path"_L1], u"/admin/v1/records/1"_s);
    QTRY_COMPARE(latest()["status"_L1].toInt(), 200);
}

void AdminCurationTest::cleanup() { m_ground.reset(); }

QTEST_GUILESS_MAIN(AdminCurationTest)
#include "tst_admincuration.moc"
