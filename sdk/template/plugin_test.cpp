#include "@NAME@.h"

#include <quoin/testhost.h>

#include <QTest>

using namespace Qt::StringLiterals;

/// The plugin inside the server's own code, on a database of its own, without a port.
class @CLASS@Test final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anItemIsFoundAgain();
    void anItemIsConfirmedInTheBackground();
    void whatIsNoItemIsRefused_data();
    void whatIsNoItemIsRefused();
};

void @CLASS@Test::anItemIsFoundAgain()
{
    @CLASS@ plugin;
    quoin::TestHost host;
    QVERIFY2(host.start(plugin), host.fault());

    const auto created = host.request("POST", "/@NAME@", R"({"item":"tea"})");
    QCOMPARE(created.status, 201);
    QCOMPARE(created.header("Location"), QByteArray("/@NAME@/1"));
    QCOMPARE(host.request("GET", "/@NAME@/1").body, QByteArray(R"({"id":1,"item":"tea","state":"new"})"));
    QCOMPARE(host.request("GET", "/@NAME@/2").status, 404);
}

void @CLASS@Test::anItemIsConfirmedInTheBackground()
{
    @CLASS@ plugin;
    quoin::TestHost host;
    QVERIFY2(host.start(plugin), host.fault());

    QCOMPARE(host.request("POST", "/@NAME@", R"({"item":"tea"})").status, 201);
    const auto ran = host.runTasks();
    QCOMPARE(ran.size(), 1);
    QCOMPARE(ran.first().name, u"@ID@.confirm"_s);
    QCOMPARE(ran.first().state, u"done"_s);
    QCOMPARE(host.request("GET", "/@NAME@/1").body, QByteArray(R"({"id":1,"item":"tea","state":"confirmed"})"));
}

void @CLASS@Test::whatIsNoItemIsRefused_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no JSON") << QByteArray("{");
    QTest::newRow("no item") << QByteArray("{}");
    QTest::newRow("an item that is no text") << QByteArray(R"({"item":1})");
}

void @CLASS@Test::whatIsNoItemIsRefused()
{
    QFETCH(const QByteArray, body);
    @CLASS@ plugin;
    quoin::TestHost host;
    QVERIFY2(host.start(plugin), host.fault());
    QCOMPARE(host.request("POST", "/@NAME@", body).status, 400);
    QVERIFY(host.tasks().isEmpty());
}

QTEST_GUILESS_MAIN(@CLASS@Test)
#include "@NAME@_test.moc"
