// SPDX-License-Identifier: GPL-3.0-only
// How tasks get from the table to the broker, and what becomes of those that are there.
#include "nodebench.h"
#include "queuebench.h"
#include "testground.h"

#include "queue/celery/relay.h"

#include <numeric>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

/// A process that pushes tasks and relays them, and runs none.
class Pusher
{
public:
    Pusher(const CeleryGround &ground, RelayOptions options)
        : database(openDatabase(ground.databaseUrl()))
        , relay(database.get(), *redis::Url::parse(ground.server.url()), named(std::move(options)))
        , watch(database.get(), relay.waker())
        , outbox(catalogue(), relay.waker())
    {
    }

    void push(int count, const PushOptions &options = {}, const QString &task = u"t.note"_s)
    {
        const auto done = Database(&watch)
                              .write([=, this](Connection &connection) -> Result<> {
                                  for (int i = 0; i < count; ++i) {
                                      const auto id = Tasks(&outbox).push(connection, task, jsonArray(m_count + i),
                                                                          options);
                                      if (!id)
                                          return id.error();
                                  }
                                  return {};
                              })
                              .result();
        if (!done)
            qFatal("push: %s", qPrintable(done.error().message()));
        m_count += count;
    }

    const std::unique_ptr<database::SqlDatabase> database;
    Relay relay;
    queue::PushWatch watch;
    queue::Outbox outbox;

private:
    static queue::TaskCatalogue catalogue()
    {
        queue::TaskCatalogue catalogue;
        catalogue.add(u"t.note"_s, {});
        catalogue.add(u"t.python"_s, {});
        return catalogue;
    }
    static RelayOptions named(RelayOptions options)
    {
        options.names = catalogue().names();
        options.publishedName = [](const QString &task) { return task == u"t.python"_s ? u"app.python"_s : QString(); };
        return options;
    }

    int m_count = 0;
};

RelayOptions quick()
{
    RelayOptions options;
    options.lease = 600ms;
    options.renewal = 150ms;
    options.poll = 24h; // what wakes it is what the tests are about
    options.census = 24h;
    options.reconciliation = 24h;
    return options;
}

} // namespace

class tst_Relay : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addDialects(); }
    void initTestCase();
    void init();
    void cleanupTestCase();

    void tasksArePushedInTheirOrder();
    void aTaskWithAnotherNameGoesToTheSharedQueue();
    void prioritiesAreCelerys();
    void aScheduledTaskIsPushedWhenItIsDue();
    void tasksWaitWhileRedisIsAway();
    void aPushWhoseOutcomeIsNotKnownIsRepeatedUnderTheSameId();
    void oneOfSeveralIsActiveAndItsSuccessorGoesOn();
    void oneThatStopsLetsTheOthersGoOnAtOnce();
    void whatCannotBeAMessageIsDead();
    void whatPythonRanIsSettledByItsResult_data();
    void whatPythonRanIsSettledByItsResult();
    void whatRedisLostIsPushedAgain();
    void anEmptiedRedisGetsEverythingAgain_data();
    void anEmptiedRedisGetsEverythingAgain();
    void aRestartThatLosesNothingRepeatsNothing();
    void whatPythonTookWithoutAResultIsDone();

private:
    /// The first arguments of what waits in a list, the next to be popped first.
    QList<int> waiting(const QString &list);
    /// How many relays can speak to the others and hear them.
    qsizetype talkers() const
    {
        const QByteArray clients = m_ground->redis({u"CLIENT"_s, u"LIST"_s});
        const auto hearing = m_ground->redis({u"PUBSUB"_s, u"NUMSUB"_s, u"quoin:relay"_s}).split('\n').last();
        return std::min<qsizetype>(clients.count(" name=quoin.relay "), hearing.toInt());
    }
    QByteArray count(const QString &state)
    {
        return m_ground->value(u"SELECT count(*) FROM task WHERE state = ?"_s, {state});
    }

    std::unique_ptr<CeleryGround> m_ground;
};

void tst_Relay::initTestCase()
{
    if (!test::RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    if (!m_ground)
        m_ground = std::make_unique<CeleryGround>();
}

void tst_Relay::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_ground->reset(dialect);
}

void tst_Relay::cleanupTestCase()
{
    m_ground.reset();
    TestGround::end();
}

