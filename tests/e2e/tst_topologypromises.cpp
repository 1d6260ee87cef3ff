// SPDX-License-Identifier: GPL-3.0-only
#include "pluginground.h"
#include "topology.h"
#include "topologyload.h"

#include <QFile>
#include <QSet>
#include <QTest>

#include <algorithm>
#include <cstdio>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// The nine promises of a server, kept by many:
/// - 1, a record and its task are one commit: aRecordIsArchivedThoughEverythingElseDies, and tst_topologycuts
/// - 2, a task is never lost and never doubled: aKilledWorkersTasksRunElsewhere, and tst_topologycuts
/// - 3, what was posted is what is served: everyHostServesWhatWasPosted
/// - 4, a file dropped in is live and no request fails: aFileDroppedIntoEachHostIsLiveAndNoRequestFails
/// - 5, a bad plugin harms itself only: aBadPluginHarmsItselfOnly
/// - 6, no input crashes, stalls or fills the server: noInputTakesAHostOutOfService
/// - 7, what arrives together is done together: visitorsAtOnceGetANumberEach
/// - 8, one binary, and a URL each for many hosts: tst_topology, theWalkOfTheReadmeHolds
/// - 9, stopping loses nothing: tst_topology, scaling and rolling upgrades, each host's exit code
class TopologyPromisesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void aRecordIsArchivedThoughEverythingElseDies();
    void aKilledWorkersTasksRunElsewhere();
    void everyHostServesWhatWasPosted_data();
    void everyHostServesWhatWasPosted();
    void aFileDroppedIntoEachHostIsLiveAndNoRequestFails();
    void aBadPluginHarmsItselfOnly();
    void noInputTakesAHostOutOfService_data();
    void noInputTakesAHostOutOfService();
    void visitorsAtOnceGetANumberEach();

private:
    QString pluginFile(int web, const QString &id);
    void drop(int web, const QString &id, const QByteArray &bytes);
    QStringList unlike(const QByteArray &target, const QByteArray &body) const;

    std::unique_ptr<Topology> m_topology;
};

void TopologyPromisesTest::initTestCase()
{
    if (const QString missing = Topology::missing(); !missing.isEmpty())
        QSKIP(qPrintable(missing));
    m_topology = std::make_unique<Topology>();
    QVERIFY2(m_topology->start(), qPrintable(m_topology->failure()));
}

void TopologyPromisesTest::init() { QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure())); }

void TopologyPromisesTest::aRecordIsArchivedThoughEverythingElseDies()
{
    m_topology->redis().stop();
    m_topology->worker(1).kill();
    m_topology->worker(2).kill();
    TopologyLoad load("one commit", 8, TopologyLoad::Visits::None);
    QVERIFY(load.goesOn(200));
    load.finish();
    for (int i = 1; i <= Topology::webHosts; ++i)
        m_topology->web(i).kill();
    m_topology->postgres().crash();
    QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure()));
    QCOMPARE(load.failures(), QStringList());
    QTRY_COMPARE_WITH_TIMEOUT(m_topology->tasksAtHand(), 0, 60'000);
    QCOMPARE(m_topology->whatIsMissing(), QString());
    QCOMPARE(m_topology->whatIsUntrue(load), QString());
}

