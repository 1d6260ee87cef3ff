// SPDX-License-Identifier: GPL-3.0-only
// What a node makes of the messages in its queues.
#include "journal.h"
#include "nodebench.h"
#include "testground.h"

#include "queue/celery/isotime.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QProcess>
#include <QThread>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_CeleryQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addDialects(); }
    void initTestCase();
    void init();
    void cleanupTestCase();

    void aMessageIsRunSettledAndItsResultStored();
    void namedArgumentsFindTheirPlaces_data();
    void namedArgumentsFindTheirPlaces();
    void aFailureIsTriedAgainAndItsRetriesAreTold();
    void aTaskOutOfAttemptsFails();
    void whatOtherNodesMayKnowIsLeftToThem();
    void whatNobodyKnowsFailsInASharedQueue();
    void whatIsNoMessageIsMovedAsideAndTheRestIsServed_data();
    void whatIsNoMessageIsMovedAsideAndTheRestIsServed();
    void aTaskWaitsForItsEtaInRedis();
    void aTaskRunsWhenItsEtaHasCome();
    void whatIsTooOldIsNotRun();
    void aRevokedTaskIsNotRun();
    void aRevocationIsKnownToNodesThatStartLater();
    void aRunningTaskThatIsTerminatedIsRevoked();
    void whatIsClaimedAndRevokedBeforeItBeginsDoesNotRun();
    void aSoftLimitAsksAndFails();
    void aHardLimitFailsAndAsksForAnotherProcess();
    void priorityZeroIsServedFirst();
    void whatIgnoresItsResultStoresNone();
    void withoutAPlaceForResultsNoneAreStored();
    void resultsMayBeOnAnotherServer();
    void whatFollowsIsPublished();
    void aChordsBodyIsPublishedOnce();
    void aTaskThatWasDoneIsNotRunAgain();
    void aTaskThatWasCancelledIsNotRun();
    void aRunningTaskThatIsCancelledIsAskedToStop();
    void aDrainFinishesWhatEndsAndGivesBackTheRest();
    void aDrainedNodeLeavesNoTrace();
    void aNodeWithoutThreadsClaimsNothing();
    void anotherQueueIsConsumedOnceAdded();
    void figuresTellWhatHappened();
    void aPythonClientGetsWhatBecameOfItsTasks();

private:
    /// A task that notes its first argument.
    TaskSet noting(const TaskOptions &options = {});

    std::unique_ptr<CeleryGround> m_ground;
    std::unique_ptr<Journal> m_journal;
};

void tst_CeleryQueue::initTestCase()
{
    if (!test::RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    if (!m_ground)
        m_ground = std::make_unique<CeleryGround>();
}

void tst_CeleryQueue::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_ground->reset(dialect);
    m_journal = std::make_unique<Journal>();
}

void tst_CeleryQueue::cleanupTestCase()
{
    m_ground.reset();
    TestGround::end();
}

TaskSet tst_CeleryQueue::noting(const TaskOptions &options)
{
    TaskSet tasks;
    tasks.add(
        u"t.note"_s,
        [journal = m_journal.get()](const TaskRun &, const JsonText &what) -> Result<> {
            journal->note(what.text());
            return {};
        },
        options);
    return tasks;
}

void tst_CeleryQueue::aMessageIsRunSettledAndItsResultStored()
{
    TaskSet tasks = noting();
    tasks.alias(u"app.note"_s, u"t.note"_s);
    NodeBench bench(*m_ground, tasks, m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"app.note"_s, "[1.50e400]");
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    QCOMPARE(m_journal->entries(), QByteArrayList{"1.50e400"});
    QCOMPARE(m_ground->state(id), "done 1");
    QCOMPARE(m_ground->value(u"SELECT name || arguments FROM task"_s), "t.note[1.50e400]");
    QCOMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ground->result(id).value(u"task_id"_s), id);
    QVERIFY(m_ground->redis({u"TTL"_s, u"celery-task-meta-"_s + id}).toInt() > 80'000);
    QTRY_COMPARE(bench.queue.counters().done, 1);
    QTRY_COMPARE(bench.queue.counters().held, 0);
}