QList<int> tst_Relay::waiting(const QString &list)
{
    QList<int> numbers;
    for (const QByteArray &raw : m_ground->redis({u"LRANGE"_s, list, u"0"_s, u"-1"_s}).split('\n')) {
        if (const auto message = parseMessage(raw))
            numbers.prepend(message->args.mid(1).chopped(1).toInt());
    }
    return numbers;
}

void tst_Relay::tasksArePushedInTheirOrder()
{
    RelayOptions options = quick();
    options.batch = 7; // many rounds
    Pusher pusher(*m_ground, options);
    pusher.push(50);
    pusher.relay.start();
    QTRY_COMPARE(count(u"sent"_s), "50");
    QList<int> expected(50);
    std::iota(expected.begin(), expected.end(), 0);
    QCOMPARE(waiting(u"quoin"_s), expected);
    QCOMPARE(pusher.relay.counters().pushed, 50);
    QCOMPARE(m_ground->value(u"SELECT count(DISTINCT message) FROM task WHERE sent > 0"_s), "50");
    pusher.push(1); // and it is woken by a commit
    QTRY_COMPARE(m_ground->length(u"quoin"_s), 51);
}

void tst_Relay::aTaskWithAnotherNameGoesToTheSharedQueue()
{
    Pusher pusher(*m_ground, quick());
    pusher.relay.start();
    pusher.push(1, {}, u"t.python"_s);
    QTRY_COMPARE(m_ground->length(u"celery"_s), 1);
    const auto message = parseMessage(m_ground->redis({u"LINDEX"_s, u"celery"_s, u"0"_s}));
    QVERIFY(message);
    QCOMPARE(message->task, u"app.python"_s);
    QTRY_COMPARE(m_ground->value(u"SELECT message FROM task WHERE state = 'sent'"_s), message->id.toUtf8());
    QCOMPARE(m_ground->length(u"quoin"_s), 0);
}

void tst_Relay::prioritiesAreCelerys()
{
    Pusher pusher(*m_ground, quick());
    for (const int priority : {5, 0, -1, -5, -100})
        pusher.push(1, {.priority = priority});
    pusher.relay.start();
    QTRY_COMPARE(count(u"sent"_s), "5");
    QCOMPARE(waiting(u"quoin"_s), (QList<int>{0, 1}));
    QCOMPARE(waiting(u"quoin\x06\x16"
                     "3"_s),
             QList<int>{2});
    QCOMPARE(waiting(u"quoin\x06\x16"
                     "6"_s),
             QList<int>{3});
    QCOMPARE(waiting(u"quoin\x06\x16"
                     "9"_s),
             QList<int>{4});
}

void tst_Relay::aScheduledTaskIsPushedWhenItIsDue()
{
    Pusher pusher(*m_ground, quick());
    pusher.relay.start();
    const auto due = MicrosecondTime(std::chrono::microseconds(queue::systemMicroseconds()) + 500ms);
    pusher.push(1, {.notBefore = due});
    QTRY_COMPARE(count(u"sent"_s), "1");
    QVERIFY(queue::systemMicroseconds() >= due.time_since_epoch().count());
    QCOMPARE(m_ground->length(u"quoin"_s), 1);
}

void tst_Relay::tasksWaitWhileRedisIsAway()
{
    Pusher pusher(*m_ground, quick());
    pusher.relay.start();
    pusher.push(1);
    QTRY_COMPARE(count(u"sent"_s), "1");
    m_ground->server.stop();
    pusher.push(300);
    QTest::qWait(300);
    QCOMPARE(count(u"ready"_s), "300");
    QVERIFY(m_ground->server.restart());
    QTRY_COMPARE(count(u"sent"_s), "301");
    QCOMPARE(m_ground->length(u"quoin"_s), 301);
}

void tst_Relay::aPushWhoseOutcomeIsNotKnownIsRepeatedUnderTheSameId()
{
    // As after a crash behind the push: named and in the broker, but not marked.
    Pusher pusher(*m_ground, quick());
    pusher.push(1);
    m_ground->execute(u"UPDATE task SET message = 'the same'"_s);
    pusher.relay.start();
    QTRY_COMPARE(count(u"sent"_s), "1");
    const auto message = parseMessage(m_ground->redis({u"LINDEX"_s, u"quoin"_s, u"0"_s}));
    QVERIFY(message);
    QCOMPARE(message->id, u"the same"_s);
}