/// The other worker comes only when the first is dead, so that what the first held is what the other has to take.
void TopologyPromisesTest::aKilledWorkersTasksRunElsewhere()
{
    const auto held = [this] { return m_topology->redis().cli({u"HLEN"_s, u"unacked"_s}).toInt(); };
    for (int i = 1; i <= Topology::workerHosts; ++i)
        m_topology->worker(i).kill();
    TopologyLoad load("killed worker", 8, TopologyLoad::Visits::None, {});
    QVERIFY(load.goesOn(1000));
    load.finish();
    QVERIFY(m_topology->worker(1).start());
    QTRY_VERIFY_WITH_TIMEOUT(held() > 0, 15'000);
    m_topology->worker(1).kill();
    QVERIFY(held() > 0);
    QVERIFY(m_topology->worker(2).start());
    QTRY_COMPARE_WITH_TIMEOUT(m_topology->tasksAtHand(), 0, 30'000);
    QTRY_COMPARE(held(), 0);
    QCOMPARE(m_topology->whatIsMissing(), QString());
    QCOMPARE(m_topology->whatIsUntrue(load), QString());
}

/// Which hosts answer otherwise, asked past haproxy.
QStringList TopologyPromisesTest::unlike(const QByteArray &target, const QByteArray &body) const
{
    QStringList others;
    for (int i = 1; i <= Topology::webHosts; ++i) {
        const QString host = u"web%1"_s.arg(i);
        const HttpReply reply = m_topology->askHost(host, target);
        if (reply.body != body)
            others += host + u": "_s + QString::fromUtf8(reply.body) + reply.failure;
    }
    return others;
}

void TopologyPromisesTest::everyHostServesWhatWasPosted_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("key order") << QByteArray(R"({"z":1,"a":2,"z":3})");
    QTest::newRow("numbers") << QByteArray("[-0,1.10,1E+05,9007199254740993,1e999," + QByteArray(400, '7') + "]");
    QTest::newRow("escapes") << QByteArray(R"(["\u00e9","\ud83d\ude00","\ud83d","a\u0000b","<\/script>"])");
    QTest::newRow("space inside") << QByteArray("{ \"a\" :\t[ 1 ,\r\n 2 ] }");
    QTest::newRow("more than a buffer of haproxy") << QByteArray('"' + QByteArray(1'000'000, 'x') + '"');
}

void TopologyPromisesTest::everyHostServesWhatWasPosted()
{
    QFETCH(const QByteArray, text);
    const HttpReply posted = HttpClient(80).post("/record", text);
    QCOMPARE(posted.status, 200);
    const QByteArray id = posted.header("Location").split('/').last();
    const QByteArray record = R"({"id":)" + id + R"(,"data":)" + text + '}';
    QCOMPARE(posted.body, record);
    QCOMPARE(unlike("/record/" + id, record), QStringList());
}

QString TopologyPromisesTest::pluginFile(int web, const QString &id)
{
    return m_topology->web(web).home() + u"/plugins/"_s + id + u".so"_s;
}

/// At one stroke, as packages do.
void TopologyPromisesTest::drop(int web, const QString &id, const QByteArray &bytes)
{
    const QString partial = pluginFile(web, u"."_s + id);
    QFile file(partial);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size());
    file.close();
    QVERIFY(std::rename(qPrintable(partial), qPrintable(pluginFile(web, id))) == 0);
}

void TopologyPromisesTest::aFileDroppedIntoEachHostIsLiveAndNoRequestFails()
{
    TopologyLoad load("dropped in");
    for (const QString &version : {u"1.0.0"_s, u"2.0.0"_s}) {
        QVERIFY(load.goesOn());
        for (int i = 1; i <= Topology::webHosts; ++i)
            drop(i, u"changing"_s, PluginGround::built({}, version));
        QTRY_COMPARE(unlike("/changing", version.toLatin1()), QStringList());
        QCOMPARE(m_topology->ask("/changing").body, version.toLatin1());
    }
    for (int i = 1; i <= Topology::webHosts; ++i)
        QVERIFY(QFile::remove(pluginFile(i, u"changing"_s)));
    for (int i = 1; i <= Topology::webHosts; ++i)
        QTRY_COMPARE(m_topology->askHost(u"web%1"_s.arg(i), "/changing").status, 404);
    QVERIFY(load.goesOn());
    load.finish();
    QCOMPARE(load.failures(), QStringList());
}