void tst_CeleryQueue::namedArgumentsFindTheirPlaces_data()
{
    QTest::addColumn<QByteArray>("args");
    QTest::addColumn<QByteArray>("kwargs");
    QTest::addColumn<QString>("outcome");
    QTest::newRow("all named") << QByteArray("[]") << QByteArray("{\"b\": 2.0, \"a\": 1}") << u"1 2.0"_s;
    QTest::newRow("some named") << QByteArray("[1]") << QByteArray("{\"b\": \"x\"}") << u"1 \"x\""_s;
    QTest::newRow("none named") << QByteArray("[1, {}]") << QByteArray("{}") << u"1 {}"_s;
    QTest::newRow("unknown name") << QByteArray("[1]") << QByteArray("{\"c\": 1}") << u"FAILURE"_s;
    QTest::newRow("given twice") << QByteArray("[1]") << QByteArray("{\"a\": 1}") << u"FAILURE"_s;
    QTest::newRow("first missing") << QByteArray("[]") << QByteArray("{\"b\": 1}") << u"FAILURE"_s;
}

void tst_CeleryQueue::namedArgumentsFindTheirPlaces()
{
    QFETCH(QByteArray, args);
    QFETCH(QByteArray, kwargs);
    QFETCH(QString, outcome);
    TaskSet tasks;
    tasks.add(u"t.two"_s,
              [this](const TaskRun &, const JsonText &a, const JsonText &b) -> Result<> {
                  m_journal->note(a.text() + ' ' + b.text());
                  return {};
              },
              {.parameters = {u"a"_s, u"b"_s}});
    NodeBench bench(*m_ground, tasks, m_ground->options());
    bench.queue.start();
    Outgoing message;
    message.task = u"t.two"_s;
    message.args = args;
    message.kwargs = kwargs;
    message.queue = "celery";
    const QString id = m_ground->push(message);
    const bool fails = outcome == u"FAILURE"_s;
    QTRY_COMPARE(m_ground->status(id), fails ? outcome : u"SUCCESS"_s);
    QCOMPARE(m_journal->entries(), fails ? QByteArrayList() : QByteArrayList{outcome.toUtf8()});
    QCOMPARE(m_ground->state(id), fails ? "dead 1" : "done 1");
}

void tst_CeleryQueue::aFailureIsTriedAgainAndItsRetriesAreTold()
{
    TaskSet tasks;
    Gate gate;
    tasks.add(u"t.flaky"_s,
              [&](const TaskRun &run) -> Result<> {
                  if (run.attempt() < 3)
                      return Error::unavailable(u"attempt %1 failed"_s.arg(run.attempt()));
                  gate.pass();
                  return {};
              },
              {.attempts = 3, .firstDelay = 50ms});
    NodeBench bench(*m_ground, tasks, m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"t.flaky"_s);
    QTRY_COMPARE(gate.arrived(), 1);
    QCOMPARE(m_ground->status(id), u"RETRY"_s);
    QCOMPARE(m_ground->result(id).value(u"result"_s)[u"exc_message"_s], QJsonArray{u"attempt 2 failed"_s});
    const QByteArray held = m_ground->redis({u"HVALS"_s, u"unacked"_s});
    QVERIFY2(held.contains("\"retries\": 2"), held.constData());
    QCOMPARE(m_ground->state(id), "running 3");
    gate.open();
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    QCOMPARE(m_ground->state(id), "done 3");
    QCOMPARE(m_ground->value(u"SELECT count(*) FROM task"_s), "1");
    QCOMPARE(m_ground->leftovers(), "0/0/0");
}

void tst_CeleryQueue::aTaskOutOfAttemptsFails()
{
    TaskSet tasks;
    tasks.add(u"t.bad"_s, [](const TaskRun &) -> Result<> { return Error::unavailable(u"no luck"_s); },
              {.attempts = 2, .firstDelay = 10ms});
    NodeBench bench(*m_ground, tasks, m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"t.bad"_s);
    QTRY_COMPARE(m_ground->status(id), u"FAILURE"_s);
    QCOMPARE(m_ground->result(id).value(u"result"_s)[u"exc_module"_s], u"quoin"_s);
    QCOMPARE(m_ground->result(id).value(u"result"_s)[u"exc_message"_s], QJsonArray{u"no luck"_s});
    QCOMPARE(m_ground->state(id), "dead 2");
    QCOMPARE(m_ground->value(u"SELECT error FROM task"_s), "no luck");
}

void tst_CeleryQueue::whatOtherNodesMayKnowIsLeftToThem()
{
    TaskSet others;
    others.add(u"t.other"_s, [](const TaskRun &) -> Result<> { return {}; });
    NodeBench first(*m_ground, others, m_ground->options());
    first.queue.start();
    const QString id = m_ground->push(u"t.note"_s, "[1]", "quoin");
    QTRY_COMPARE(m_ground->redis({u"ZCARD"_s, u"quoin:delayed:quoin"_s}), "1");
    QCOMPARE(m_ground->state(id), QByteArray());
    NodeBench second(*m_ground, noting(), m_ground->options());
    second.queue.start();
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
}

