// SPDX-License-Identifier: GPL-3.0-only
#include "adminclient.h"
#include "databases.h"
#include "pluginground.h"
#include "samples.h"
#include "tokenground.h"

#include <QElapsedTimer>
#include <QProcess>
#include <QScopeGuard>
#include <QStandardPaths>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <map>
#include <set>
#include <thread>

using namespace Qt::StringLiterals;
using namespace quoin::test;

namespace {

/// "name type" of each family.
QByteArrayList familiesOf(const QByteArray &page)
{
    QByteArrayList families;
    for (const QByteArray &line : page.split('\n')) {
        if (line.startsWith("# TYPE "))
            families += line.mid(7);
    }
    std::ranges::sort(families);
    return families;
}

QByteArray nameOf(const QByteArray &sample) { return sample.left(sample.indexOf('{')); }

QByteArray labelOf(const QByteArray &sample, const QByteArray &name)
{
    const qsizetype start = sample.indexOf(name + "=\"");
    return start < 0 ? QByteArray() : sample.mid(start + name.size() + 2).split('"').first();
}

double sumOf(const Samples &samples, const QByteArray &name)
{
    double sum = 0;
    for (const auto &[sample, value] : samples)
        sum += nameOf(sample) == name ? value : 0;
    return sum;
}

bool isCounted(const QByteArray &sample)
{
    const QByteArray name = nameOf(sample);
    return name.endsWith("_total") || name.endsWith("_bucket") || name.endsWith("_count") || name.endsWith("_sum");
}

QByteArray requests(const QByteArray &method, const QByteArray &route, const QByteArray &status)
{
    return "quoin_http_requests_total{method=\"" + method + "\",route=\"" + route + "\",status=\"" + status + "\"}";
}

const QByteArrayList promised{
    "quoin_build_info gauge",
    "quoin_counters_outages_total counter",
    "quoin_database_batch_jobs histogram",
    "quoin_database_failures_total counter",
    "quoin_database_jobs_waiting gauge",
    "quoin_database_outages_total counter",
    "quoin_database_refused_total counter",
    "quoin_database_transaction_seconds histogram",
    "quoin_database_up gauge",
    "quoin_database_wait_seconds histogram",
    "quoin_generations_total counter",
    "quoin_http_connections gauge",
    "quoin_http_connections_accepted_total counter",
    "quoin_http_connections_refused_total counter",
    "quoin_http_connections_waiting gauge",
    "quoin_http_request_duration_seconds histogram",
    "quoin_http_requests_total counter",
    "quoin_http_requests_waiting gauge",
    "quoin_http_responses_total counter",
    "quoin_plugin_info gauge",
    "quoin_process_cpu_seconds_total counter",
    "quoin_process_open_fds gauge",
    "quoin_process_resident_memory_bytes gauge",
    "quoin_queue_oldest_ready_seconds gauge",
    "quoin_queue_tasks gauge",
    "quoin_start_time_seconds gauge",
    "quoin_task_attempts_total counter",
    "quoin_task_duration_seconds histogram",
    "quoin_task_outcomes_lost_total counter",
    "quoin_task_wait_seconds histogram",
    "quoin_tasks_held gauge",
    "quoin_worker_deaths_total counter",
    "quoin_workers gauge",
};

} // namespace

/// What GET /metrics promises to whoever scrapes it.
class MetricsTest final : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyFamilyIsThereAndOfItsType_data();
    void everyFamilyIsThereAndOfItsType();
    void promtoolFindsNothingToSay();
    void routesAreTemplatesAndWhatHasNoneIsNone();
    void aRecordIsSeenInTasksAndTransactions();
    void histogramsAgreeWithTheirCounters();
    void anyWorkerAnswersForAll();
    void noCounterFallsThroughRollsAndKills();
    void aDatabaseThatIsAwayTakesOnlyItsFiguresAway();
    void whoMayLookIsASetting();
    void openMetricsIfItIsAskedFor();
    void cleanup() { m_ground.reset(); }

