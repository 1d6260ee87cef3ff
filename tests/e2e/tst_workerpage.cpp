// SPDX-License-Identifier: GPL-3.0-only
#include "samples.h"
#include "tokenground.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QSet>
#include <QSqlDatabase>
#include <QSqlError>
#include <QSqlQuery>
#include <QTcpServer>
#include <QTest>

#include <csignal>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// What `quoin worker` shows of itself where worker.listen says so.
class WorkerPageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void itShowsWhatItsTasksCameTo();
    void anyProcessAnswersForAll();
    void thereIsNothingElseOnIt();
    void itAnswersWhileEveryThreadIsAtWork();
    void itIsUnreadyBeforeItLeaves();
    void aConnectionOutlivesItsGeneration();
    void whoMayLookDependsOnWhereItListens_data();
    void whoMayLookDependsOnWhereItListens();
    void aTokenOpensIt();
    void theHealthCheckAsksThere();
    void anAddressThatIsTakenIsNamed();
    void aChangeWaitsForARestart();
    void withoutTheSettingNothingListens();
    void serveDoesNotListenThere();
    void cleanup() { m_ground.reset(); }

private:
    QuoinProcess &worker() const { return m_ground->server(); }
    HttpReply get(const QByteArray &target) const { return m_ground->get(target); }
    Samples scrape() const { return samplesOf(get("/metrics").body); }

    std::unique_ptr<TokenGround> m_ground;
};

namespace {

/// On how many addresses a process listens (TCP over IPv4), by what the system says.
qsizetype listeningSockets(qint64 processId)
{
    QSet<QByteArray> listening; // proc_pid_net(5): the fourth word is the state, the tenth the inode
    QFile table(u"/proc/net/tcp"_s);
    if (!table.open(QIODevice::ReadOnly))
        qFatal("there is no /proc/net/tcp");
    for (const QByteArray &line : table.readAll().split('\n')) {
        const QList<QByteArray> words = line.simplified().split(' ');
        if (words.size() > 9 && words[3] == "0A")
            listening.insert("socket:[" + words[9] + ']');
    }
    qsizetype count = 0;
    const QDir folder(u"/proc/%1/fd"_s.arg(processId));
    for (const QString &name : folder.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)) {
        const QString target = QFile::symLinkTarget(folder.filePath(name));
        count += listening.contains(target.section(u'/', -1).toLatin1()) ? 1 : 0;
    }
    return count;
}

/// As whoever pushes it does, past every server.
void push(const QString &databaseUrl, const QString &name, const QString &arguments)
{
    const QString connection = u"push"_s;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, connection);
        database.setDatabaseName(databaseUrl.mid(u"sqlite:///"_s.size()));
        database.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=20000"_s);
        QSqlQuery query(database.open() ? database : QSqlDatabase());
        query.prepare(u"INSERT INTO task (name, arguments, state, created) VALUES (?, ?, 'ready', ?)"_s);
        query.addBindValue(name);
        query.addBindValue(arguments);
        query.addBindValue(QDateTime::currentMSecsSinceEpoch() * 1000);
        if (!query.exec())
            qFatal("a task cannot be pushed: %s", qPrintable(query.lastError().text()));
    }
    QSqlDatabase::removeDatabase(connection);
}

qsizetype linesOf(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll().count('\n') : 0;
}

const QByteArray readyTasks = "quoin_workers{role=\"tasks\",state=\"ready\"}";
const QByteArray healthAnswers = "quoin_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"2xx\"}";

} // namespace

void WorkerPageTest::init()
{
    m_ground = std::make_unique<TokenGround>();
    m_ground->dropShipped();
    worker().setCommand({u"worker"_s});
    worker().set(u"worker.listen"_s, u"127.0.0.1:0"_s);
}

