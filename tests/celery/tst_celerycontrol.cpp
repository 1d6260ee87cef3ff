// SPDX-License-Identifier: GPL-3.0-only
#include "controlstage.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;

namespace {

const QString nodeName = u"quoin@testhost"_s;

QJsonValue json(const QByteArray &text)
{
    QJsonParseError error;
    const QJsonArray array = QJsonDocument::fromJson('[' + text + ']', &error).array();
    return error.error == QJsonParseError::NoError && array.size() == 1 ? array.at(0)
                                                                        : QJsonValue(QJsonValue::Undefined);
}

QByteArray shown(const QJsonValue &value) { return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact); }

TaskView view(const QString &id)
{
    TaskView task;
    task.id = id;
    task.name = u"app.make_sip"_s;
    task.args = R"([1, {"big": 12345678901234567890, "text": "\u00e9"}])";
    task.hostname = nodeName;
    task.routingKey = "celery";
    task.priority = 3;
    return task;
}

/// What the tests of values look at: one task at work, one waiting, one for later.
void furnish(TestNode &node)
{
    TaskView active = view(u"a1"_s);
    active.started = 1'795'450'263'128'933;
    active.pid = 4711;
    TaskView scheduled = view(u"s1"_s);
    scheduled.eta = 1'795'450'263'500'000;
    node.activeTasks = {active};
    node.reservedTasks = {view(u"r1"_s)};
    node.scheduledTasks = {scheduled};
    node.revokedIds = {{u"gone-1"_s, 1'795'450'263'500'000}};
    node.nodeFigures = {
        .concurrency = 2, .prefetch = 8, .active = 1, .processed = 7, .total = {{u"app.make_sip"_s, 7}}};
    node.settings = {{u"worker_concurrency"_s, 2}, {u"odd"_s, u"redis://user:secret@host/0"_s}};
}

QByteArray task(const char *id, const char *started, const char *pid, bool isSafe = false)
{
    const QByteArray args = isSafe ? R"j("(1, {'big': 12345678901234567890, 'text': '\u00e9'})")j"
                                   : R"([1, {"big": 12345678901234567890, "text": "\u00e9"}])";
    return QByteArray(R"({"id":")") + id + R"(","name":"app.make_sip","args":)" + args + R"(,"kwargs":)"
        + (isSafe ? R"("{}")" : "{}") + R"(,"type":"app.make_sip","hostname":"quoin@testhost","time_start":)" + started
        + R"(,"acknowledged":false,"delivery_info":{"exchange":"","routing_key":"celery","priority":3,"redelivered":false},)"
        + R"("worker_pid":)" + pid + '}';
}

/// A command as Celery's clients publish it.
QByteArray commandText(const QJsonObject &body)
{
    const QByteArray packed = QJsonDocument(body).toJson(QJsonDocument::Compact).toBase64();
    return R"({"body":")" + packed
        + R"(","content-encoding":"utf-8","content-type":"application/json","headers":{"clock":1,"expires":0},)"
          R"("properties":{"delivery_mode":2,"delivery_info":{"exchange":"celery.pidbox","routing_key":""},)"
          R"("priority":0,"body_encoding":"base64","delivery_tag":"1"}})";
}

} // namespace

/// Celery's own client asks and commands; a node that runs nothing answers. See controlapp.py.
class TestCeleryControl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase() { m_client.reset(); }

    void questionsAreAnsweredAsCelerysWorkersDo_data();
    void questionsAreAnsweredAsCelerysWorkersDo();
    void figuresAreToldAsFlowerReadsThem();
    void commandsAreDoneAndConfirmed_data();
    void commandsAreDoneAndConfirmed();
    void whatACommandSaysIsWhatTheNodeIsTold();
    void commandsAreForTheNodesTheyName_data();
    void commandsAreForTheNodesTheyName();
    void whatIsNoCommandIsIgnored_data();
    void whatIsNoCommandIsIgnored();
    void aReplyToAClientThatHasGoneLeavesNothing();
    void aReplyThatNobodyFetchesEndsByItself();
    void aQuestionThatTakesLongHoldsUpNoOther();
    void aFloodOfCommandsHoldsUpNothing();
    void noPasswordIsShown();
    void theMailboxIsListedWhileTheNodeLives();
    void itAnswersAgainAfterRedisWasRestartedEmpty();
    void celerysCommandLineUnderstandsTheAnswers_data();
    void celerysCommandLineUnderstandsTheAnswers();
    void aStartingWorkerLearnsWhatWasRevoked();