void tst_CeleryQueue::whatNobodyKnowsFailsInASharedQueue()
{
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"app.unknown"_s);
    QTRY_COMPARE(m_ground->status(id), u"FAILURE"_s);
    QCOMPARE(m_ground->result(id).value(u"result"_s)[u"exc_type"_s], u"NotRegistered"_s);
    QCOMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ground->state(id), "dead 1");
}

/// Every row of what a real worker needs: whatever is missing, the next message is served.
void tst_CeleryQueue::whatIsNoMessageIsMovedAsideAndTheRestIsServed_data()
{
    QTest::addColumn<QStringList>("path"); ///< What is taken out of a good message.
    QTest::addColumn<QString>("outcome");  ///< The status of its result, or "dead": it has none.
    const QString dead = u"dead"_s, failure = u"FAILURE"_s, success = u"SUCCESS"_s;
    QTest::newRow("body") << QStringList{u"body"_s} << failure;
    QTest::newRow("content-type") << QStringList{u"content-type"_s} << failure;
    QTest::newRow("content-encoding") << QStringList{u"content-encoding"_s} << success;
    QTest::newRow("headers") << QStringList{u"headers"_s} << dead;
    QTest::newRow("task") << QStringList{u"headers"_s, u"task"_s} << dead;
    QTest::newRow("id") << QStringList{u"headers"_s, u"id"_s} << dead;
    QTest::newRow("retries") << QStringList{u"headers"_s, u"retries"_s} << success;
    QTest::newRow("properties") << QStringList{u"properties"_s} << dead;
    QTest::newRow("delivery_tag") << QStringList{u"properties"_s, u"delivery_tag"_s} << dead;
    QTest::newRow("delivery_info") << QStringList{u"properties"_s, u"delivery_info"_s} << dead;
    QTest::newRow("exchange") << QStringList{u"properties"_s, u"delivery_info"_s, u"exchange"_s} << dead;
    QTest::newRow("routing_key") << QStringList{u"properties"_s, u"delivery_info"_s, u"routing_key"_s} << dead;
    QTest::newRow("body_encoding") << QStringList{u"properties"_s, u"body_encoding"_s} << failure;
    QTest::newRow("correlation_id") << QStringList{u"properties"_s, u"correlation_id"_s} << success;
    QTest::newRow("priority") << QStringList{u"properties"_s, u"priority"_s} << success;
}

namespace {

QJsonObject without(QJsonObject object, QStringList path)
{
    const QString name = path.takeFirst();
    if (path.isEmpty())
        object.remove(name);
    else
        object[name] = without(object[name].toObject(), path);
    return object;
}

} // namespace

void tst_CeleryQueue::whatIsNoMessageIsMovedAsideAndTheRestIsServed()
{
    QFETCH(QStringList, path);
    QFETCH(QString, outcome);
    const QString id = m_ground->push(u"t.note"_s, "[1]");
    const QJsonObject whole = QJsonDocument::fromJson(m_ground->redis({u"RPOP"_s, u"celery"_s})).object();
    const QByteArray broken = QJsonDocument(without(whole, path)).toJson(QJsonDocument::Compact);
    m_ground->redis({u"LPUSH"_s, u"celery"_s, QString::fromUtf8(broken)});
    const QString good = m_ground->push(u"t.note"_s, "[2]");
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    QTRY_COMPARE(m_ground->status(good), u"SUCCESS"_s);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    const bool isDead = outcome != u"SUCCESS"_s;
    QCOMPARE(m_ground->status(id), outcome == u"dead"_s ? QString() : outcome);
    QCOMPARE(m_ground->length(u"quoin:dead"_s), isDead ? 1 : 0);
    if (!isDead)
        return;
    const auto letter = QJsonDocument::fromJson(m_ground->redis({u"LINDEX"_s, u"quoin:dead"_s, u"0"_s})).object();
    QCOMPARE(letter.value(u"message"_s).toString().toUtf8(), broken);
    QVERIFY(!letter.value(u"reason"_s).toString().isEmpty());
}