void tst_Relay::oneOfSeveralIsActiveAndItsSuccessorGoesOn()
{
    RelayOptions options = quick();
    options.lease = 4s; // neither dead nor too busy to push what the other sees: that is four renewals
    options.renewal = 1s;
    auto first = std::make_unique<Pusher>(*m_ground, options);
    Pusher second(*m_ground, options);
    first->relay.start();
    QTRY_VERIFY(first->relay.isActive());
    second.relay.start();
    QTRY_COMPARE(talkers(), 2);
    second.push(10); // the other one pushes them
    QTRY_COMPARE(count(u"sent"_s), "10");
    QVERIFY(!second.relay.isActive());
    QCOMPARE(first->relay.counters().pushed, 10);
    first.reset(); // as if killed: it keeps the lease
    second.push(10);
    QTRY_COMPARE(count(u"sent"_s), "20");
    QVERIFY(second.relay.isActive());
    QCOMPARE(m_ground->length(u"quoin"_s), 20);
}

void tst_Relay::oneThatStopsLetsTheOthersGoOnAtOnce()
{
    RelayOptions patient = quick();
    patient.lease = 1h;
    patient.renewal = 10min;
    Pusher first(*m_ground, patient), second(*m_ground, patient);
    first.relay.start();
    QTRY_VERIFY(first.relay.isActive());
    second.relay.start();
    QTRY_COMPARE(talkers(), 2);
    QSignalSpy stopped(&first.relay, &Relay::stopped);
    first.relay.stop();
    QCOMPARE(stopped.count(), 0);
    QTRY_COMPARE(stopped.count(), 1);
    QTRY_VERIFY(second.relay.isActive());
    QVERIFY(!first.relay.isActive());
}

void tst_Relay::whatCannotBeAMessageIsDead()
{
    Pusher pusher(*m_ground, quick());
    m_ground->execute(u"INSERT INTO task (name, arguments, state, created) VALUES ('t.note', '{', 'ready', 0)"_s);
    pusher.relay.start();
    pusher.push(1);
    QTRY_COMPARE(count(u"sent"_s), "1");
    QTRY_COMPARE(count(u"dead"_s), "1");
    QVERIFY(!m_ground->value(u"SELECT error FROM task WHERE state = 'dead'"_s).isEmpty());
}

void tst_Relay::whatPythonRanIsSettledByItsResult_data()
{
    QTest::addColumn<QByteArray>("result");
    QTest::addColumn<QByteArray>("outcome");
    QTest::newRow("success") << QByteArray("{\"status\": \"SUCCESS\", \"result\": 1}") << QByteArray("done -");
    QTest::newRow("failure") << QByteArray("{\"status\": \"FAILURE\", \"result\": {\"exc_type\": \"ValueError\", "
                                           "\"exc_message\": [\"no\"], \"exc_module\": \"builtins\"}}")
                             << QByteArray("dead ValueError: no");
    QTest::newRow("revoked") << QByteArray("{\"status\": \"REVOKED\", \"result\": {\"exc_type\": \"TaskRevokedError\", "
                                           "\"exc_message\": [\"revoked\"], \"exc_module\": \"celery.exceptions\"}}")
                             << QByteArray("cancelled TaskRevokedError: revoked");
    QTest::newRow("not yet") << QByteArray("{\"status\": \"STARTED\", \"result\": {}}") << QByteArray("sent -");
}

void tst_Relay::whatPythonRanIsSettledByItsResult()
{
    QFETCH(QByteArray, result);
    QFETCH(QByteArray, outcome);
    RelayOptions options = quick();
    options.reconciliation = 100ms;
    options.results = *redis::Url::parse(m_ground->server.url());
    Pusher pusher(*m_ground, options);
    pusher.relay.start();
    pusher.push(1, {}, u"t.python"_s);
    QTRY_COMPARE(count(u"sent"_s), "1");
    const QString id = QString::fromUtf8(m_ground->value(u"SELECT message FROM task"_s));
    m_ground->redis({u"SET"_s, u"celery-task-meta-"_s + id, QString::fromUtf8(result)});
    m_ground->redis({u"DEL"_s, u"celery"_s});
    if (outcome.startsWith("sent"))
        QTest::qWait(500);
    QTRY_COMPARE(m_ground->value(u"SELECT state || ' ' || coalesce(error, '-') FROM task"_s), outcome);
    QCOMPARE(m_ground->value(u"SELECT coalesce(worker, '') FROM task"_s), outcome.startsWith("sent") ? "" : "celery");
}