private:
    QJsonValue inspect(const QString &method, const QJsonObject &arguments = {});
    QJsonValue broadcast(const QString &method, const QJsonObject &arguments = {});
    void publish(const QByteArray &payload);

    test::RedisServer m_server;
    std::unique_ptr<PythonLines> m_client;
    std::unique_ptr<ControlStage> m_stage;
};

void TestCeleryControl::initTestCase()
{
    if (!test::RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    QVERIFY2(m_server.start(), m_server.log().constData());
    m_client = std::make_unique<PythonLines>(m_server.url());
    QVERIFY2(m_client->startAndWait({u"controlapp.py"_s, u"call"_s}), m_client->output().constData());
}

void TestCeleryControl::init()
{
    m_stage = std::make_unique<ControlStage>(m_server);
    QVERIFY(m_stage->start());
}

void TestCeleryControl::cleanup()
{
    if (m_stage)
        QVERIFY(m_stage->stop());
    m_stage.reset();
}

/// The value of this node's answer; undefined if there is none or more than one.
QJsonValue TestCeleryControl::inspect(const QString &method, const QJsonObject &arguments)
{
    const QJsonObject answer = m_client
                                   ->ask({{u"inspect"_s, method},
                                          {u"arguments"_s, arguments},
                                          {u"destination"_s, QJsonArray{nodeName}},
                                          {u"timeout"_s, 10}})
                                   .toObject();
    return answer.size() == 1 ? answer.value(nodeName) : QJsonValue(QJsonValue::Undefined);
}

QJsonValue TestCeleryControl::broadcast(const QString &method, const QJsonObject &arguments)
{
    const QJsonArray answers = m_client
                                   ->ask({{u"broadcast"_s, method},
                                          {u"arguments"_s, arguments},
                                          {u"destination"_s, QJsonArray{nodeName}}})
                                   .toArray();
    return answers.size() == 1 ? answers.at(0).toObject().value(nodeName) : QJsonValue(QJsonValue::Undefined);
}

void TestCeleryControl::publish(const QByteArray &payload)
{
    bool isTaken = false;
    m_stage->commands.send({"PUBLISH", "/0.celery.pidbox", payload},
                           [&isTaken](const Result<redis::Reply> &taken) { isTaken = taken.has_value(); });
    QTRY_VERIFY(isTaken);
}

void TestCeleryControl::questionsAreAnsweredAsCelerysWorkersDo_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QJsonObject>("arguments");
    QTest::addColumn<QByteArray>("expected");
    const QByteArray active = task("a1", "1795450263.128933", "4711");
    const QByteArray reserved = task("r1", "null", "null");
    const QByteArray scheduled = R"([{"eta":"2026-11-23T16:11:03.500000+00:00","priority":6,"request":)"
        + task("s1", "null", "null") + "}]";
    const auto row = [](const char *method, const QByteArray &expected, const QJsonObject &arguments = {}) {
        const QByteArray name = method + (arguments.isEmpty() ? QByteArray() : ' ' + shown(arguments));
        QTest::newRow(name.constData()) << QString::fromLatin1(method) << arguments << expected;
    };
    row("ping", R"({"ok":"pong"})");
    row("active", '[' + active + ']');
    row("dump_active", '[' + active + ']');
    row("active", '[' + task("a1", "1795450263.128933", "4711", true) + ']', {{u"safe"_s, true}});
    row("reserved", '[' + reserved + ']');
    row("dump_reserved", '[' + reserved + ']');
    row("scheduled", scheduled);
    row("dump_schedule", scheduled);
    row("revoked", R"(["gone-1"])");
    row("dump_revoked", R"(["gone-1"])");
    row("registered", R"(["app.make_sip","sip.make_sip"])");
    row("dump_tasks", R"(["app.make_sip","sip.make_sip"])");
    row("query_task", R"({"a1":["active",)" + active + R"(],"r1":["reserved",)" + reserved + "]}",
        {{u"ids"_s, QJsonArray{u"a1"_s, u"r1"_s, u"unknown"_s}}});
    row("query_task", R"({"r1":["reserved",)" + reserved + "]}", {{u"ids"_s, u"r1"_s}});
    row("hello", R"({"revoked":{"gone-1":1795450263.5},"clock":0})", {{u"from_node"_s, u"celery@other"_s}});
    row("hello", "null", {{u"from_node"_s, nodeName}});
    row("clock", R"({"clock":0})");
    row("conf", R"({"worker_concurrency":2,"odd":"redis://user:**@host/0","broker_url":"","timezone":"UTC"})");
    row("dump_conf", R"({"worker_concurrency":2,"odd":"redis://user:**@host/0","broker_url":"","timezone":"UTC"})");
    for (const char *method : {"memsample", "memdump", "objgraph"})
        row(method, "null");
    row("nosuchcmd", R"j({"error":"KeyError('nosuchcmd')"})j");
}

void TestCeleryControl::questionsAreAnsweredAsCelerysWorkersDo()
{
    QFETCH(QString, method);
    QFETCH(QJsonObject, arguments);
    QFETCH(QByteArray, expected);
    furnish(m_stage->node);
    const QJsonValue answer = broadcast(method, arguments);
    QJsonValue wanted = json(expected);
    QVERIFY2(!wanted.isUndefined(), expected.constData());
    QVERIFY(!answer.isUndefined());
    if (answer.toObject().contains(u"clock"_s)) { // It counts on.
        QJsonObject object = wanted.toObject();
        QVERIFY(answer[u"clock"_s].toInteger() > 0);
        object.insert(u"clock"_s, answer[u"clock"_s]);
        wanted = object;
    }
    if (answer.toObject().contains(u"broker_url"_s)) {
        QJsonObject object = wanted.toObject();
        object.insert(u"broker_url"_s, m_server.url());
        wanted = object;
    }
    QCOMPARE(shown(answer), shown(wanted));
}

void TestCeleryControl::figuresAreToldAsFlowerReadsThem()
{
    furnish(m_stage->node);
    const QJsonValue stats = inspect(u"stats"_s);
    QCOMPARE(stats[u"total"_s], json(R"({"app.make_sip":7})"));
    QCOMPARE(stats[u"pid"_s].toInteger(), QCoreApplication::applicationPid());
    QCOMPARE(stats[u"prefetch_count"_s], QJsonValue(8));
    QCOMPARE(stats[u"pool"_s][u"max-concurrency"_s], QJsonValue(2));
    QCOMPARE(stats[u"pool"_s][u"processes"_s], QJsonValue(QJsonArray{QCoreApplication::applicationPid()}));
    QCOMPARE(stats[u"broker"_s][u"hostname"_s], QJsonValue(u"127.0.0.1"_s));
    QCOMPARE(stats[u"broker"_s][u"port"_s], QJsonValue(m_server.port()));
    QCOMPARE(stats[u"broker"_s][u"transport"_s], QJsonValue(u"redis"_s));
    QCOMPARE(stats[u"broker"_s][u"virtual_host"_s], QJsonValue(u"0"_s));
    QVERIFY(stats[u"clock"_s].toString().toInt() > 0); // A string at Celery's, too.
    QVERIFY(stats[u"uptime"_s].isDouble());
    QVERIFY(stats[u"rusage"_s][u"maxrss"_s].toInteger() > 0);
    QVERIFY(stats[u"rusage"_s][u"utime"_s].isDouble());

    const QJsonValue queues = inspect(u"active_queues"_s);
    QCOMPARE(queues.toArray().size(), 2);
    QCOMPARE(queues[0][u"name"_s], QJsonValue(u"celery"_s));
    QCOMPARE(queues[1][u"routing_key"_s], QJsonValue(u"quoin"_s));
    QCOMPARE(queues[0][u"exchange"_s][u"type"_s], QJsonValue(u"direct"_s));

    const QString report = inspect(u"report"_s)[u"ok"_s].toString();
    QVERIFY2(report.contains("software -> quoin"_L1) && report.contains("worker_concurrency: 2"_L1),
             qPrintable(report));
}

void TestCeleryControl::commandsAreDoneAndConfirmed_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<QJsonObject>("arguments");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *method, const QJsonObject &arguments, const char *expected) {
        const QByteArray name = QByteArray(method) + ' ' + shown(arguments);
        QTest::newRow(name.constData()) << QString::fromLatin1(method) << arguments << QByteArray(expected);
    };
    row("revoke", {{u"task_id"_s, u"x"_s}}, R"({"ok":"tasks x flagged as revoked"})");
    row("revoke", {{u"task_id"_s, QJsonArray{u"x"_s, u"y"_s}}}, R"({"ok":"tasks x, y flagged as revoked"})");
    row("revoke", {{u"task_id"_s, u"a1"_s}, {u"terminate"_s, true}, {u"signal"_s, u"KILL"_s}},
        R"({"ok":"terminate: a1"})");
    row("revoke", {{u"task_id"_s, u"x"_s}, {u"terminate"_s, true}}, R"({"ok":"terminate: tasks unknown"})");
    row("revoke", {}, R"({"error":"revoke needs task_id: an id, or a list of ids"})");
    row("terminate", {{u"signal"_s, u"TERM"_s}, {u"task_id"_s, QJsonArray{u"a1"_s}}}, R"({"ok":"terminate: a1"})");
    row("revoke_by_stamped_headers", {{u"headers"_s, QJsonObject{{u"a"_s, u"b"_s}}}},
        R"({"error":"tasks cannot be revoked by stamped headers at this worker; revoke them by id"})");
    row("rate_limit", {{u"task_name"_s, u"sip.make_sip"_s}, {u"rate_limit"_s, u"5/m"_s}},
        R"({"error":"rate limits are not supported by this worker"})");
    row("rate_limit", {{u"task_name"_s, u"no.such"_s}, {u"rate_limit"_s, u"5/m"_s}}, R"({"error":"unknown task"})");
    row("time_limit", {{u"task_name"_s, u"sip.make_sip"_s}, {u"hard"_s, 2.5}},
        R"({"ok":"time limits set successfully"})");
    row("time_limit", {{u"task_name"_s, u"no.such"_s}, {u"hard"_s, 2}}, R"({"error":"unknown task"})");
    row("time_limit", {{u"task_name"_s, u"sip.make_sip"_s}, {u"hard"_s, -1}},
        R"({"error":"a time limit is a number of seconds above 0, or null for none"})");
    row("add_consumer", {{u"queue"_s, u"q2"_s}}, R"({"ok":"add consumer q2"})");
    row("add_consumer",
        {{u"queue"_s, u"q2"_s},
         {u"exchange"_s, u"q2"_s},
         {u"exchange_type"_s, u"direct"_s},
         {u"routing_key"_s, u"q2"_s}},
        R"({"ok":"add consumer q2"})");
    row("add_consumer", {{u"queue"_s, u"q2"_s}, {u"exchange"_s, u"x"_s}},
        R"({"error":"this worker consumes queues by their own names only, not through other exchanges or routing keys"})");
    row("add_consumer", {{u"queue"_s, u"q2"_s}, {u"exchange_type"_s, u"topic"_s}},
        R"({"error":"this worker consumes from direct exchanges only, not from one of type topic"})");
    row("add_consumer", {}, R"({"error":"a queue has a name"})");
    row("cancel_consumer", {{u"queue"_s, u"celery"_s}}, R"({"ok":"no longer consuming from celery"})");
    row("pool_grow", {{u"n"_s, 3}}, R"({"ok":"pool will grow"})");
    row("pool_shrink", {}, R"({"ok":"pool will shrink"})");
    row("pool_shrink", {{u"n"_s, 9}}, R"({"error":"a pool has at least one thread"})");
    row("pool_grow", {{u"n"_s, 1e12}}, R"({"error":"n is a number of threads from 0 to 1000"})");
    row("pool_restart", {}, R"j({"error":"ValueError('Pool restarts not enabled')"})j");
    row("autoscale", {{u"max"_s, 4}, {u"min"_s, 1}}, R"j({"error":"ValueError('Autoscale not enabled')"})j");
    row("enable_events", {}, R"({"ok":"task events enabled"})");
    row("disable_events", {}, R"({"ok":"task events already disabled"})");
    row("heartbeat", {}, "null");
}