void TopologyPromisesTest::aBadPluginHarmsItselfOnly()
{
    TopologyLoad load("bad plugins");
    QVERIFY(load.goesOn());
    for (const QString &id : {u"crashinginitialiser"_s, u"abortingdescribe"_s, u"throwingstart"_s}) {
        drop(1, id, PluginGround::built(id));
        QTRY_VERIFY2(m_topology->web(1).output().contains("=" + id.toLatin1() + ' '), m_topology->web(1).report());
    }
    QVERIFY(load.goesOn());
    // One that is well until it is asked: each crash costs what its process had in its hands.
    drop(1, u"crasher"_s, PluginGround::built(u"crasher"_s));
    QTRY_COMPARE(m_topology->askHost(u"web1"_s, "/crasher").body, "not yet");
    load.finish();
    QCOMPARE(load.failures(), QStringList());
    for (int crash = 0; crash < 3; ++crash) {
        QVERIFY(!m_topology->askHost(u"web1"_s, "/crasher/null-store").isComplete());
        QTRY_COMPARE(m_topology->askHost(u"web1"_s, "/record/1").status, 200);
    }
    QTRY_COMPARE(m_topology->askHost(u"web1"_s, "/crasher").status, 503);
    QVERIFY(m_topology->askHost(u"web1"_s, "/crasher").body.contains("crasher"));
    QVERIFY2(m_topology->makeWhole(), qPrintable(m_topology->failure()));
    QCOMPARE(m_topology->whatIsUntrue(load), QString());
}

void TopologyPromisesTest::noInputTakesAHostOutOfService_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray post = "POST /record HTTP/1.1\r\nHost: a\r\n";
    const QByteArray smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    const auto row = [](const char *name, const QByteArray &bytes) { QTest::newRow(name) << bytes; };
    row("length and chunked", post + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled);
    row("two lengths", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}" + smuggled);
    row("chunk size that is none", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n" + smuggled);
    row("a million brackets", post + "Content-Length: 1000000\r\n\r\n" + QByteArray(1'000'000, '['));
    row("a body beyond all limits", post + "Content-Length: 99999999999\r\n\r\n{}");
    row("a head beyond all limits", "GET / HTTP/1.1\r\nHost: a\r\nX: " + QByteArray(100'000, 'x') + "\r\n\r\n");
    row("a thousand fields", "GET / HTTP/1.1\r\nHost: a\r\n" + QByteArray("X: 1\r\n").repeated(1000) + "\r\n");
    row("no request", QByteArray("\0\xff\x16\x03\x01 what is this\r\n\r\n", 24));
    row("half a request", post + "Content-Length: 9\r\n\r\n[1,2");
}

/// Through haproxy, and past it to one of the hosts.
void TopologyPromisesTest::noInputTakesAHostOutOfService()
{
    QFETCH(const QByteArray, bytes);
    const QList<qint64> before = m_topology->web(1).children();
    TopologyLoad load(QByteArray("hostile ") + QTest::currentDataTag(), 4);
    const auto attack = [&](quint16 port) {
        HttpClient client(port);
        QVERIFY(client.open());
        client.send(bytes);
        client.finishSending();
        const HttpReply reply = client.receive();
        QVERIFY2(reply.status == 0 || reply.status >= 400, reply.body);
    };
    attack(80);
    {
        const OnHost there(u"web1"_s);
        attack(5000);
    }
    QVERIFY(load.goesOn(20));
    load.finish();
    QCOMPARE(load.failures(), QStringList());
    QCOMPARE(m_topology->inService().size(), Topology::webHosts);
    QCOMPARE(m_topology->web(1).children(), before);
}

/// One counter for all hosts.
void TopologyPromisesTest::visitorsAtOnceGetANumberEach()
{
    constexpr int clients = 32;
    constexpr int visitsEach = 100;
    std::mutex mutex;
    QList<qint64> numbers;
    std::vector<std::thread> threads;
    for (int i = 0; i < clients; ++i) {
        threads.emplace_back([&] {
            HttpClient client(80);
            for (int visit = 0; visit < visitsEach; ++visit) {
                const qint64 number = client.get("/").body.split(' ').value(4).toLongLong();
                const std::lock_guard lock(mutex);
                numbers.append(number);
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    const auto [least, most] = std::minmax_element(numbers.cbegin(), numbers.cend());
    QCOMPARE(QSet<qint64>(numbers.cbegin(), numbers.cend()).size(), clients * visitsEach);
    QCOMPARE(*most - *least + 1, clients * visitsEach); // and none was skipped
}

QTEST_GUILESS_MAIN(TopologyPromisesTest)
#include "tst_topologypromises.moc"
