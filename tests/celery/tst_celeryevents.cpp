// SPDX-License-Identifier: GPL-3.0-only
#include "controlstage.h"

#include "queue/celery/message.h"
#include "queue/celery/result.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

constexpr auto never = std::chrono::hours(1); // No heartbeat but those asked for.

QByteArray shown(const QJsonValue &value) { return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact); }

Message message(const QString &id)
{
    Message message;
    message.id = id;
    message.rootId = id;
    message.task = u"app.make_sip"_s;
    message.argsRepr = "(1, {'a': None})";
    message.kwargsRepr = "{}";
    return message;
}

TaskFault fault()
{
    TaskFault fault;
    fault.type = u"ValueError"_s;
    fault.module = u"builtins"_s;
    fault.message = {u"no such record"_s};
    fault.traceback = u"Traceback (most recent call last):\n  sip.cpp\nValueError: no such record\n"_s;
    return fault;
}

/// Each kind once, with what people and programs put into them.
void tellAll(EventStream &events, const QString &id)
{
    Message received = message(id);
    received.eta = 1'795'450'263'500'000;
    received.expires = 1'795'450'299'000'000;
    received.parentId = u"parent"_s;
    received.retries = 2;
    events.taskReceived(received);
    events.taskStarted(id);
    events.taskSucceeded(id, R"({"sip": "1.zip", "size": 12345678901234567890})", 1500us);
    events.taskFailed(id, fault());
    events.taskRetried(id, fault());
    events.taskRevoked(id, EventStream::Revocation::Revoked);
    events.taskRevoked(id, EventStream::Revocation::Expired);
    events.taskRevoked(id, EventStream::Revocation::Terminated);
    events.taskRejected(id, true);
}