void TestCeleryControl::commandsAreDoneAndConfirmed()
{
    QFETCH(QString, method);
    QFETCH(QJsonObject, arguments);
    QFETCH(QByteArray, expected);
    furnish(m_stage->node);
    QCOMPARE(shown(broadcast(method, arguments)), shown(json(expected)));
}

void TestCeleryControl::whatACommandSaysIsWhatTheNodeIsTold()
{
    TestNode &node = m_stage->node;
    furnish(node);
    broadcast(u"revoke"_s, {{u"task_id"_s, QJsonArray{u"x"_s, u"y"_s}}});
    QVERIFY(node.revokedIds.contains(u"x"_s) && node.revokedIds.contains(u"y"_s));
    QVERIFY(node.terminated.isEmpty());
    broadcast(u"revoke"_s, {{u"task_id"_s, u"a1"_s}, {u"terminate"_s, true}});
    QVERIFY(node.revokedIds.contains(u"a1"_s));
    QCOMPARE(node.terminated, QStringList{u"a1"_s});
    broadcast(
        u"hello"_s,
        {{u"from_node"_s, u"celery@other"_s},
         {u"revoked"_s,
          QJsonObject{{u"theirs"_s, QJsonArray{1795450000.25, u"theirs"_s}}, {u"plain"_s, 5.5}, {u"odd"_s, u"no"_s}}}});
    QCOMPARE(node.revokedIds.value(u"theirs"_s), 1'795'450'000'250'000);
    QCOMPARE(node.revokedIds.value(u"plain"_s), 5'500'000);
    QVERIFY(!node.revokedIds.contains(u"odd"_s));
    broadcast(u"time_limit"_s, {{u"task_name"_s, u"sip.make_sip"_s}, {u"hard"_s, 2.5}, {u"soft"_s, QJsonValue::Null}});
    QCOMPARE(node.hardLimit, std::optional(std::chrono::milliseconds(2500)));
    QCOMPARE(node.softLimit, std::nullopt);
    broadcast(u"add_consumer"_s, {{u"queue"_s, u"q2"_s}});
    broadcast(u"cancel_consumer"_s, {{u"queue"_s, u"celery"_s}});
    QCOMPARE(node.queueNames, (QByteArrayList{"quoin", "q2"}));
    broadcast(u"pool_grow"_s, {{u"n"_s, 3}});
    QCOMPARE(node.nodeFigures.concurrency, 5);
    broadcast(u"pool_shrink"_s, {});
    QCOMPARE(node.nodeFigures.concurrency, 4);
    broadcast(u"enable_events"_s);
    QVERIFY(m_stage->events.isTellingOfTasks());
    broadcast(u"disable_events"_s);
    QVERIFY(!m_stage->events.isTellingOfTasks());
    m_client->ask({{u"broadcast"_s, u"shutdown"_s}, {u"reply"_s, false}, {u"destination"_s, QJsonArray{nodeName}}});
    QTRY_COMPARE(node.shutDowns, 1);
}

void TestCeleryControl::commandsAreForTheNodesTheyName_data()
{
    QTest::addColumn<QJsonObject>("choice");
    QTest::addColumn<bool>("isMeant");
    const auto row = [](const char *name, const QJsonObject &choice, bool isMeant) {
        QTest::newRow(name) << choice << isMeant;
    };
    const auto glob = [&](const char *pattern, bool isMeant) {
        row(pattern, {{u"pattern"_s, QString::fromLatin1(pattern)}, {u"matcher"_s, u"glob"_s}}, isMeant);
    };
    const auto pcre = [&](const char *pattern, bool isMeant) {
        row(pattern, {{u"pattern"_s, QString::fromLatin1(pattern)}, {u"matcher"_s, u"pcre"_s}}, isMeant);
    };
    row("everybody", {}, true);
    row("this one", {{u"destination"_s, QJsonArray{u"celery@a"_s, nodeName}}}, true);
    row("another one", {{u"destination"_s, QJsonArray{u"celery@a"_s}}}, false);
    row("named, whatever the pattern",
        {{u"destination"_s, QJsonArray{nodeName}}, {u"pattern"_s, u"x*"_s}, {u"matcher"_s, u"glob"_s}}, true);
    row("a pattern without a matcher", {{u"pattern"_s, u"x*"_s}}, true); // As Celery's workers.
    glob("quoin@*", true);
    glob("*@testhost", true);
    glob("q[a-z]oin@?esth[!x]st", true);
    glob("*", true);
    glob("quoin@", false);
    glob("QUOIN@*", false);
    glob("q[!a-z]oin@*", false);
    glob("[quoin@testhost", false);
    glob("*q*u*o*i*n*@*t*e*s*t*h*o*s*t*x", false);
    pcre("quoin@.*host$", true);
    pcre("quoin", true);
    pcre("(celery|quoin)@", true);
    pcre("testhost", false);
    pcre("([unclosed", false);
    pcre("(([a-z@]+)*)*!", false); // Would take ages.
}

void TestCeleryControl::commandsAreForTheNodesTheyName()
{
    QFETCH(QJsonObject, choice);
    QFETCH(bool, isMeant);
    choice.insert(u"broadcast"_s, u"revoke"_s);
    choice.insert(u"arguments"_s, QJsonObject{{u"task_id"_s, u"x"_s}});
    choice.insert(u"reply"_s, false);
    m_client->ask(choice);
    QCOMPARE(shown(inspect(u"ping"_s)), shown(json(R"({"ok":"pong"})"))); // Done after the other.
    QCOMPARE(m_stage->node.revokedIds.contains(u"x"_s), isMeant);
}

void TestCeleryControl::whatIsNoCommandIsIgnored_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("no JSON") << QByteArray("hello");
    QTest::newRow("not an object") << QByteArray("[1, 2]");
    QTest::newRow("no body") << QByteArray(R"({"properties": {}, "headers": {}})");
    QTest::newRow("body of no text") << QByteArray(R"({"body": 5, "properties": {"body_encoding": "base64"}})");
    QTest::newRow("body of no base64") << QByteArray(R"({"body": "%%%", "properties": {"body_encoding": "base64"}})");
    QTest::newRow("no method") << commandText({{u"arguments"_s, QJsonObject{}}});
    QTest::newRow("a method of no text") << commandText({{u"method"_s, 5}});
    QTest::newRow("arguments of no object") << commandText({{u"method"_s, u"revoke"_s}, {u"arguments"_s, u"all"_s}});
    QTest::newRow("a list without an end") << QByteArray("{\"body\": ") + QByteArray(100'000, '[');
    QTest::newRow("bytes") << QByteArray("\xff\x00\xfe", 3);
    QTest::newRow("too large") << QByteArray(9'000'000, ' ');
    QTest::newRow("a reply to nowhere") << commandText(
        {{u"method"_s, u"ping"_s}, {u"reply_to"_s, QJsonObject{{u"exchange"_s, 5}}}});
    QTest::newRow("a reply to text") << commandText({{u"method"_s, u"ping"_s}, {u"reply_to"_s, u"me"_s}});
}

void TestCeleryControl::whatIsNoCommandIsIgnored()
{
    QFETCH(QByteArray, payload);
    publish(payload);
    QCOMPARE(shown(inspect(u"ping"_s)), shown(json(R"({"ok":"pong"})")));
    QCOMPARE(m_stage->node.revokedIds.size(), 0);
}

void TestCeleryControl::aReplyToAClientThatHasGoneLeavesNothing()
{
    publish(commandText(
        {{u"method"_s, u"ping"_s},
         {u"ticket"_s, u"t"_s},
         {u"reply_to"_s, QJsonObject{{u"exchange"_s, u"reply.celery.pidbox"_s}, {u"routing_key"_s, u"gone"_s}}}}));
    QVERIFY(!inspect(u"ping"_s).isUndefined());
    QCOMPARE(m_server.cli({u"EXISTS"_s, u"gone.reply.celery.pidbox"_s}), "0");
}

void TestCeleryControl::aReplyThatNobodyFetchesEndsByItself()
{
    const QString member = u"slow\x06\x16\x06\x16slow.reply.celery.pidbox"_s;
    QCOMPARE(m_server.cli({u"SADD"_s, u"_kombu.binding.reply.celery.pidbox"_s, member}), "1");
    publish(commandText(
        {{u"method"_s, u"ping"_s},
         {u"ticket"_s, u"t"_s},
         {u"reply_to"_s, QJsonObject{{u"exchange"_s, u"reply.celery.pidbox"_s}, {u"routing_key"_s, u"slow"_s}}}}));
    QTRY_COMPARE(m_server.cli({u"LLEN"_s, u"slow.reply.celery.pidbox"_s}), "1");
    QVERIFY(m_server.cli({u"TTL"_s, u"slow.reply.celery.pidbox"_s}).toInt() > 0);
    const QJsonValue reply = json(m_server.cli({u"RPOP"_s, u"slow.reply.celery.pidbox"_s}));
    QCOMPARE(reply[u"headers"_s][u"ticket"_s], QJsonValue(u"t"_s));
}

void TestCeleryControl::aQuestionThatTakesLongHoldsUpNoOther()
{
    m_stage->node.mayAnswer = false;
    publish(commandText(
        {{u"method"_s, u"scheduled"_s},
         {u"reply_to"_s, QJsonObject{{u"exchange"_s, u"reply.celery.pidbox"_s}, {u"routing_key"_s, u"x"_s}}}}));
    QTRY_VERIFY(m_stage->node.pending);
    QVERIFY(m_stage->node.lastMost > 0);
    QCOMPARE(shown(inspect(u"ping"_s)), shown(json(R"({"ok":"pong"})")));
    m_stage->node.pending(Error::unavailable(u"Redis is away"_s));
}

void TestCeleryControl::aFloodOfCommandsHoldsUpNothing()
{
    constexpr int commands = 4000;
    for (int i = 0; i < 1000; ++i)
        m_stage->node.revokedIds.insert(QString::number(i), i);
    int turns = 0;
    QTimer loop;
    connect(&loop, &QTimer::timeout, this, [&turns] { ++turns; });
    loop.start(0);
    redis::Connection flood(*redis::Url::parse(m_server.url()), {.purpose = u"flood"_s});
    flood.open();
    QTRY_VERIFY(flood.isOpen());
    const QByteArray command = commandText(
        {{u"method"_s, u"hello"_s},
         {u"arguments"_s, QJsonObject{{u"from_node"_s, u"x"_s}}},
         {u"reply_to"_s, QJsonObject{{u"exchange"_s, u"e"_s}, {u"routing_key"_s, u"x"_s}}}});
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"come faster than they can be done"_s));
    int published = 0;
    turns = 0;
    for (int i = 0; i < commands; ++i)
        flood.send({"PUBLISH", "/0.celery.pidbox", command},
                   [&published](const Result<redis::Reply> &) { ++published; });
    QTRY_COMPARE_WITH_TIMEOUT(published, commands, 30000);
    QTRY_VERIFY_WITH_TIMEOUT(!inspect(u"ping"_s).isUndefined(), 30000); // Dropped while the list is full.
    QVERIFY2(turns > 100, qPrintable(QString::number(turns)));
}