void tst_CeleryQueue::aTaskWaitsForItsEtaInRedis()
{
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    const qint64 due = queue::systemMicroseconds() + 3'600'000'000;
    Outgoing message;
    message.task = u"t.note"_s;
    message.args = "[\"later\"]";
    message.queue = "celery";
    message.eta = isoTime(due);
    const QString id = m_ground->push(message);
    QTRY_COMPARE(m_ground->redis({u"ZCARD"_s, u"quoin:delayed:celery"_s}), "1");
    QCOMPARE(m_ground->leftovers(), "0/0/0"); // it is nobody's, and no sweep finds it
    std::optional<QList<TaskView>> waiting;
    bench.queue.scheduled(10, [&](const Result<QList<TaskView>> &views) { waiting = *views; });
    QTRY_VERIFY(waiting);
    QCOMPARE(waiting->size(), 1);
    QCOMPARE(waiting->first().id, id);
    QCOMPARE(waiting->first().eta, due);
    QCOMPARE(m_ground->state(id), QByteArray());
}

void tst_CeleryQueue::aTaskRunsWhenItsEtaHasCome()
{
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    const qint64 due = queue::systemMicroseconds() + 700'000;
    Outgoing message;
    message.task = u"t.note"_s;
    message.args = "[\"soon\"]";
    message.queue = "celery";
    message.eta = isoTime(due);
    const QString id = m_ground->push(message);
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    QVERIFY(m_ground->value(u"SELECT started FROM task"_s).toLongLong() >= due);
    QCOMPARE(m_ground->redis({u"EXISTS"_s, u"quoin:delayed"_s, u"quoin:delayed:celery"_s}), "0");
}

void tst_CeleryQueue::whatIsTooOldIsNotRun()
{
    Outgoing message;
    message.task = u"t.note"_s;
    message.args = "[1]";
    message.queue = "celery";
    message.expires = isoTime(queue::systemMicroseconds() - 1'000'000);
    const QString id = m_ground->push(message);
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    QTRY_COMPARE(m_ground->status(id), u"REVOKED"_s);
    QCOMPARE(m_ground->result(id).value(u"result"_s)[u"exc_message"_s], QJsonArray{u"expired"_s});
    QCOMPARE(m_ground->state(id), "cancelled 1");
    QCOMPARE(m_journal->count(), 0);
}

void tst_CeleryQueue::aRevokedTaskIsNotRun()
{
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.revoke({{u"unwanted"_s, queue::systemMicroseconds()}});
    bench.queue.start();
    Outgoing message;
    message.id = u"unwanted"_s;
    message.task = u"t.note"_s;
    message.args = "[1]";
    message.queue = "celery";
    m_ground->push(message);
    QTRY_COMPARE(m_ground->status(u"unwanted"_s), u"REVOKED"_s);
    QCOMPARE(m_ground->state(u"unwanted"_s), "cancelled 1");
    QCOMPARE(m_journal->count(), 0);
}

void tst_CeleryQueue::aRevocationIsKnownToNodesThatStartLater()
{
    {
        NodeBench first(*m_ground, noting(), m_ground->options());
        first.queue.start();
        QTRY_COMPARE(m_ground->redis({u"SCARD"_s, u"quoin:nodes"_s}), "1");
        first.queue.revoke({{u"unwanted"_s, queue::systemMicroseconds()}});
        QTRY_COMPARE(m_ground->redis({u"ZCARD"_s, u"quoin:revoked"_s}), "1");
    }
    Outgoing message;
    message.id = u"unwanted"_s;
    message.task = u"t.note"_s;
    message.args = "[1]";
    message.queue = "celery";
    m_ground->push(message);
    NodeBench second(*m_ground, noting(), m_ground->options());
    second.queue.start();
    QTRY_COMPARE(m_ground->status(u"unwanted"_s), u"REVOKED"_s);
    QCOMPARE(m_journal->count(), 0);
}

void tst_CeleryQueue::aRunningTaskThatIsTerminatedIsRevoked()
{
    TaskSet tasks;
    std::atomic<bool> begun = false;
    tasks.add(u"t.long"_s, [&](const TaskRun &run) -> Result<> {
        begun = true;
        while (!run.isStopRequested())
            QThread::msleep(5);
        return Error::unavailable(u"stopped"_s);
    });
    CeleryOptions options = m_ground->options();
    options.concurrency = 1;
    NodeBench bench(*m_ground, tasks, options);
    bench.queue.start();
    const QString running = m_ground->push(u"t.long"_s);
    QTRY_VERIFY(begun);
    QCOMPARE(bench.queue.active().value(0).id, running);
    QVERIFY(bench.queue.terminate({u"nobody"_s}).isEmpty());
    QCOMPARE(bench.queue.terminate({running}), QStringList{running});
    QTRY_COMPARE(m_ground->status(running), u"REVOKED"_s);
    QCOMPARE(m_ground->result(running).value(u"result"_s)[u"exc_message"_s], QJsonArray{u"terminated"_s});
    QCOMPARE(m_ground->state(running), "cancelled 1");
}