void WorkerPageTest::itShowsWhatItsTasksCameTo()
{
    QVERIFY2(worker().start(), worker().report());
    QVERIFY(worker().port() != 0);
    const QTemporaryDir place;
    QuoinProcess web(place.path()); // another host
    web.set(u"plugins.dir"_s, m_ground->folder());
    web.set(u"database.url"_s, worker().databaseUrl());
    web.set(u"queue.concurrency"_s, u"0"_s);
    QVERIFY2(web.start(), web.report());
    for (int i = 0; i < 3; ++i)
        QCOMPARE(HttpClient(web.port()).post("/record", "{}").status, 200);

    const QByteArray done = "quoin_task_attempts_total{task=\"sip.make_sip\",outcome=\"done\"}";
    QTRY_COMPARE_WITH_TIMEOUT(scrape()[done], 3, 30'000);
    Samples samples = scrape();
    QCOMPARE(samples["quoin_task_duration_seconds_count{task=\"sip.make_sip\"}"], 3);
    QCOMPARE(samples["quoin_task_wait_seconds_count{task=\"sip.make_sip\"}"], 3);
    QCOMPARE(samples[readyTasks], 1);
    QCOMPARE(samples["quoin_workers{role=\"web\",state=\"ready\"}"], 0);
    QCOMPARE(samples["quoin_database_up"], 1);
    for (const QByteArray process : {"supervisor", "tasks"})
        QVERIFY2(samples["quoin_process_resident_memory_bytes{process=\"" + process + "\"}"] > 1e6, process);
    QVERIFY2(get("/metrics").body.contains("quoin_plugin_info{plugin=\"sip\",version=\""), get("/metrics").body);
    QCOMPARE(samplesOf(HttpClient(web.port()).get("/metrics").body)[done], 0); // these are not its own
}

void WorkerPageTest::anyProcessAnswersForAll()
{
    worker().set(u"queue.workers"_s, u"2"_s);
    QVERIFY2(worker().start(), worker().report());
    QTRY_COMPARE_WITH_TIMEOUT(scrape()[readyTasks], 2, 30'000);
    std::vector<std::unique_ptr<HttpClient>> clients; // at the same time, so that both have some
    for (int i = 0; i < 6; ++i) {
        clients.push_back(std::make_unique<HttpClient>(worker().port()));
        QCOMPARE(clients.back()->get("/healthz").status, 200);
    }
    for (const auto &client : clients) {
        QTRY_COMPARE(samplesOf(client->get("/metrics").body)[healthAnswers], 6);
        QCOMPARE(samplesOf(client->get("/metrics").body)[readyTasks], 2);
    }
}

void WorkerPageTest::thereIsNothingElseOnIt()
{
    QVERIFY2(worker().start(), worker().report());
    for (const QByteArray target : {"/healthz", "/readyz", "/metrics"})
        QVERIFY2(get(target).status == 200, target);
    for (const QByteArray request : {"GET /", "GET /record", "POST /record", "GET /record/1", "GET /guarded/open",
                                     "GET /admin/v1", "GET /admin/v1/server", "POST /admin/v1/plugins", "GET /docs"}) {
        const QByteArrayList words = request.split(' ');
        const HttpReply reply = HttpClient(worker().port()).request(words[0], words[1]);
        QVERIFY2(reply.status == 404, request);
        QCOMPARE(reply.header("Content-Type"), "application/problem+json"_ba);
    }
}

/// Whoever looks after a host that is busy must not take it for one that is gone.
void WorkerPageTest::itAnswersWhileEveryThreadIsAtWork()
{
    const QTemporaryDir place;
    const QString notes = place.filePath(u"notes"_s);
    auto environment = worker().environment();
    environment.insert(u"LABOUR_NOTES"_s, notes);
    worker().setEnvironment(environment);
    m_ground->drop(u"labour"_s);
    worker().set(u"queue.concurrency"_s, u"2"_s);
    QVERIFY2(worker().start(), worker().report());
    for (int i = 0; i < 2; ++i)
        push(worker().databaseUrl(), u"labour.sleep_deeply"_s, u"[600000]"_s); // it is killed before
    QTRY_COMPARE(linesOf(notes), 2);
    for (const QByteArray target : {"/healthz", "/readyz", "/metrics"})
        QCOMPARE(get(target).status, 200);
    QTRY_COMPARE(scrape()["quoin_tasks_held"], 2);
}

void WorkerPageTest::itIsUnreadyBeforeItLeaves()
{
    worker().set(u"shutdown.delay"_s, u"10min"_s);
    QVERIFY2(worker().start(), worker().report());
    QCOMPARE(get("/readyz").status, 200);
    worker().terminate();
    QTRY_COMPARE(get("/readyz").status, 503);
    QVERIFY(get("/readyz").body.contains("the server is shutting down"));
    QCOMPARE(get("/healthz").status, 200);
    QCOMPARE(get("/metrics").status, 200);
    worker().terminate();
    QCOMPARE(worker().waitForExit(), 0);
}

void WorkerPageTest::aConnectionOutlivesItsGeneration()
{
    m_ground->dropChanging(u"1.0.0"_s);
    QVERIFY2(worker().start(), worker().report());
    const QList<qint64> before = worker().children();
    HttpClient client(worker().port());
    QCOMPARE(client.get("/healthz").status, 200);
    m_ground->dropChanging(u"2.0.0"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground->lines({"generation serves", "generation=2"}) == 1, worker().report(), 60'000);
    QTRY_VERIFY_WITH_TIMEOUT(worker().children().size() == 1 && worker().children() != before, 60'000);
    QTRY_COMPARE(samplesOf(client.get("/metrics").body)["quoin_generations_total{result=\"served\"}"], 2);
    QVERIFY(client.isReused());
    QCOMPARE(samplesOf(client.get("/metrics").body)[healthAnswers], 1); // by a process that is gone
}

void WorkerPageTest::whoMayLookDependsOnWhereItListens_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::addColumn<int>("status");
    QTest::newRow("this host") << u"auth.anonymous_metrics"_s << u"loopback"_s << 200;
    QTest::newRow("this host, whoever reaches web hosts") << u"http.listen"_s << u"0.0.0.0:5000"_s << 200;
    QTest::newRow("nobody") << u"auth.anonymous_metrics"_s << u"false"_s << 401;
}

void WorkerPageTest::whoMayLookDependsOnWhereItListens()
{
    QFETCH(const QString, key);
    QFETCH(const QString, value);
    QFETCH(const int, status);
    worker().set(key, value);
    QVERIFY2(worker().start(), worker().report());
    QCOMPARE(get("/metrics").status, status);
    QCOMPARE(get("/readyz").status, 200);
}

void WorkerPageTest::aTokenOpensIt()
{
    worker().set(u"auth.anonymous_metrics"_s, u"false"_s);
    QVERIFY2(worker().start(), worker().report());
    const QByteArray token = m_ground->made(u"prometheus"_s, {u"metrics:read"_s});
    QVERIFY2(!token.isEmpty(), m_ground->said());
    QCOMPARE(m_ground->ask("GET", "/metrics", token).status, 200);
}

void WorkerPageTest::theHealthCheckAsksThere()
{
    QVERIFY2(worker().start(), worker().report());
    const QString address = u"127.0.0.1:%1"_s.arg(worker().port());
    const QTemporaryDir place;
    QuoinProcess command(place.path());
    QVERIFY(command.run({u"healthcheck"_s, u"--worker"_s, u"--worker.listen"_s, address}));
    QCOMPARE(command.waitForExit(), 0);
    QCOMPARE(command.output(), "ready http://" + address.toLatin1() + "/readyz\n");
    QVERIFY(command.run({u"healthcheck"_s, u"--worker"_s, u"--live"_s, u"--worker.listen"_s, address}));
    QCOMPARE(command.waitForExit(), 0);
    QCOMPARE(command.output(), "alive http://" + address.toLatin1() + "/healthz\n");
}

void WorkerPageTest::anAddressThatIsTakenIsNamed()
{
    QTcpServer other;
    QVERIFY(other.listen(QHostAddress::LocalHost));
    worker().set(u"worker.listen"_s, u"127.0.0.1:%1"_s.arg(other.serverPort()));
    QVERIFY2(!worker().start(), worker().report());
    QCOMPARE(worker().waitForExit(), 1);
    const QByteArray said = "worker.listen: Cannot listen on 127.0.0.1 port " + QByteArray::number(other.serverPort())
        + ": another program listens there";
    QVERIFY2(worker().output().contains(said), worker().report());
}

void WorkerPageTest::aChangeWaitsForARestart()
{
    worker().set(u"worker.listen"_s, {});
    worker().writeSettings("[worker]\nlisten = 127.0.0.1:0\n");
    QVERIFY2(worker().start(), worker().report());
    worker().writeSettings("[worker]\nlisten = 127.0.0.1:1\n");
    ::kill(static_cast<pid_t>(worker().processId()), SIGHUP);
    QTRY_COMPARE(m_ground->lines({"setting needs a restart key=worker.listen", "127.0.0.1:1"}), 1);
    QCOMPARE(get("/healthz").status, 200);
}

void WorkerPageTest::withoutTheSettingNothingListens()
{
    QVERIFY2(worker().start(), worker().report());
    QCOMPARE(listeningSockets(worker().processId()), 1);
    worker().set(u"worker.listen"_s, {});
    QVERIFY2(worker().start(), worker().report());
    QCOMPARE(worker().port(), 0);
    QCOMPARE(listeningSockets(worker().processId()), 0);
    for (const qint64 child : worker().children())
        QCOMPARE(listeningSockets(child), 0);
}

void WorkerPageTest::serveDoesNotListenThere()
{
    worker().setCommand({u"serve"_s});
    QVERIFY2(worker().start(), worker().report());
    QCOMPARE(m_ground->lines({"setting ignored", "worker.listen = ", "is for", "quoin worker"}), 1);
    QCOMPARE(get("/guarded/open").status, 200);
    QCOMPARE(listeningSockets(worker().processId()), 1);
}

QTEST_GUILESS_MAIN(WorkerPageTest)
#include "tst_workerpage.moc"