void TestCeleryControl::noPasswordIsShown()
{
    test::RedisServer locked;
    QVERIFY(locked.start({u"--requirepass"_s, u"hidden-word"_s}));
    const QString url = u"redis://:hidden-word@127.0.0.1:%1/0"_s.arg(locked.port());
    TestNode node;
    Lamport clock;
    redis::Connection commands(*redis::Url::parse(url), {.purpose = u"locked"_s});
    EventStream events(node, clock, commands, 0);
    ControlDesk desk(node, events, clock, commands, commands.url());
    commands.open();
    desk.start();
    PythonLines client(url);
    QVERIFY(client.startAndWait({u"controlapp.py"_s, u"call"_s}));
    QTRY_VERIFY(locked.cli({u"PUBSUB"_s, u"NUMSUB"_s, u"/0.celery.pidbox"_s}).endsWith("1"));
    for (const QString &method : {u"stats"_s, u"conf"_s, u"report"_s}) {
        const QByteArray answer = shown(client.ask({{u"inspect"_s, method}, {u"destination"_s, QJsonArray{nodeName}}}));
        QVERIFY2(answer.contains("quoin@testhost"), answer.constData());
        QVERIFY2(!answer.contains("hidden-word"), answer.constData());
    }
}

void TestCeleryControl::theMailboxIsListedWhileTheNodeLives()
{
    const QStringList members{u"SMEMBERS"_s, u"_kombu.binding.celery.pidbox"_s};
    QTRY_VERIFY(m_server.cli(members).contains("\x06\x16\x06\x16quoin@testhost.celery.pidbox"));
    QVERIFY(m_stage->stop());
    QVERIFY(!m_server.cli(members).contains("quoin@testhost"));
    QCOMPARE(m_server.cli({u"PUBSUB"_s, u"NUMSUB"_s, u"/0.celery.pidbox"_s}).right(1), "0");
}

