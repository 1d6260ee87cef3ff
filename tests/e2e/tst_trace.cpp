// SPDX-License-Identifier: GPL-3.0-only
#include "adminclient.h"
#include "archive.h"
#include "celeryground.h"
#include "databases.h"

#include <QDir>
#include <QRegularExpression>
#include <QTemporaryDir>

#include <thread>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// A trace (W3C Trace Context) is followed from the client to the log of the server, through the queue into the log of
/// the worker, which is another process, and on.
class TraceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void aTraceIsFollowedIntoTheWorker_data() { addDatabaseRows(); }
    void aTraceIsFollowedIntoTheWorker();
    void whatIsNoneIsReplaced_data();
    void whatIsNoneIsReplaced();
    void eachOfManyKeepsItsOwn_data() { addDatabaseRows(); }
    void eachOfManyKeepsItsOwn();
    void theAdminApiFindsIt();
    void itGoesThroughCelerysQueueToAWorkerOfOurs();
    void itComesFromPythonAndGoesBackToPython();
    void whatOursPublishesForPythonHasIt();
    void answersTellTheirTimesIfTheyMay();
    void cleanup();

private:
    void start(bool postgresql);
    HttpReply post(const QByteArray &body, const QByteArray &traceHeaders);

    std::unique_ptr<PostgresServer> m_postgres; ///< One cluster for all, a database for each.
    int m_databases = 0;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<QuoinProcess> m_server;
    std::unique_ptr<QuoinProcess> m_worker;
};

namespace {

const QByteArray clientsTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const QByteArray clientsSpan = "00f067aa0ba902b7";
const QByteArray clientsHeader = "traceparent: 00-" + clientsTrace + '-' + clientsSpan + "-01\r\n";

/// The first line of the log with all of these; empty if there is none.
QByteArray lineWith(const QuoinProcess &process, const QByteArrayList &words)
{
    for (const QByteArray &line : process.output().split('\n')) {
        if (std::all_of(words.begin(), words.end(), [&](const QByteArray &word) { return line.contains(word); }))
            return line;
    }
    return {};
}

/// Of a fact name=value of a line.
QByteArray factOf(const QByteArray &line, const QByteArray &name)
{
    const QRegularExpression form(u"\\b%1=(\\S+)"_s.arg(QString::fromLatin1(name)));
    return form.match(QString::fromUtf8(line)).captured(1).toLatin1();
}

/// A Server-Timing field as its metrics; empty if it is none.
QMap<QByteArray, double> metricsOf(const QByteArray &field)
{
    static const QRegularExpression metric(u"^([a-z]+);dur=(\\d+\\.\\d{3})$"_s);
    QMap<QByteArray, double> metrics;
    for (const QString &part : QString::fromLatin1(field).split(u", "_s)) {
        const auto match = metric.match(part);
        if (!match.hasMatch())
            return {};
        metrics.insert(match.captured(1).toLatin1(), match.captured(2).toDouble());
    }
    return metrics;
}

} // namespace

void TraceTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_server = std::make_unique<QuoinProcess>(m_directory->path());
    m_server->set(u"queue.concurrency"_s, u"0"_s);
    m_server->set(u"log.format"_s, u"text"_s);
}

/// A server that runs no tasks, and a worker on the same database.
void TraceTest::start(bool postgresql)
{
    if (postgresql) {
        if (!m_postgres)
            m_postgres = std::make_unique<PostgresServer>();
        const QString name = u"traces%1"_s.arg(++m_databases);
        QVERIFY2((m_postgres->isRunning() || m_postgres->start()) && m_postgres->createDatabase(name),
                 m_postgres->log());
        m_server->set(u"database.url"_s, m_postgres->url(name));
    }
    QVERIFY2(m_server->start(), m_server->report());
    QDir(m_directory->path()).mkpath(u"worker"_s);
    m_worker = std::make_unique<QuoinProcess>(m_directory->filePath(u"worker"_s));
    m_worker->setCommand({u"worker"_s});
    m_worker->set(u"http.listen"_s, {});
    m_worker->set(u"database.url"_s, m_server->databaseUrl());
    m_worker->set(u"log.format"_s, u"text"_s);
    m_worker->set(u"log.tasks"_s, u"true"_s);
    QVERIFY2(m_worker->start(), m_worker->report());
}