private:
    void start(int workers = 1);
    QuoinProcess &server() const { return m_ground->server(); }
    QByteArray page() const { return m_ground->get("/metrics").body; }
    Samples scrape() const { return samplesOf(page()); }

    std::unique_ptr<PluginGround> m_ground;
};

void MetricsTest::start(int workers)
{
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    server().set(u"http.workers"_s, QString::number(workers));
    QVERIFY2(server().start(), server().report());
}

void MetricsTest::everyFamilyIsThereAndOfItsType_data()
{
    QTest::addColumn<QStringList>("command");
    QTest::newRow("with a supervisor") << QStringList{u"serve"_s};
    QTest::newRow("one process") << QStringList{u"serve"_s, u"--single"_s};
}

void MetricsTest::everyFamilyIsThereAndOfItsType()
{
    QFETCH(const QStringList, command);
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    server().setCommand(command);
    QVERIFY2(server().start(), server().report());
    const HttpReply reply = m_ground->get("/metrics");
    QCOMPARE(reply.status, 200);
    QCOMPARE(reply.header("Content-Type"), QByteArray("text/plain; version=0.0.4; charset=utf-8"));
    QCOMPARE(familiesOf(reply.body).join('\n'), promised.join('\n'));

    Samples samples = samplesOf(reply.body);
    QCOMPARE(samples["quoin_workers{role=\"web\",state=\"ready\"}"], 1);
    QCOMPARE(samples["quoin_generations_total{result=\"served\"}"], 1);
    QCOMPARE(samples["quoin_database_up"], 1);
    QVERIFY2(reply.body.contains("quoin_plugin_info{plugin=\"sip\",version=\""), reply.body);
    QVERIFY(samples["quoin_process_resident_memory_bytes{process=\"supervisor\"}"] > 1e6);
    QCOMPARE(samples["quoin_task_attempts_total{task=\"sip.make_sip\",outcome=\"dead\"}"], 0);
    QVERIFY(samples.contains("quoin_task_attempts_total{task=\"sip.make_sip\",outcome=\"dead\"}"));
    QTRY_VERIFY_WITH_TIMEOUT(scrape()["quoin_http_connections_accepted_total"] >= 1, 10'000); // told once a second
    QTRY_VERIFY_WITH_TIMEOUT(sumOf(scrape(), "quoin_process_cpu_seconds_total") > 0, 10'000);
}

void MetricsTest::promtoolFindsNothingToSay()
{
    const QString promtool = QStandardPaths::findExecutable(u"promtool"_s);
    if (promtool.isEmpty())
        QSKIP("install the Debian package prometheus");
    start();
    HttpClient(server().port()).post("/record", "{\"a\":1}");
    QTRY_COMPARE_WITH_TIMEOUT(scrape()["quoin_task_attempts_total{task=\"sip.make_sip\",outcome=\"done\"}"], 1, 30'000);
    QProcess checker;
    checker.setProcessChannelMode(QProcess::MergedChannels);
    checker.start(promtool, {u"check"_s, u"metrics"_s});
    checker.write(page());
    checker.closeWriteChannel();
    QVERIFY(checker.waitForFinished());
    QCOMPARE(checker.readAll(), QByteArray());
    QCOMPARE(checker.exitCode(), 0);
}

void MetricsTest::routesAreTemplatesAndWhatHasNoneIsNone()
{
    start();
    HttpClient client(server().port());
    QCOMPARE(client.post("/record", "{}").status, 200);
    for (int i = 0; i < 3; ++i)
        QCOMPARE(client.get("/record/1").status, 200);
    QCOMPARE(client.get("/record/12345").status, 404);
    QCOMPARE(client.request("HEAD", "/record/1").status, 200);
    QCOMPARE(client.get("/a/path/of/my/own?secret=1").status, 404);
    QCOMPARE(client.request("PUT", "/record").status, 405);
    HttpClient stranger(server().port());
    QVERIFY(stranger.open() && stranger.send("BREW /pot HTTP/1.1\r\nHost: a\r\n\r\n"));
    QVERIFY(stranger.receive().status >= 400);

    const QByteArray text = page();
    Samples samples = samplesOf(text);
    QCOMPARE(samples[requests("POST", "/record", "2xx")], 1);
    QCOMPARE(samples[requests("GET", "/record/{id}", "2xx")], 4); // HEAD is answered by GET's route
    QCOMPARE(samples[requests("GET", "/record/{id}", "4xx")], 1);
    QCOMPARE(samples[requests("GET", "none", "4xx")], 1);
    QCOMPARE(samples[requests("PUT", "none", "4xx")], 1);
    QCOMPARE(samples[requests("other", "none", "4xx")] + samples[requests("other", "none", "5xx")], 1);
    QVERIFY(samples["quoin_http_responses_total{code=\"404\"}"] >= 2);
    QCOMPARE(samples["quoin_http_responses_total{code=\"405\"}"], 1);
    for (const QByteArray &word : {"my/own"_ba, "secret"_ba, "BREW"_ba, "12345"_ba})
        QVERIFY2(!text.contains(word), word);
}

void MetricsTest::aRecordIsSeenInTasksAndTransactions()
{
    start();
    HttpClient client(server().port());
    for (int i = 0; i < 5; ++i)
        QCOMPARE(client.post("/record", "{}").status, 200);
    QTRY_COMPARE_WITH_TIMEOUT(scrape()["quoin_task_attempts_total{task=\"sip.make_sip\",outcome=\"done\"}"], 5, 30'000);
    Samples samples = scrape();
    QCOMPARE(samples["quoin_task_duration_seconds_count{task=\"sip.make_sip\"}"], 5);
    QCOMPARE(samples["quoin_task_wait_seconds_count{task=\"sip.make_sip\"}"], 5);
    QVERIFY(samples["quoin_task_duration_seconds_sum{task=\"sip.make_sip\"}"] > 0);
    QVERIFY(samples["quoin_database_transaction_seconds_count"] >= 5);
    QCOMPARE(samples["quoin_database_transaction_seconds_count"], samples["quoin_database_batch_jobs_count"]);
    QVERIFY(samples["quoin_database_batch_jobs_sum"] >= samples["quoin_database_batch_jobs_count"]);
    QVERIFY(samples["quoin_database_wait_seconds_count{kind=\"write\"}"] >= 5);
    QTRY_COMPARE_WITH_TIMEOUT(scrape()["quoin_queue_tasks{state=\"ready\"}"], 0, 10'000);
    QCOMPARE(scrape()["quoin_queue_oldest_ready_seconds"], 0);
}

void MetricsTest::histogramsAgreeWithTheirCounters()
{
    start();
    HttpClient client(server().port());
    for (int i = 0; i < 20; ++i) {
        client.get("/");
        client.get("/healthz");
        client.get("/record/77");
    }
    const Samples samples = scrape();
    std::map<QByteArray, double> answered, counted, last, infinite;
    for (const auto &[sample, value] : samples) {
        const QByteArray name = nameOf(sample);
        const QByteArray route = labelOf(sample, "method") + ' ' + labelOf(sample, "route");
        if (name == "quoin_http_requests_total")
            answered[route] += value;
        else if (name == "quoin_http_request_duration_seconds_count")
            counted[route] = value;
        else if (name == "quoin_http_request_duration_seconds_bucket" && labelOf(sample, "le") == "+Inf")
            infinite[route] = value;
    }
    QCOMPARE(answered["GET /"], 20);
    QCOMPARE(counted, answered);
    QCOMPARE(infinite, answered);
    double all = 0;
    for (const auto &[route, count] : answered)
        all += count;
    QCOMPARE(sumOf(samples, "quoin_http_responses_total"), all);
    // In the order of the page, each bucket has at least what the one before has.
    for (const QByteArray &line : page().split('\n')) {
        if (!nameOf(line).endsWith("_bucket"))
            continue;
        const QByteArray series = line.left(line.lastIndexOf("le="));
        const double count = line.mid(line.lastIndexOf(' ') + 1).toDouble();
        QVERIFY2(count >= last[series], line);
        last[series] = count;
    }
    QVERIFY(last.size() > 5);
}

void MetricsTest::anyWorkerAnswersForAll()
{
    start(2);
    QTRY_COMPARE_WITH_TIMEOUT(scrape()["quoin_workers{role=\"web\",state=\"ready\"}"], 2, 30'000);
    std::vector<std::unique_ptr<HttpClient>> clients; // at the same time, so that both workers have some
    for (int i = 0; i < 10; ++i) {
        clients.push_back(std::make_unique<HttpClient>(server().port()));
        QCOMPARE(clients.back()->get("/").status, 200);
    }
    const auto workers = [&] { return resultsOf(AdminClient(server()).get("/admin/v1/workers")); };
    QTRY_VERIFY_WITH_TIMEOUT(workers()[0].toObject()[u"requests"_s].toInt() > 2
                                 && workers()[1].toObject()[u"requests"_s].toInt() > 2,
                             10'000);
    for (const auto &client : clients) {
        Samples samples = samplesOf(client->get("/metrics").body);
        QCOMPARE(samples[requests("GET", "/", "2xx")], 10);
        QVERIFY(samples["quoin_http_connections"] >= 10);
    }
}

void MetricsTest::noCounterFallsThroughRollsAndKills()
{
    if (isSanitized())
        QSKIP("a sanitizer is too slow for this");
    start(2);
    m_ground->dropChanging(u"1.0.0"_s);
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, "1.0.0", 60'000);

    std::atomic<bool> isOver = false;
    std::atomic<int> answers = 0;
    std::vector<std::jthread> clients;
    for (int i = 0; i < 4; ++i) {
        clients.emplace_back([&, port = server().port()] {
            HttpClient client(port);
            while (!isOver)
                answers += client.get("/").status == 200;
        });
    }
    QStringList fallen;
    int scrapes = 0;
    std::jthread scraper([&, port = server().port()] {
        Samples before;
        while (!isOver) {
            const HttpReply reply = HttpClient(port).get("/metrics");
            if (reply.status != 200) // its worker was killed meanwhile
                continue;
            ++scrapes;
            const Samples now = samplesOf(reply.body);
            for (const auto &[sample, value] : before) {
                const auto found = now.find(sample);
                if (isCounted(sample) && (found == now.end() || found->second < value))
                    fallen += u"%1: %2, then %3"_s.arg(QString::fromLatin1(sample))
                                  .arg(value)
                                  .arg(found == now.end() ? -1 : found->second);
            }
            before = now;
        }
    });

    const auto whateverHappens = qScopeGuard([&] { isOver = true; });
    for (const auto &version : {u"2.0.0"_s, u"1.0.0"_s}) {
        m_ground->dropChanging(version);
        QTRY_COMPARE_WITH_TIMEOUT(m_ground->get("/changing").body, version.toLatin1(), 60'000);
        const qint64 victim
            = resultsOf(AdminClient(server()).get("/admin/v1/workers"))[0].toObject()[u"pid"_s].toInteger();
        QVERIFY(victim > 1);
        ::kill(static_cast<pid_t>(victim), SIGKILL);
        QTRY_VERIFY_WITH_TIMEOUT(!isAlive(victim), 10'000);
        QTRY_COMPARE_WITH_TIMEOUT(scrape()["quoin_workers{role=\"web\",state=\"ready\"}"], 2, 30'000);
    }
    isOver = true;
    for (std::jthread &client : clients)
        client.join();
    scraper.join();

    QCOMPARE(fallen, QStringList());
    QVERIFY2(scrapes > 5, QByteArray::number(scrapes));
    Samples samples = scrape();
    qInfo() << scrapes << "scrapes," << answers.load() << "answers," << samples[requests("GET", "/", "2xx")]
            << "counted";
    // A worker may be killed between an answer and its being counted: once for each client, twice.
    QVERIFY2(samples[requests("GET", "/", "2xx")] >= answers - 8, server().report());
    QVERIFY(samples["quoin_generations_total{result=\"served\"}"] >= 3);
    QVERIFY(samples["quoin_worker_deaths_total{plugin=\"unknown\"}"] >= 1);
}

void MetricsTest::aDatabaseThatIsAwayTakesOnlyItsFiguresAway()
{
    if (PostgresServer::binaries().isEmpty())
        QSKIP("install the Debian package postgresql");
    PostgresServer postgres;
    QVERIFY2(postgres.start() && postgres.createDatabase(u"metrics"_s), postgres.log());
    m_ground = std::make_unique<PluginGround>();
    m_ground->dropShipped();
    server().set(u"database.url"_s, postgres.url(u"metrics"_s));
    QVERIFY2(server().start(), server().report());
    QVERIFY(scrape().contains("quoin_queue_tasks{state=\"ready\"}"));
    postgres.stop();
    QTRY_COMPARE_WITH_TIMEOUT(scrape()["quoin_database_up"], 0, 30'000);
    // What was counted a moment before is told for as long as it is fresh.
    QTRY_VERIFY_WITH_TIMEOUT(!scrape().contains("quoin_queue_tasks{state=\"ready\"}"), 30'000);
    QElapsedTimer timer;
    timer.start();
    Samples samples = scrape();
    QVERIFY2(timer.elapsed() < 5000, QByteArray::number(timer.elapsed()));
    QVERIFY(samples["quoin_database_outages_total"] >= 1);
    QVERIFY(samples[requests("GET", "/metrics", "2xx")] >= 2);
    QVERIFY2(postgres.start(), postgres.log());
    QTRY_COMPARE_WITH_TIMEOUT(scrape()["quoin_database_up"], 1, 30'000);
    QTRY_VERIFY_WITH_TIMEOUT(scrape().contains("quoin_queue_tasks{state=\"ready\"}"), 30'000);
}

void MetricsTest::whoMayLookIsASetting()
{
    TokenGround ground;
    ground.server().set(u"auth.anonymous_metrics"_s, u"false"_s);
    QVERIFY2(ground.server().start(), ground.server().report());
    QCOMPARE(ground.ask("GET", "/metrics", {}).status, 401);
    const QByteArray token = ground.made(u"prometheus"_s, {u"metrics:read"_s});
    QVERIFY2(!token.isEmpty(), ground.said());
    QVERIFY2(!ground.said().contains("warning"), ground.said());
    QCOMPARE(ground.ask("GET", "/metrics", token).status, 200);
    QCOMPARE(ground.ask("GET", "/admin/v1/server", token).status, 403);
    QCOMPARE(ground.ask("GET", "/healthz", {}).status, 200);
}

void MetricsTest::openMetricsIfItIsAskedFor()
{
    start();
    const HttpReply reply = HttpClient(server().port())
                                .request("GET", "/metrics", {},
                                         "Accept: application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1\r\n");
    QCOMPARE(reply.status, 200);
    QCOMPARE(reply.header("Content-Type"), QByteArray("application/openmetrics-text; version=1.0.0; charset=utf-8"));
    QVERIFY(reply.body.endsWith("# EOF\n"));
    QVERIFY(familiesOf(reply.body).contains("quoin_http_requests counter"));
}

QTEST_GUILESS_MAIN(MetricsTest)
#include "tst_metrics.moc"