/// The same with what nobody should.
void tellNastyThings(EventStream &events)
{
    const QString lonely = QString(QChar(0xd800)) + QChar(u'\0') + u"\u2028\"\\'\x1b"_s;
    for (const QString &text : {QString(), lonely, QString(300'000, u'x'), u"\U0001F4A9"_s.repeated(3000)}) {
        Message received = message(text);
        received.task = text;
        received.argsRepr = text.toUtf8();
        received.kwargsRepr = "\xff\xfe";
        received.shadow = text;
        received.parentId = text;
        received.retries = -1;
        events.taskReceived(received);
        events.taskStarted(text);
        for (const QByteArray &result :
             {QByteArray("1e999"), QByteArray(300, '[') + QByteArray(300, ']'), '"' + QByteArray(300'000, 'x') + '"',
              QByteArray(R"("\ud800\u0000\u2028")"), QByteArray("{\"__type__\": \"datetime\", \"__value__\": \"no\"}")})
            events.taskSucceeded(text, result, -5us);
        TaskFault bad;
        bad.type = text;
        bad.module = text;
        bad.message = {text, text};
        bad.traceback = text;
        events.taskFailed(text, bad);
        events.taskRetried(text, bad);
        events.taskRevoked(text, EventStream::Revocation::Terminated);
        events.taskRejected(text, false);
    }
}

} // namespace

/// Celery's own receivers read what a node tells. See controlapp.py.
class TestCeleryEvents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void cleanupTestCase() { m_reader.reset(); }

    void aWorkersLifeIsTold();
    void aHeartbeatComesWhenAskedForAndByItself();
    void tasksAreToldOfOnlyWhenThatIsEnabled();
    void eachEventHasWhatReadersNeed_data();
    void eachEventHasWhatReadersNeed();
    void eventsOfOneTurnGoOutTogether();
    void eventsAreDroppedWhenRedisDoesNotTakeThem();
    void afterRedisWasAwayTheWorkerIsOnlineAgain();
    void celeryEventsShowsThem();
    void theGossipOfPythonsWorkersSurvivesAllWeTell();

private:
    bool begin(EventOptions options);
    QJsonObject nextEvent();
    QJsonObject nextEventOf(const QString &type);

    test::RedisServer m_server;
    std::unique_ptr<PythonLines> m_reader; ///< Celery's receiver: one event a line.
    std::unique_ptr<ControlStage> m_stage;
};

void TestCeleryEvents::initTestCase()
{
    if (!test::RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    QVERIFY2(m_server.start(), m_server.log().constData());
    m_reader = std::make_unique<PythonLines>(m_server.url());
    QVERIFY2(m_reader->startAndWait({u"controlapp.py"_s, u"events"_s}), m_reader->output().constData());
}

void TestCeleryEvents::init() { m_stage.reset(); }

/// Whatever a test has left unread is read: the next one begins with its own.
void TestCeleryEvents::cleanup()
{
    if (m_stage) {
        QVERIFY(m_stage->stop());
        if (m_reader && m_reader->isRunning())
            nextEventOf(u"worker-offline"_s);
    }
    m_stage.reset();
}

bool TestCeleryEvents::begin(EventOptions options)
{
    m_stage = std::make_unique<ControlStage>(m_server, options);
    return m_stage->start();
}

QJsonObject TestCeleryEvents::nextEvent() { return m_reader->next().toObject(); }

QJsonObject TestCeleryEvents::nextEventOf(const QString &type)
{
    for (;;) {
        const QJsonObject event = nextEvent();
        if (event.isEmpty() || event.value(u"type"_s) == QJsonValue(type))
            return event;
    }
}

void TestCeleryEvents::aWorkersLifeIsTold()
{
    QVERIFY(begin({.tasks = false, .frequency = 20min})); // none comes by itself
    m_stage->node.nodeFigures.active = 1;
    m_stage->node.nodeFigures.processed = 7;
    const QJsonObject online = nextEvent();
    QCOMPARE(online[u"type"_s], QJsonValue(u"worker-online"_s));
    QCOMPARE(online[u"hostname"_s], QJsonValue(u"quoin@testhost"_s));
    QCOMPARE(online[u"freq"_s], QJsonValue(1200.0));
    QCOMPARE(online[u"pid"_s].toInteger(), QCoreApplication::applicationPid());
    QCOMPARE(online[u"loadavg"_s].toArray().size(), 3);
    QCOMPARE(online[u"sw_ident"_s], QJsonValue(u"quoin"_s));
    QCOMPARE(online[u"sw_sys"_s], QJsonValue(u"Linux"_s));
    QVERIFY(online[u"clock"_s].toInteger() > 0);
    // Readers shift times by an offset, and times are UTC already.
    QVERIFY(!online.contains(u"utcoffset"_s));
    const double age = static_cast<double>(QDateTime::currentMSecsSinceEpoch()) / 1000
        - online[u"timestamp"_s].toDouble();
    QVERIFY2(age > -60 && age < 60, qPrintable(QString::number(age)));

    m_stage->events.beat();
    const QJsonObject beat = nextEventOf(u"worker-heartbeat"_s);
    QCOMPARE(beat[u"active"_s], QJsonValue(1));
    QCOMPARE(beat[u"processed"_s], QJsonValue(7));
    QVERIFY(beat[u"clock"_s].toInteger() > online[u"clock"_s].toInteger());

    QVERIFY(m_stage->stop());
    QCOMPARE(nextEventOf(u"worker-offline"_s)[u"hostname"_s], QJsonValue(u"quoin@testhost"_s));
    m_stage->events.beat(); // No longer.
    QVERIFY(begin({.tasks = false, .frequency = never}));
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-online"_s));
}

void TestCeleryEvents::aHeartbeatComesWhenAskedForAndByItself()
{
    QVERIFY(begin({.tasks = false, .frequency = never}));
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-online"_s));
    PythonLines client(m_server.url());
    QVERIFY(client.startAndWait({u"controlapp.py"_s, u"call"_s}));
    client.ask({{u"broadcast"_s, u"heartbeat"_s}, {u"reply"_s, false}});
    const QJsonObject asked = nextEvent();
    QCOMPARE(asked[u"type"_s], QJsonValue(u"worker-heartbeat"_s));
    QCOMPARE(asked[u"freq"_s], QJsonValue(3600.0));
    cleanup();
    QVERIFY(begin({.tasks = false, .frequency = 10ms}));
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-online"_s));
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-heartbeat"_s));
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-heartbeat"_s));
}

void TestCeleryEvents::tasksAreToldOfOnlyWhenThatIsEnabled()
{
    QVERIFY(begin({.tasks = false, .frequency = never}));
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-online"_s));
    m_stage->events.taskStarted(u"unseen"_s);
    QVERIFY(m_stage->events.setTellingOfTasks(true));
    QVERIFY(!m_stage->events.setTellingOfTasks(true));
    m_stage->events.taskStarted(u"seen"_s);
    const QJsonObject event = nextEvent();
    QCOMPARE(event[u"type"_s], QJsonValue(u"task-started"_s));
    QCOMPARE(event[u"uuid"_s], QJsonValue(u"seen"_s));
    QVERIFY(m_stage->events.setTellingOfTasks(false));
    m_stage->events.taskStarted(u"unseen"_s);
    m_stage->events.beat();
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-heartbeat"_s));
    cleanup();
    QVERIFY(begin({.tasks = true, .frequency = never}));
    m_stage->events.taskStarted(u"seen from the start"_s);
    QCOMPARE(nextEventOf(u"task-started"_s)[u"uuid"_s], QJsonValue(u"seen from the start"_s));
}

void TestCeleryEvents::eachEventHasWhatReadersNeed_data()
{
    QTest::addColumn<int>("index");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("received")
        << 0
        << QByteArray(R"j({"type":"task-received","name":"app.make_sip","args":"(1, {'a': None})","kwargs":"{}",)j"
                      R"("root_id":"t1","parent_id":"parent","retries":2,)"
                      R"("eta":"2026-11-23T16:11:03.500000+00:00","expires":"2026-11-23T16:11:39.000000+00:00"})");
    QTest::newRow("started") << 1 << QByteArray(R"({"type":"task-started"})");
    QTest::newRow("succeeded")
        << 2
        << QByteArray(
               R"({"type":"task-succeeded","result":"{'sip': '1.zip', 'size': 12345678901234567890}","runtime":0.0015})");
    const QByteArray trace
        = R"(,"traceback":"Traceback (most recent call last):\n  sip.cpp\nValueError: no such record\n"})";
    QTest::newRow("failed") << 3
                            << QByteArray(R"j({"type":"task-failed","exception":"ValueError('no such record')")j"
                                          + trace);
    QTest::newRow("retried") << 4
                             << QByteArray(R"j({"type":"task-retried","exception":"ValueError('no such record')")j"
                                           + trace);
    QTest::newRow("revoked") << 5
                             << QByteArray(
                                    R"({"type":"task-revoked","terminated":false,"signum":null,"expired":false})");
    QTest::newRow("expired") << 6
                             << QByteArray(
                                    R"({"type":"task-revoked","terminated":false,"signum":null,"expired":true})");
    QTest::newRow("terminated") << 7
                                << QByteArray(
                                       R"({"type":"task-revoked","terminated":true,"signum":15,"expired":false})");
    QTest::newRow("rejected") << 8 << QByteArray(R"({"type":"task-rejected","requeue":true})");
}

void TestCeleryEvents::eachEventHasWhatReadersNeed()
{
    QFETCH(int, index);
    QFETCH(QByteArray, expected);
    QVERIFY(begin({.tasks = true, .frequency = never}));
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-online"_s));
    tellAll(m_stage->events, u"t1"_s);
    for (int i = 0; i < index; ++i)
        nextEvent();
    const QJsonObject event = nextEvent();
    const QJsonObject wanted = QJsonDocument::fromJson(expected).object();
    QVERIFY2(!wanted.isEmpty(), expected.constData());
    for (auto field = wanted.begin(); field != wanted.end(); ++field)
        QCOMPARE(shown(event.value(field.key())), shown(field.value()));
    QCOMPARE(event[u"uuid"_s], QJsonValue(u"t1"_s));
    QCOMPARE(event[u"hostname"_s], QJsonValue(u"quoin@testhost"_s));
    QVERIFY(event[u"timestamp"_s].toDouble() > 0);
    QVERIFY(event[u"clock"_s].toInteger() > 0);
}

void TestCeleryEvents::eventsOfOneTurnGoOutTogether()
{
    PythonLines wire(m_server.url());
    QVERIFY2(wire.startAndWait({u"controlapp.py"_s, u"raw"_s}), wire.output().constData());
    QVERIFY(begin({.tasks = true, .frequency = never}));
    for (int i = 0; i < 50; ++i)
        m_stage->events.taskStarted(QString::number(i));
    QJsonValue line = wire.next();
    QCOMPARE(line[0], QJsonValue(u"/0.celeryev/worker.online"_s));
    int seen = 0;
    for (const int count : {24, 24, 2}) {
        line = wire.next();
        QCOMPARE(line[0], QJsonValue(u"/0.celeryev/task.multi"_s));
        const QJsonObject envelope = QJsonDocument::fromJson(line[1].toString().toUtf8()).object();
        QCOMPARE(envelope[u"properties"_s][u"delivery_info"_s][u"routing_key"_s], QJsonValue(u"task.multi"_s));
        const QByteArray body = QByteArray::fromBase64(envelope[u"body"_s].toString().toLatin1());
        const QJsonArray events = QJsonDocument::fromJson(body).array();
        QCOMPARE(events.size(), count);
        for (const QJsonValue event : events)
            QCOMPARE(event[u"uuid"_s], QJsonValue(QString::number(seen++)));
    }
}

void TestCeleryEvents::eventsAreDroppedWhenRedisDoesNotTakeThem()
{
    QVERIFY(begin({.tasks = true, .frequency = never}));
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-online"_s));
    QCOMPARE(m_stage->events.dropped(), 0);
    constexpr int events = 24 * 1000;
    m_server.hang();
    for (int i = 0; i < events; ++i)
        m_stage->events.taskStarted(QString::number(i));
    const int pending = m_stage->commands.pending();
    m_server.resume();
    QVERIFY2(pending <= 101, qPrintable(QString::number(pending))); // What is on its way is bounded...
    QVERIFY(m_stage->events.dropped() >= events - 100 * 24);        // ...and the rest gone.
    QTRY_VERIFY(m_stage->commands.isOpen());
    m_stage->events.beat();
    nextEventOf(u"worker-heartbeat"_s);
}

void TestCeleryEvents::afterRedisWasAwayTheWorkerIsOnlineAgain()
{
    QVERIFY(begin({.tasks = true, .frequency = never}));
    nextEventOf(u"worker-online"_s);
    m_reader->terminate();
    m_server.stop();
    QTRY_VERIFY(!m_stage->commands.isOpen());
    m_stage->events.taskStarted(u"nobody hears"_s);
    m_stage->events.beat();
    QTRY_COMPARE(m_stage->events.dropped(), 2);
    // The reader is there first: only what is said again can be heard.
    m_stage->commands.close();
    QVERIFY(m_server.restart());
    m_reader = std::make_unique<PythonLines>(m_server.url());
    QVERIFY(m_reader->startAndWait({u"controlapp.py"_s, u"events"_s}));
    m_stage->commands.open();
    QCOMPARE(nextEvent()[u"type"_s], QJsonValue(u"worker-online"_s));
}

void TestCeleryEvents::celeryEventsShowsThem()
{
    QVERIFY(begin({.tasks = true, .frequency = never}));
    PythonLines dump(m_server.url());
    dump.start({u"-m"_s, u"celery"_s, u"-A"_s, u"controlapp"_s, u"events"_s, u"--dump"_s});
    const auto isHeard = [&] {
        m_stage->events.beat();
        return dump.output().contains("heartbeat");
    };
    QTRY_VERIFY2_WITH_TIMEOUT(isHeard(), dump.output().constData(), 60000);
    tellAll(m_stage->events, u"t1"_s);
    QTRY_VERIFY2_WITH_TIMEOUT(dump.output().contains("rejected"), dump.output().constData(), 60000);
    for (const char *type : {"received", "started", "succeeded", "failed", "retried", "revoked", "rejected"})
        QVERIFY2(dump.output().contains(type), dump.output().constData());
    QVERIFY2(!dump.output().contains("Traceback (most recent call last):\n  File"), dump.output().constData());
}

void TestCeleryEvents::theGossipOfPythonsWorkersSurvivesAllWeTell()
{
    QVERIFY(begin({.tasks = true, .frequency = 50ms}));
    PythonLines worker(m_server.url());
    worker.start({u"-m"_s, u"celery"_s, u"-A"_s, u"controlapp"_s, u"worker"_s, u"-P"_s, u"solo"_s, u"-n"_s,
                  u"python@testhost"_s, u"-l"_s, u"debug"_s});
    QTRY_VERIFY2_WITH_TIMEOUT(worker.output().contains("quoin@testhost joined the party"), worker.output().constData(),
                              60000);
    tellAll(m_stage->events, u"t1"_s);
    tellNastyThings(m_stage->events);
    m_stage->node.nodeFigures.active = -1;
    m_stage->node.nodeFigures.processed = std::numeric_limits<qint64>::max();
    m_stage->clock.hear(std::numeric_limits<quint64>::max());
    tellAll(m_stage->events, u"t2"_s);
    m_stage->events.beat();
    QVERIFY(m_stage->stop());
    QTRY_VERIFY2_WITH_TIMEOUT(worker.output().contains("quoin@testhost left"), worker.output().constData(), 60000);
    QVERIFY(worker.isRunning());
    QVERIFY2(!worker.output().contains("Traceback") && !worker.output().contains("ERROR"), worker.output().constData());
    worker.terminate();
    QCOMPARE(worker.waitForEnd(), 0);
}

QTEST_GUILESS_MAIN(TestCeleryEvents)
#include "tst_celeryevents.moc"