HttpReply TraceTest::post(const QByteArray &body, const QByteArray &traceHeaders)
{
    return HttpClient(m_server->port())
        .request("POST", "/record", body, "Content-Type: application/json\r\n" + traceHeaders);
}

void TraceTest::aTraceIsFollowedIntoTheWorker()
{
    QFETCH(bool, postgresql);
    start(postgresql);
    const HttpReply reply = post("[1]", clientsHeader + "tracestate: rojo=1\r\ntracestate: congo=2\r\n");
    QCOMPARE(reply.status, 200);
    const QByteArray id = "id=" + reply.header("x-request-id");
    QTRY_VERIFY2(!lineWith(*m_server, {" request ", id}).isEmpty(), m_server->report());
    const QByteArray request = lineWith(*m_server, {" request ", id});
    QCOMPARE(factOf(request, "trace"), clientsTrace);
    const QByteArray span = factOf(request, "span");
    QVERIFY2(span.size() == 16 && span != clientsSpan, request);

    const QByteArrayList done{"task done kind=sip.make_sip", "trace=" + clientsTrace};
    QTRY_VERIFY2_WITH_TIMEOUT(!lineWith(*m_worker, done).isEmpty(), m_worker->report(), 30'000);
    QVERIFY(factOf(lineWith(*m_worker, done), "span") != span);
    QVERIFY2(lineWith(*m_server, {"task done"}).isEmpty(), m_server->report()); // it was the other process
    const auto stored = storedTraces(m_server->databaseUrl(), u"sip.make_sip"_s);
    QCOMPARE(stored.size(), 1);
    QCOMPARE(stored.first().second, "00-" + clientsTrace + '-' + span + "-01 rojo=1,congo=2");
}

void TraceTest::whatIsNoneIsReplaced_data()
{
    QTest::addColumn<QByteArray>("headers");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("garbage") << QByteArray("traceparent: garbage\r\n");
    QTest::newRow("zeros") << QByteArray("traceparent: 00-" + QByteArray(32, '0') + "-00f067aa0ba902b7-01\r\n");
    QTest::newRow("twice") << QByteArray(clientsHeader + clientsHeader);
    QTest::newRow("three times") << QByteArray(clientsHeader + clientsHeader + clientsHeader);
    QTest::newRow("capitals") << QByteArray("traceparent: 00-" + clientsTrace.toUpper() + "-00f067aa0ba902b7-01\r\n");
}

void TraceTest::whatIsNoneIsReplaced()
{
    QFETCH(QByteArray, headers);
    start(false);
    const HttpReply reply = post("[1]", headers);
    QCOMPARE(reply.status, 200);
    const QByteArrayList request{" request ", "id=" + reply.header("x-request-id")};
    QTRY_VERIFY2(!lineWith(*m_server, request).isEmpty(), m_server->report());
    const QByteArray made = factOf(lineWith(*m_server, request), "trace");
    QVERIFY2(QRegularExpression(u"^[0-9a-f]{32}$"_s).match(QString::fromLatin1(made)).hasMatch(), made);
    QVERIFY(made != clientsTrace && made != QByteArray(32, '0'));
    QTRY_VERIFY2_WITH_TIMEOUT(!lineWith(*m_worker, {"task done kind=sip.make_sip", "trace=" + made}).isEmpty(),
                              m_worker->report(), 30'000);
}

/// Records that come together are inserted together, and their tasks with them; one that is large goes by the pool.
void TraceTest::eachOfManyKeepsItsOwn()
{
    QFETCH(bool, postgresql);
    start(postgresql);
    constexpr int clients = 8, each = 40;
    std::atomic<int> failures = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < clients; ++client) {
        threads.emplace_back([&, client] {
            HttpClient http(m_server->port());
            for (int n = 1; n <= each; ++n) {
                const QByteArray trace = QByteArray::number(client * 1000 + n).rightJustified(32, '0');
                const QByteArray padding(n == each ? 100'000 : 0, ' ');
                const HttpReply reply = http.request("POST", "/record", '"' + trace + '"' + padding,
                                                     "Content-Type: application/json\r\ntraceparent: 00-" + trace
                                                         + "-00f067aa0ba902b7-00\r\n");
                failures += reply.status != 200;
            }
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(failures.load(), 0);
    const auto stored = storedTraces(m_server->databaseUrl(), u"sip.make_sip"_s);
    QCOMPARE(stored.size(), clients * each);
    for (const auto &[arguments, trace] : stored)
        QVERIFY2(arguments.contains('"' + trace.mid(3, 32) + '"') && trace.endsWith("-00"),
                 arguments.left(100) + trace);
}

void TraceTest::theAdminApiFindsIt()
{
    start(false);
    QCOMPARE(post("[1]", clientsHeader).status, 200);
    QCOMPARE(post("[2]", {}).status, 200);
    const AdminClient admin(*m_server);
    const QJsonArray tasks = resultsOf(admin.get("/admin/v1/tasks?text=" + clientsTrace));
    QCOMPARE(tasks.size(), 1);
    QCOMPARE(tasks[0]["trace"_L1].toString(), QString::fromLatin1(clientsTrace));
    QCOMPARE(tasks[0]["record"_L1].toInt(), 1);
    const QByteArray id = QByteArray::number(tasks[0]["id"_L1].toInteger());
    QCOMPARE(jsonOf(admin.get("/admin/v1/tasks/" + id))["trace"_L1].toString(), QString::fromLatin1(clientsTrace));
    const auto found = [&] { return resultsOf(admin.get("/admin/v1/log?text=trace%3D" + clientsTrace)); };
    QTRY_COMPARE(found().size(), 1);
    QCOMPARE(found()[0]["fields"_L1]["path"_L1], u"/record"_s);
}

void TraceTest::itGoesThroughCelerysQueueToAWorkerOfOurs()
{
    if (const QString missing = CeleryGround::missing(); !missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
    CeleryGround ground;
    QVERIFY(ground.start());
    QuoinProcess &server = ground.ourServer();
    QuoinProcess &worker = ground.ourWorker();
    worker.set(u"log.tasks"_s, u"true"_s);
    QVERIFY2(server.start(), server.report());
    QVERIFY2(worker.start(), worker.report());
    QCOMPARE(HttpClient(server.port()).request("POST", "/record", "[1]", clientsHeader).status, 200);
    QTRY_VERIFY2_WITH_TIMEOUT(!lineWith(worker, {"task done kind=sip.make_sip", "trace=" + clientsTrace}).isEmpty(),
                              worker.report(), 30'000);
    // A task that fails says so as well, and what a plugin logs meanwhile has it, too.
    const QJsonObject header{{u"traceparent"_s, u"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"_s}};
    const QJsonObject options{{u"queue"_s, u"quoin"_s}, {u"headers"_s, header}};
    ground.client().send(u"labour.fail"_s, {u"no such box"_s}, options);
    const QByteArray theirs = "trace=0af7651916cd43dd8448eb211c80319c";
    QTRY_VERIFY2_WITH_TIMEOUT(!lineWith(worker, {"task failed kind=labour.fail", theirs}).isEmpty(), worker.report(),
                              30'000);
    QTRY_VERIFY2(!lineWith(worker, {"labour failing", theirs}).isEmpty(), worker.report());
}

void TraceTest::itComesFromPythonAndGoesBackToPython()
{
    if (const QString missing = CeleryGround::missing(); !missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
    CeleryGround ground;
    QVERIFY(ground.start());
    PeerProcess &theirs = ground.theirs();
    theirs.launchWorker({u"-Q"_s, u"theirs"_s});
    QuoinProcess &worker = ground.ourWorker();
    worker.set(u"log.tasks"_s, u"true"_s);
    QVERIFY2(worker.start(), worker.report());
    QVERIFY2(theirs.waitForWorker(), theirs.report());

    const QJsonObject headers{{u"traceparent"_s, QString::fromLatin1("00-" + clientsTrace + '-' + clientsSpan + "-01")},
                              {u"tracestate"_s, u"rojo=1"_s}};
    const QJsonArray tasks{signature(u"labour.flaky"_s, {1}, {{u"queue"_s, u"quoin"_s}, {u"headers"_s, headers}}),
                           signature(u"app.tell_trace"_s, {}, {{u"queue"_s, u"theirs"_s}})};
    const QString id = ground.client().ask(u"in_chain"_s, {{u"tasks"_s, tasks}}).value(u"id"_s).toString();
    QVERIFY2(ground.client().get(id).contains(u"result"_s), worker.report());
    // The first attempt failed, the second did not: the trace is that of both.
    const QByteArray trace = "trace=" + clientsTrace;
    QVERIFY2(!lineWith(worker, {"task failed kind=labour.flaky", "attempt=1", trace}).isEmpty(), worker.report());
    const QByteArray done = lineWith(worker, {"task done kind=labour.flaky", "attempt=2", trace});
    QVERIFY2(!done.isEmpty(), worker.report());
    const QByteArray told = "trace 00-" + clientsTrace + '-' + factOf(done, "span") + "-01 rojo=1";
    QVERIFY2(ground.theirNotes().contains(told), ground.theirNotes().join('\n'));

    // Without one, ours begins one.
    const QJsonArray without{signature(u"labour.note"_s, {1}, {{u"queue"_s, u"quoin"_s}}),
                             signature(u"app.tell_trace"_s, {}, {{u"queue"_s, u"theirs"_s}})};
    const QString other = ground.client().ask(u"in_chain"_s, {{u"tasks"_s, without}}).value(u"id"_s).toString();
    QVERIFY2(ground.client().get(other).contains(u"result"_s), worker.report());
    const QByteArray begun = lineWith(worker, {"task done kind=labour.note"});
    QCOMPARE(ground.theirNotes().last(),
             "trace 00-" + factOf(begun, "trace") + '-' + factOf(begun, "span") + "-01 None");
}

void TraceTest::whatOursPublishesForPythonHasIt()
{
    if (const QString missing = CeleryGround::missing(); !missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
    CeleryGround ground;
    QVERIFY(ground.start());
    PeerProcess &theirs = ground.theirs();
    theirs.launchWorker();
    QuoinProcess &server = ground.ourServer();
    server.set(u"log.requests"_s, u"true"_s);
    server.set(u"sip.task_name"_s, u"app.tell_trace"_s);
    QVERIFY2(server.start(), server.report());
    QVERIFY2(theirs.waitForWorker(), theirs.report());
    const HttpReply reply = HttpClient(server.port()).request("POST", "/record", "[1]", clientsHeader);
    QCOMPARE(reply.status, 200);
    QTRY_COMPARE_WITH_TIMEOUT(ground.theirNotes().size(), 1, 30'000);
    const QByteArray request = lineWith(server, {" request ", "id=" + reply.header("x-request-id")});
    QCOMPARE(ground.theirNotes().first(), "trace 00-" + clientsTrace + '-' + factOf(request, "span") + "-01 None");
}

void TraceTest::answersTellTheirTimesIfTheyMay()
{
    QVERIFY2(m_server->start(), m_server->report());
    QVERIFY(post("[1]", {}).header("server-timing").isNull());
    m_server->terminate();
    QVERIFY2(m_server->waitForExit() == 0, m_server->report());

    m_server->set(u"http.server_timing"_s, u"true"_s);
    QVERIFY2(m_server->start(), m_server->report());
    const auto stored = metricsOf(post("[1]", {}).header("server-timing"));
    QCOMPARE(stored.keys(), (QByteArrayList{"db", "handler", "total"}));
    QVERIFY(stored["db"] > 0 && stored["db"] <= stored["handler"] && stored["handler"] <= stored["total"]);
    const auto blocking = metricsOf(HttpClient(m_server->port()).get("/readyz").header("server-timing"));
    QCOMPARE(blocking.keys(), (QByteArrayList{"handler", "pool", "total"}));
    // What no handler answers, and a stream, whose head leaves first.
    for (const QByteArray target : {"/nothing", "/record"}) {
        const HttpReply reply = HttpClient(m_server->port()).get(target);
        QVERIFY2(metricsOf(reply.header("server-timing")).contains("total"), reply.header("server-timing"));
    }
}

void TraceTest::cleanup()
{
    m_worker.reset();
    m_server.reset();
}

QTEST_GUILESS_MAIN(TraceTest)
#include "tst_trace.moc"