void tst_CeleryQueue::whatIsClaimedAndRevokedBeforeItBeginsDoesNotRun()
{
    Gate gate;
    TaskSet tasks = noting();
    tasks.add(u"t.gate"_s, [&](const TaskRun &) -> Result<> {
        gate.pass();
        return {};
    });
    CeleryOptions options = m_ground->options();
    options.concurrency = 1;
    NodeBench bench(*m_ground, tasks, options);
    bench.queue.start();
    for (int i = 0; i < 100; ++i) // so many are so quick that it claims ahead from now on
        m_ground->push(u"t.note"_s, "[0]");
    QTRY_COMPARE(m_journal->count(), 100);
    Outgoing message;
    QList<Outgoing> messages;
    for (const auto &[id, task] :
         {std::pair(u"gate"_s, u"t.gate"_s), std::pair(u"first"_s, u"t.note"_s), std::pair(u"second"_s, u"t.note"_s)}) {
        message.id = id;
        message.task = task;
        message.args = id == u"gate"_s ? "[]" : "[1]";
        message.queue = "celery";
        messages += message;
    }
    m_ground->push(messages);
    QTRY_COMPARE(gate.arrived(), 1);
    QTRY_COMPARE(bench.queue.reserved().size(), 2);
    bench.queue.revoke({{u"first"_s, queue::systemMicroseconds()}});
    QCOMPARE(bench.queue.terminate({u"second"_s}), QStringList{u"second"_s});
    QTRY_COMPARE(m_ground->status(u"first"_s), u"REVOKED"_s);
    QTRY_COMPARE(m_ground->status(u"second"_s), u"REVOKED"_s);
    gate.open();
    QTRY_COMPARE(m_ground->status(u"gate"_s), u"SUCCESS"_s);
    QCOMPARE(m_journal->count(), 100);
}

void tst_CeleryQueue::aSoftLimitAsksAndFails()
{
    TaskSet tasks;
    tasks.add(u"t.long"_s, [](const TaskRun &run) -> Result<> {
        while (!run.isStopRequested())
            QThread::msleep(5);
        return Error::unavailable(u"stopped"_s);
    });
    NodeBench bench(*m_ground, tasks, m_ground->options());
    bench.queue.start();
    Outgoing message;
    message.task = u"t.long"_s;
    message.queue = "celery";
    message.softLimit = 100ms;
    const QString id = m_ground->push(message);
    QTRY_COMPARE(m_ground->status(id), u"FAILURE"_s);
    QCOMPARE(m_ground->result(id).value(u"result"_s)[u"exc_type"_s], u"SoftTimeLimitExceeded"_s);
    QCOMPARE(m_ground->state(id), "dead 1");
}

void tst_CeleryQueue::aHardLimitFailsAndAsksForAnotherProcess()
{
    Gate gate;
    TaskSet tasks;
    tasks.add(u"t.deaf"_s, [&](const TaskRun &) -> Result<> {
        gate.pass();
        return {};
    });
    NodeBench bench(*m_ground, tasks, m_ground->options());
    QSignalSpy replace(&bench.queue, &CeleryQueue::replaceWanted);
    bench.queue.start();
    Outgoing message;
    message.task = u"t.deaf"_s;
    message.queue = "celery";
    message.hardLimit = 100ms;
    const QString id = m_ground->push(message);
    QTRY_COMPARE(m_ground->status(id), u"FAILURE"_s);
    QCOMPARE(m_ground->result(id).value(u"result"_s)[u"exc_type"_s], u"TimeLimitExceeded"_s);
    QCOMPARE(m_ground->state(id), "dead 1");
    QCOMPARE(m_ground->leftovers(), "0/0/0");
    QTRY_COMPARE(replace.count(), 1);
    gate.open();
    QTRY_COMPARE(m_ground->state(id), "dead 1"); // its late success does not count
}

void tst_CeleryQueue::priorityZeroIsServedFirst()
{
    Outgoing message;
    message.task = u"t.note"_s;
    message.queue = "celery";
    for (const int priority : {9, 3, 0, 6}) {
        message.priority = priority;
        message.args = '[' + QByteArray::number(priority) + ']';
        message.id = u"p%1"_s.arg(priority);
        m_ground->push(message);
    }
    CeleryOptions options = m_ground->options();
    options.concurrency = 1;
    NodeBench bench(*m_ground, noting(), options);
    bench.queue.start();
    QTRY_COMPARE(m_journal->entries(), (QByteArrayList{"0", "3", "6", "9"}));
}

