// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "databases.h"
#include "support/quoinprocess.h"

#include <QTemporaryDir>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Promise 3: the JSON text of a record keeps its key order, its numbers and its escapes, on every
/// way out.
class FidelityTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { addDatabaseRows(); }
    void init();
    void whatWasPostedIsWhatIsServed_data();
    void whatWasPostedIsWhatIsServed();
    void spaceAroundTheValueIsNotPartOfIt();

private:
    struct Served
    {
        QTemporaryDir directory;
        QuoinProcess server{directory.path()};
        int posted = 0;
    };
    Served m_served[2]; ///< Without and with PostgreSQL.
    PostgresServer m_postgres;
};

void FidelityTest::init()
{
    QFETCH_GLOBAL(const bool, postgresql);
    QuoinProcess &server = m_served[postgresql].server;
    if (server.isRunning())
        return;
    if (postgresql) {
        QVERIFY2(m_postgres.start() && m_postgres.createDatabase(u"fidelity"_s), m_postgres.log());
        server.set(u"database.url"_s, m_postgres.url(u"fidelity"_s));
    }
    QVERIFY2(server.start(), server.report());
}

void FidelityTest::whatWasPostedIsWhatIsServed_data()
{
    QTest::addColumn<QByteArray>("text");
    const auto row = [](const char *name, const QByteArray &text) { QTest::newRow(name) << text; };
    row("key order", R"({"z":1,"a":2,"m":3})");
    row("duplicate keys", R"({"a":1,"a":2,"a":{"a":3}})");
    row("empty key", R"({"":""})");
    row("400 digits", QByteArray(400, '7'));
    row("400 digits in an array", "[-" + QByteArray(400, '9') + ",0]");
    row("beyond a double", "1e999");
    row("below a double", "[1e-999,4.9e-324]");
    row("2^53 + 1", "9007199254740993");
    row("2^64", "18446744073709551616");
    row("minus zero", "-0");
    row("minus zero, fraction", "[-0.0,-0e0]");
    row("trailing zero", "1.10");
    row("exponents", "[1E5,1e+5,1e05,0.1e-01]");
    row("many decimals", "3.14159265358979323846264338327950288419716939937510");
    row("escaped letter", R"("\u00e9")");
    row("the letter itself", "\"\xc3\xa9\"");
    row("both", "[\"\\u00e9\",\"\xc3\xa9\",\"\\u00E9\"]");
    row("escaped surrogate pair", R"("\ud83d\ude00")");
    row("the character itself", "\"\xf0\x9f\x98\x80\"");
    row("lone surrogate", R"("\ud83d")");
    row("escaped NUL", R"("a\u0000b")");
    row("escaped slash", R"("<\/script>\"\\\b\f\n\r\t")");
    row("delete and C1 characters", "\"\x7f\xc2\x80\"");
    row("line separators", "\"\xe2\x80\xa8\xe2\x80\xa9\"");
    row("noncharacter", "\"\xef\xbf\xbf\"");
    row("percent, quotes and placeholders", R"({"%1":"' ? :a $1 %s -- ;","__proto__":null})");
    row("arrays 512 deep", QByteArray(512, '[') + QByteArray(512, ']'));
    row("objects 512 deep", QByteArray(R"({"a":)").repeated(511) + "{}" + QByteArray("}").repeated(511));
    row("space inside", "{ \"a\" :\t[ 1 ,\r\n 2 ] }");
    row("true", "true");
    row("false", "false");
    row("null", "null");
    row("zero", "0");
    row("empty string", R"("")");
    row("empty object", "{}");
    row("empty array", "[]");
    row("one megabyte", "\"" + QByteArray(1024 * 1024, 'x') + "\"");
}

void FidelityTest::whatWasPostedIsWhatIsServed()
{
    QFETCH_GLOBAL(const bool, postgresql);
    QFETCH(const QByteArray, text);
    auto &[directory, server, posted] = m_served[postgresql];
    HttpClient client(server.port());
    const HttpReply made = client.post("/record", text);
    QVERIFY2(made.status == 200, made.body.left(1000));
    const qint64 id = made.body.mid(6).split(',').first().toLongLong();
    QCOMPARE(id, ++posted);

    const QByteArray record = R"({"id":)" + QByteArray::number(id) + R"(,"data":)" + text + '}';
    QCOMPARE(made.body, record);
    QCOMPARE(client.get("/record/" + QByteArray::number(id)).body, record);
    const QByteArray list = client.get("/record").body;
    QVERIFY(list.endsWith((id == 1 ? R"({"results":[)" : ",") + record + "]}"));
    const QByteArray page = client.get("/record?limit=1&after=" + QByteArray::number(id - 1)).body;
    QCOMPARE(page, R"({"results":[)" + record + "]}");

    QTRY_COMPARE_WITH_TIMEOUT(packagesByRecord(server.sipDirectory()).value(id).size(), 1, 30'000);
    QString fault;
    const QString package = server.sipDirectory() + u'/' + packagesByRecord(server.sipDirectory()).value(id).first();
    QCOMPARE(payloadOf(package, &fault), text);
    QCOMPARE(fault, QString());
}

void FidelityTest::spaceAroundTheValueIsNotPartOfIt()
{
    QFETCH_GLOBAL(const bool, postgresql);
    auto &[directory, server, posted] = m_served[postgresql];
    HttpClient client(server.port());
    const HttpReply made = client.post("/record", " \r\n\t{ \"a\" : 1 }\n");
    QCOMPARE(made.body, R"({"id":)" + QByteArray::number(++posted) + R"(,"data":{ "a" : 1 }})");
}

QTEST_GUILESS_MAIN(FidelityTest)
#include "tst_fidelity.moc"