void TestCeleryControl::itAnswersAgainAfterRedisWasRestartedEmpty()
{
    QVERIFY(m_server.restart(test::RedisServer::Data::Drop));
    QTRY_VERIFY_WITH_TIMEOUT(m_stage->isListening(), 30000);
    QTRY_VERIFY(m_server.cli({u"SMEMBERS"_s, u"_kombu.binding.celery.pidbox"_s}).contains("quoin@testhost"));
    m_client = std::make_unique<PythonLines>(m_server.url());
    QVERIFY(m_client->startAndWait({u"controlapp.py"_s, u"call"_s}));
    QCOMPARE(shown(inspect(u"ping"_s)), shown(json(R"({"ok":"pong"})")));
}

void TestCeleryControl::celerysCommandLineUnderstandsTheAnswers_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QString>("expected");
    QTest::addColumn<int>("code");
    const auto row = [](const char *words, const char *expected, int code = 0) {
        QTest::newRow(words) << QString::fromLatin1(words).split(u' ') << QString::fromLatin1(expected) << code;
    };
    // The time is longer than it takes: who names the nodes ends with their answers.
    row("status -d quoin@testhost --timeout 15", "quoin@testhost: OK");
    row("inspect ping -d quoin@testhost --timeout 15", "pong");
    row("inspect active -d quoin@testhost --timeout 15", "app.make_sip");
    row("inspect stats -d quoin@testhost --timeout 15", "max-concurrency");
    row("control add_consumer q2 -d quoin@testhost --timeout 15", "add consumer q2");
    row("control rate_limit sip.make_sip 5/m -d quoin@testhost --timeout 15", "rate limits are not supported");
    row("control shutdown", "No nodes replied", 69); // The same at Celery's workers.
}