void tst_CeleryQueue::whatIgnoresItsResultStoresNone()
{
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    Outgoing message;
    message.task = u"t.note"_s;
    message.args = "[1]";
    message.queue = "celery";
    message.ignoreResult = true;
    const QString id = m_ground->push(message);
    QTRY_COMPARE(bench.queue.counters().done, 1);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ground->status(id), QString());
}

void tst_CeleryQueue::withoutAPlaceForResultsNoneAreStored()
{
    CeleryOptions options = m_ground->options();
    options.results.reset();
    NodeBench bench(*m_ground, noting(), options);
    bench.queue.start();
    const QString id = m_ground->push(u"t.note"_s, "[1]");
    QTRY_COMPARE(bench.queue.counters().done, 1);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ground->status(id), QString());
}

void tst_CeleryQueue::resultsMayBeOnAnotherServer()
{
    CeleryOptions options = m_ground->options();
    options.results->database = 5;
    NodeBench bench(*m_ground, noting(), options);
    bench.queue.start();
    const QString id = m_ground->push(u"t.note"_s, "[1]");
    QTRY_COMPARE(bench.queue.counters().held, 0);
    QTRY_COMPARE(bench.queue.counters().done, 1);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ground->status(id), QString());
    QVERIFY(m_ground->redis({u"-n"_s, u"5"_s, u"GET"_s, u"celery-task-meta-"_s + id}).contains("SUCCESS"));
}

void tst_CeleryQueue::whatFollowsIsPublished()
{
    TaskSet tasks = noting();
    tasks.add(u"t.bad"_s, [](const TaskRun &) -> Result<> { return Error::invalid(u"never right"_s); });
    NodeBench bench(*m_ground, tasks, m_ground->options());
    bench.queue.start();
    const QByteArray chained
        = "{\"task\": \"t.note\", \"args\": [\"chained\"], \"kwargs\": {}, \"options\": {\"task_id\": "
          "\"next\", \"queue\": \"celery\"}, \"subtask_type\": null, \"immutable\": true}";
    Outgoing message;
    message.task = u"t.note"_s;
    message.args = "[\"first\"]";
    message.queue = "celery";
    message.chain = '[' + chained + ']';
    m_ground->push(message);
    QTRY_COMPARE(m_ground->status(u"next"_s), u"SUCCESS"_s);
    QCOMPARE(m_journal->entries(), (QByteArrayList{"\"first\"", "\"chained\""}));
    // An errback is given the id of what failed.
    message.task = u"t.bad"_s;
    message.args = "[]";
    message.chain.clear();
    message.errbacks = "[{\"task\": \"t.note\", \"args\": [], \"kwargs\": {}, \"options\": {\"queue\": \"celery\"}, "
                       "\"subtask_type\": null, \"immutable\": false}]";
    const QString failed = m_ground->push(message);
    QTRY_COMPARE(m_journal->count(), 3);
    QCOMPARE(m_journal->entries().last(), '"' + failed.toUtf8() + '"');
}

void tst_CeleryQueue::aChordsBodyIsPublishedOnce()
{
    NodeBench first(*m_ground, noting(), m_ground->options());
    NodeBench second(*m_ground, noting(), m_ground->options());
    first.queue.start();
    second.queue.start();
    constexpr int size = 40;
    m_ground->redis({u"SET"_s, u"celery-taskset-meta-g.s"_s, QString::number(size)});
    Outgoing message;
    message.task = u"t.note"_s;
    message.args = "[\"header\"]";
    message.queue = "celery";
    message.group = u"g"_s;
    message.chord
        = "{\"task\": \"t.note\", \"args\": [], \"kwargs\": {}, \"options\": {\"task_id\": \"body\", \"queue\": "
          "\"celery\"}, \"subtask_type\": null, \"immutable\": false}";
    for (int i = 0; i < size; ++i) {
        message.groupIndex = i;
        message.id = u"header%1"_s.arg(i);
        m_ground->push(message);
    }
    QTRY_COMPARE(m_ground->status(u"body"_s), u"SUCCESS"_s);
    QCOMPARE(m_journal->count(), size + 1);
    QByteArrayList nulls(size, "null");
    QCOMPARE(m_journal->entries().last().replace(' ', ""), '[' + nulls.join(',') + ']');
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ground->redis({u"EXISTS"_s, u"celery-taskset-meta-g.j"_s, u"celery-taskset-meta-g.s"_s}), "0");
}

