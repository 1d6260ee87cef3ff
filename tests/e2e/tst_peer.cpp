// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "support/quoinprocess.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// A Flask process with the tutorial's model on the same SQLite file: each reads what the other
/// wrote, whoever made the table.
class PeerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatEitherStoresTheOtherServes_data();
    void whatEitherStoresTheOtherServes();
};

void PeerTest::initTestCase()
{
    const QString missing = missingForPeer();
    if (!missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
}

void PeerTest::whatEitherStoresTheOtherServes_data()
{
    QTest::addColumn<bool>("peerIsFirst");
    QTest::newRow("the peer makes the table") << true;
    QTest::newRow("we make the table") << false;
}

void PeerTest::whatEitherStoresTheOtherServes()
{
    QFETCH(const bool, peerIsFirst);
    const QTemporaryDir directory;
    QuoinProcess server(directory.path());
    QString fault;
    int next = 1;
    const auto peer = [&](const QStringList &request) {
        const QByteArray answer = runPython(QStringList{u"ask.py"_s} + request, server.databaseUrl(), &fault);
        return answer.trimmed();
    };
    if (peerIsFirst) {
        QCOMPARE(peer({u"POST"_s, u"/record"_s, u"{\"from\": \"the peer, first\"}"_s}),
                 R"({"id":1,"data":{"from":"the peer, first"}})");
        ++next;
    }
    QVERIFY2(server.start(), server.report());
    HttpClient client(server.port());

    // Theirs, while we run. Python writes the value anew, with a space after colons and commas;
    // that text is what we serve.
    QCOMPARE(peer({u"POST"_s, u"/record"_s, u"{\"b\":[1,2.50],\"a\":\"\u00e9\"}"_s}),
             QByteArray(R"({"id":%,"data":{"b":[1,2.5],"a":"\u00e9"}})").replace('%', QByteArray::number(next)));
    QCOMPARE(fault, QString());
    QCOMPARE(client.get("/record/" + QByteArray::number(next)).body,
             QByteArray(R"({"id":%,"data":{"b": [1, 2.5], "a": "\u00e9"}})").replace('%', QByteArray::number(next)));
    ++next;

    // SQLAlchemy stores None as SQL NULL: the record is there and its value is null.
    QCOMPARE(peer({u"POST"_s, u"/record"_s, u"null"_s}),
             QByteArray(R"({"id":%,"data":null})").replace('%', QByteArray::number(next)));
    QCOMPARE(client.get("/record/" + QByteArray::number(next)).body,
             QByteArray(R"({"id":%,"data":null})").replace('%', QByteArray::number(next)));
    ++next;

    // Ours, any value, read by them.
    QVERIFY(client.isOpen());
    const QList<QByteArray> ours = {R"({"z":1,"a":[true,null,"x"]})", "[]", "null", "17", R"("text")"};
    for (const QByteArray &text : ours) {
        const QByteArray record = R"({"id":)" + QByteArray::number(next) + R"(,"data":)" + text + '}';
        QCOMPARE(client.post("/record", text).body, record);
        QCOMPARE(peer({u"GET"_s, u"/record/"_s + QString::number(next)}), record);
        QCOMPARE(fault, QString());
        ++next;
    }
    QCOMPARE(client.get("/record").body.count(R"({"id":)"), next - 1);
    QCOMPARE(peer({u"GET"_s, u"/record"_s}).count(R"({"id":)"), next - 1);
}

QTEST_GUILESS_MAIN(PeerTest)
#include "tst_peer.moc"