void TestCeleryControl::celerysCommandLineUnderstandsTheAnswers()
{
    QFETCH(QStringList, arguments);
    QFETCH(QString, expected);
    QFETCH(int, code);
    furnish(m_stage->node);
    PythonLines command(m_server.url());
    command.start(QStringList{u"-m"_s, u"celery"_s, u"-A"_s, u"controlapp"_s} + arguments);
    QCOMPARE(command.waitForEnd(), code);
    const QByteArray output = command.output();
    QVERIFY2(output.contains(expected.toUtf8()), output.constData());
    QTRY_COMPARE(m_stage->node.shutDowns, arguments.contains(u"shutdown"_s) ? 1 : 0);
}

void TestCeleryControl::aStartingWorkerLearnsWhatWasRevoked()
{
    m_stage->node.revokedIds = {{u"revoked-before-it-came"_s, 1'795'450'263'500'000}};
    std::unique_ptr<PythonLines> started;
    for (int attempt = 1; attempt <= 5; ++attempt) { // it waits for a second only, which a busy machine may need
        started = std::make_unique<PythonLines>(m_server.url());
        started->start({u"-m"_s, u"celery"_s, u"-A"_s, u"controlapp"_s, u"worker"_s, u"-P"_s, u"solo"_s, u"-n"_s,
                        u"python@testhost"_s, u"-l"_s, u"info"_s});
        QTRY_VERIFY2_WITH_TIMEOUT(started->output().contains("ready."), started->output().constData(), 60000);
        if (started->output().contains("mingle: sync complete"))
            break;
    }
    PythonLines &worker = *started;
    QVERIFY2(worker.output().contains("mingle: sync with 1 nodes"), worker.output().constData());
    QVERIFY2(worker.output().contains("mingle: sync complete"), worker.output().constData());
    const QJsonObject answer = m_client
                                   ->ask({{u"inspect"_s, u"revoked"_s},
                                          {u"destination"_s, QJsonArray{u"python@testhost"_s}}})
                                   .toObject();
    QCOMPARE(answer.value(u"python@testhost"_s), QJsonValue(QJsonArray{u"revoked-before-it-came"_s}));
    QVERIFY2(!worker.output().contains("Traceback"), worker.output().constData());
    worker.terminate(); // its own way to stop prints tracebacks when it is told to between two instructions
    QCOMPARE(worker.waitForEnd(), 0);
}

QTEST_GUILESS_MAIN(TestCeleryControl)
#include "tst_celerycontrol.moc"