/// As after a crash between the commit and the acknowledgement.
void tst_CeleryQueue::aTaskThatWasDoneIsNotRunAgain()
{
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"t.note"_s, "[1]");
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    m_ground->redis({u"DEL"_s, u"celery-task-meta-"_s + id});
    Outgoing again;
    again.id = id;
    again.task = u"t.note"_s;
    again.args = "[1]";
    again.queue = "celery";
    m_ground->push(again);
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_journal->count(), 1);
    QCOMPARE(m_ground->state(id), "done 1");
}

void tst_CeleryQueue::aTaskThatWasCancelledIsNotRun()
{
    m_ground->execute(u"INSERT INTO task (name, arguments, state, created, message, sent) "
                      "VALUES ('t.note', '[1]', 'cancelled', 0, 'unwanted', 1)"_s);
    Outgoing message;
    message.id = u"unwanted"_s;
    message.task = u"t.note"_s;
    message.args = "[1]";
    message.queue = "quoin";
    m_ground->push(message);
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    QTRY_COMPARE(m_ground->status(u"unwanted"_s), u"REVOKED"_s);
    QCOMPARE(m_journal->count(), 0);
}

void tst_CeleryQueue::aRunningTaskThatIsCancelledIsAskedToStop()
{
    TaskSet tasks;
    std::atomic<bool> begun = false;
    tasks.add(u"t.long"_s, [&](const TaskRun &run) -> Result<> {
        begun = true;
        while (!run.isStopRequested())
            QThread::msleep(5);
        return Error::unavailable(u"stopped"_s);
    });
    NodeBench bench(*m_ground, tasks, m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"t.long"_s);
    QTRY_VERIFY(begun);
    const auto row = m_ground->value(u"SELECT id FROM task"_s).toLongLong();
    queue::TaskAdmin admin(bench.database.get());
    QVERIFY(admin.cancel(row).result());
    QTRY_COMPARE(m_ground->status(id), u"REVOKED"_s);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ground->state(id), "cancelled 1");
}

void tst_CeleryQueue::aDrainFinishesWhatEndsAndGivesBackTheRest()
{
    TaskSet tasks;
    std::atomic<int> begun = 0;
    tasks.add(u"t.work"_s, [&](const TaskRun &run, qint64 number) -> Result<> {
        ++begun;
        while (number == 1 && !run.isStopRequested())
            QThread::msleep(5);
        return number == 1 ? Result<>(Error::unavailable(u"not done"_s)) : Result<>();
    });
    CeleryOptions options = m_ground->options();
    options.concurrency = 1;
    NodeBench bench(*m_ground, tasks, options);
    for (int i = 1; i <= 5; ++i)
        m_ground->push(u"t.work"_s, '[' + QByteArray::number(i) + ']', "quoin");
    bench.queue.start();
    QTRY_COMPARE(begun, 1);
    QSignalSpy drained(&bench.queue, &queue::Queue::drained);
    bench.queue.drain(20s);
    QVERIFY(drained.wait(testPatience));
    QCOMPARE(begun, 1);
    QCOMPARE(m_ground->length(u"quoin"_s), 5);
    QCOMPARE(m_ground->leftovers(), "0/0/0");
    const QByteArray next = m_ground->redis({u"LINDEX"_s, u"quoin"_s, u"-1"_s});
    QVERIFY2(next.contains("redelivered"), next.constData());
    QCOMPARE(m_ground->value(u"SELECT count(*) FROM task WHERE state <> 'sent' OR attempt <> 0"_s), "0");
}

void tst_CeleryQueue::aDrainedNodeLeavesNoTrace()
{
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"t.note"_s, "[1]");
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    QSignalSpy drained(&bench.queue, &queue::Queue::drained);
    bench.queue.drain(20s);
    QVERIFY(drained.wait(testPatience));
    QCOMPARE(m_ground->redis({u"KEYS"_s, u"quoin:*"_s}), QByteArray());
    QCOMPARE(m_ground->redis({u"SMEMBERS"_s, u"_kombu.binding.celery.pidbox"_s}), QByteArray());
}

void tst_CeleryQueue::aNodeWithoutThreadsClaimsNothing()
{
    CeleryOptions options = m_ground->options();
    options.concurrency = 0;
    NodeBench bench(*m_ground, noting(), options);
    bench.queue.start();
    m_ground->push(u"t.note"_s, "[1]");
    QSignalSpy drained(&bench.queue, &queue::Queue::drained);
    bench.queue.drain(20s);
    QVERIFY(drained.count() == 0 && drained.wait(testPatience));
    QCOMPARE(m_ground->length(u"celery"_s), 1);
}