void tst_Relay::whatRedisLostIsPushedAgain()
{
    RelayOptions options = quick();
    options.census = 100ms;
    options.patience = 500ms;
    options.results = *redis::Url::parse(m_ground->server.url());
    Pusher pusher(*m_ground, options);
    pusher.relay.start();
    pusher.push(3);
    pusher.push(1, {}, u"t.python"_s);
    QTRY_COMPARE(count(u"sent"_s), "4");
    QTest::qWait(700); // longer than the patience, but they are there
    QCOMPARE(pusher.relay.counters().again, 0);
    m_ground->redis({u"DEL"_s, u"quoin"_s, u"celery"_s});
    QTRY_COMPARE(m_ground->length(u"quoin"_s), 3);
    QCOMPARE(pusher.relay.counters().again, 3);
    QCOMPARE(m_ground->length(u"celery"_s), 0); // Python's may run: that is waited for much longer
}

void tst_Relay::anEmptiedRedisGetsEverythingAgain_data()
{
    QTest::addColumn<bool>("restarted");
    QTest::newRow("restarted") << true;
    QTest::newRow("flushed") << false;
}

void tst_Relay::anEmptiedRedisGetsEverythingAgain()
{
    QFETCH(bool, restarted);
    RelayOptions options = quick();
    options.census = restarted ? 24h : 100ms; // a restart is noticed at once
    Pusher pusher(*m_ground, options);
    pusher.relay.start();
    pusher.push(300);
    pusher.push(1, {}, u"t.python"_s);
    QTRY_COMPARE(count(u"sent"_s), "301");
    const QByteArray messages = m_ground->value(u"SELECT min(message) || max(message) FROM task"_s);
    QList<int> before = waiting(u"quoin"_s);
    if (restarted)
        QVERIFY(m_ground->server.restart(test::RedisServer::Data::Drop));
    else
        m_ground->redis({u"FLUSHALL"_s});
    QTRY_COMPARE(m_ground->length(u"quoin"_s), 300);
    QTRY_COMPARE(m_ground->length(u"celery"_s), 1);
    QTRY_COMPARE(count(u"sent"_s), "301");
    QCOMPARE(pusher.relay.counters().again, 301);
    QCOMPARE(waiting(u"quoin"_s), before); // in their order, under the same ids
    QCOMPARE(m_ground->value(u"SELECT min(message) || max(message) FROM task"_s), messages);
}

void tst_Relay::aRestartThatLosesNothingRepeatsNothing()
{
    Pusher pusher(*m_ground, quick());
    pusher.relay.start();
    pusher.push(20);
    QTRY_COMPARE(count(u"sent"_s), "20");
    QVERIFY(m_ground->server.restart(test::RedisServer::Data::Keep));
    pusher.push(1);
    QTRY_COMPARE(count(u"sent"_s), "21");
    QCOMPARE(m_ground->length(u"quoin"_s), 21);
    QCOMPARE(pusher.relay.counters().again, 0);
}

void tst_Relay::whatPythonTookWithoutAResultIsDone()
{
    RelayOptions options = quick();
    options.census = 100ms;
    options.patience = 300ms;
    options.celeryPatience = 300ms;
    Pusher pusher(*m_ground, options); // no results: nobody tells
    pusher.relay.start();
    pusher.push(2, {}, u"t.python"_s);
    QTRY_COMPARE(count(u"sent"_s), "2");
    QTest::qWait(500);
    QCOMPARE(count(u"sent"_s), "2"); // they are in the queue
    m_ground->redis({u"DEL"_s, u"celery"_s});
    QTRY_COMPARE(count(u"done"_s), "2");
    QCOMPARE(m_ground->value(u"SELECT worker FROM task WHERE error IS NOT NULL LIMIT 1"_s), "celery");
    QCOMPARE(m_ground->length(u"celery"_s), 0); // never pushed again
    QCOMPARE(pusher.relay.counters().pushed, 2);
}

QTEST_GUILESS_MAIN(tst_Relay)
#include "tst_relay.moc"