void tst_CeleryQueue::anotherQueueIsConsumedOnceAdded()
{
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"t.note"_s, "[1]", "extra");
    QVERIFY(bench.queue.addQueue("extra"));
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    QVERIFY(bench.queue.queues().contains("extra"));
    QVERIFY(!bench.queue.addQueue(""));
    QVERIFY(bench.queue.cancelQueue("extra"));
    QVERIFY(!bench.queue.queues().contains("extra"));
}

void tst_CeleryQueue::figuresTellWhatHappened()
{
    NodeBench bench(*m_ground, noting(), m_ground->options());
    bench.queue.start();
    m_ground->push(u"t.note"_s, "[1]");
    m_ground->push(u"t.note"_s, "[2]");
    QTRY_COMPARE(bench.queue.counters().done, 2);
    const NodeFigures figures = bench.queue.figures();
    QCOMPARE(figures.concurrency, 2);
    QCOMPARE(figures.processed, 2);
    QCOMPARE(figures.total.value(u"t.note"_s), 2);
    QVERIFY(!bench.queue.grow(-2));
    QVERIFY(bench.queue.grow(1));
    QCOMPARE(bench.queue.concurrency(), 3);
    QVERIFY(!bench.queue.configuration().value(u"broker_url"_s).toString().isEmpty());
}

void tst_CeleryQueue::aPythonClientGetsWhatBecameOfItsTasks()
{
    const QString python = u"/usr/bin/python3"_s; // Debian's, which has Celery
    QProcess probe;
    probe.start(python, {u"-c"_s, u"import celery"_s});
    if (!probe.waitForFinished() || probe.exitCode() != 0)
        QSKIP("Celery is not installed");
    TaskSet tasks = noting();
    tasks.add(u"t.bad"_s, [](const TaskRun &) -> Result<> { return Error::invalid(u"never right"_s); });
    NodeBench bench(*m_ground, tasks, m_ground->options());
    bench.queue.start();
    QProcess client;
    client.start(python,
                 {u"-c"_s, uR"(
import sys, celery
from celery import chain, group, chord
app = celery.Celery('client', broker=sys.argv[1], backend=sys.argv[1])
def note(*args, **options): return app.signature('t.note', args=args, **options)
print(app.send_task('t.note', ['sent']).get(timeout=30))
try: app.send_task('t.bad').get(timeout=30)
except Exception as e: print(type(e).__name__, e)
try: app.send_task('t.unknown').get(timeout=30)
except Exception as e: print(type(e).__name__, e)
try: app.send_task('t.note', ['late'], expires=-5).get(timeout=30)
except Exception as e: print(type(e).__name__, e)
print(app.send_task('t.note', ['soon'], countdown=0.3).get(timeout=30))
print(chain(note('one', immutable=True), note('two', immutable=True)).apply_async().get(timeout=30))
print(group(note(i) for i in range(3)).apply_async().get(timeout=30))
print(chord([note('a'), note('b')], note()).apply_async().get(timeout=30))
)"_s,
                  m_ground->server.url()});
    QTRY_COMPARE_WITH_TIMEOUT(client.state(), QProcess::NotRunning, 240000);
    const QStringList said = QString::fromUtf8(client.readAllStandardOutput()).split(u'\n', Qt::SkipEmptyParts);
    const QByteArray errors = client.readAllStandardError();
    QVERIFY2(said.size() == 8, (said.join(u" | "_s).toUtf8() + errors).constData());
    QCOMPARE(said[0], u"None"_s);
    QVERIFY2(said[1].contains(u"never right"_s), qPrintable(said[1]));
    QVERIFY2(said[2].startsWith(u"NotRegistered"_s), qPrintable(said[2]));
    QVERIFY2(said[3].startsWith(u"TaskRevokedError"_s), qPrintable(said[3]));
    QCOMPARE(said[4], u"None"_s);
    QCOMPARE(said[5], u"None"_s);
    QCOMPARE(said[6], u"[None, None, None]"_s);
    QCOMPARE(said[7], u"None"_s);
    QVERIFY(m_journal->entries().contains("[null, null]") || m_journal->entries().contains("[null,null]"));
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
}

QTEST_GUILESS_MAIN(tst_CeleryQueue)
#include "tst_celeryqueue.moc"
