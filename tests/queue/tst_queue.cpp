// SPDX-License-Identifier: GPL-3.0-only
// The contract of a queue, whichever kind it is: what is pushed is run, once, with what was given.
#include "journal.h"
#include "queuebench.h"
#include "testground.h"
#include "workcrew.h"

#include "trace/current.h"

#include <QRandomGenerator>

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using queue::QueueOptions;
using queue::TaskState;

class tst_Queue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addQueues(); }
    void init();
    void cleanupTestCase() { TestGround::end(); }

    void aTaskIsNeverLostAndNeverSilentlyDoubled();
    void whatIsPushedIsRunAndDone();
    void argumentsKeepTheirExactText();
    void aliasesRunTheTaskTheyStandFor();
    void aPublishedNameIsAnotherNameOfItsTask();
    void whatIsNoPublishedNameIsRefused_data();
    void whatIsNoPublishedNameIsRefused();
    void eachTaskOfABatchIsSettledByItself();
    void aRecordAndItsTaskAreOneCommit();
    void aPushWakesTheQueueWithoutPolling();
    void anEventIsATaskForEachSubscription();
    void manyEventsAtOnceAreTasksInTheirOrder();
    void aTaskAndWhatItPushesHaveTheTraceOfItsPusher();
    void eachOfManyEventsHasATraceOfItsOwn();
    void higherPriorityRunsFirstThenTheOlder();
    void aTaskWaitsForItsTime();
    void anUnfinishedUniqueKeyIsPushedOnce();
    void aFailedTaskIsRunAgainOnSchedule();
    void aTaskOutOfAttemptsIsDeadUntilAPersonRetriesIt();
    void wrongArgumentsAreDeadAtOnce();
    void anExceptionIsAFailedAttempt();
    void aCancelledTaskDoesNotRun();
    void aRunningTaskThatIsCancelledIsAskedToStop();
    void whatNobodyKnowsWaitsForOneWhoDoes();
    void aTaskOverItsTimeLimitIsAskedToStop();
    void severalQueuesRunEachTaskOnce();
    void figuresTellWhatWaits();

private:
    static QueueOptions withoutPolling()
    {
        return {.poll = 24h};
    } // so that what wakes the queue is what the test is about
    /// A task that notes its first argument.
    TaskSet noting(const TaskOptions &options = {});

    QString m_url;
    std::unique_ptr<Journal> m_journal;
};

void tst_Queue::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_url = TestGround::makeUrl(dialect);
    m_journal = std::make_unique<Journal>();
}

TaskSet tst_Queue::noting(const TaskOptions &options)
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

/// Promise 2 of the design. Workers are killed, and stalled for longer than their lease, in the middle of something.
void tst_Queue::aTaskIsNeverLostAndNeverSilentlyDoubled()
{
    constexpr int count = 600;
    constexpr int rounds = 12;
    QFETCH_GLOBAL(QString, dialect);
    WorkCrew crew(m_url, TestGround::filePath(u"journal of "_s + dialect), count);
    std::vector<std::unique_ptr<QueueWorker>> workers(2);
    std::vector<std::unique_ptr<QueueWorker>> stalled;
    for (int round = 0; round < rounds; ++round) {
        auto &victim = workers[static_cast<std::size_t>(round % 2)];
        victim = crew.worker(1s);
        const qsizetype enough = crew.journal("begin").size() + QRandomGenerator::global()->bounded(1, 20);
        auto isEnough = [&, was = false]() mutable { // once it was it is, though what a victim held comes back
            was = was || crew.journal("begin").size() >= enough
                || crew.bench.value(u"SELECT count(*) FROM task WHERE state = 'ready'"_s) == "0";
            return was;
        };
        QTRY_VERIFY_WITH_TIMEOUT(isEnough(), 60000);
        if (round % 6 == 3) {
            victim->stall();
            QTest::qWait(1500); // half a lease too long; not for ever, as it may have stopped with the database locked
            victim->goOn();
            stalled.push_back(std::move(victim));
        } else {
            victim->kill();
        }
    }
    for (auto &worker : workers)
        worker = crew.worker(1s);
    const auto done = [&crew] { return crew.bench.value(u"SELECT count(*) FROM task WHERE state = 'done'"_s); };
    QTRY_COMPARE_WITH_TIMEOUT(done(), QByteArray::number(count), 120000);

    // Never lost: every task has its result, which is there once.
    QCOMPARE(crew.bench.value(u"SELECT count(*) FROM result"_s), QByteArray::number(count));
    // Never silently doubled: no attempt was begun twice, and each beyond the first is on record with its reason.
    const QByteArrayList begun = crew.journal("begin");
    QCOMPARE(QSet<QByteArray>(begun.begin(), begun.end()).size(), begun.size());
    QCOMPARE(
        crew.bench.value(u"SELECT count(*) FROM task WHERE attempt > 1 AND error NOT LIKE '%was killed or stalled.'"_s),
        "0");
    const qint64 attempts = crew.bench.value(u"SELECT sum(attempt) FROM task"_s).toLongLong();
    QVERIFY2(begun.size() <= attempts, qPrintable(u"%1 begun, %2 on record"_s.arg(begun.size()).arg(attempts)));
    qInfo("%lld tasks, %lld attempts on record, %lld begun", qint64(count), attempts, qint64(begun.size()));
}

void tst_Queue::whatIsPushedIsRunAndDone()
{
    TaskSet tasks;
    tasks.add(u"t.note"_s, [this](const TaskRun &run, qint64 number, const QString &word) -> Result<> {
        m_journal->note(QByteArray::number(run.attempt()) + ' ' + QByteArray::number(number) + ' ' + word.toUtf8());
        return {};
    });
    QueueBench bench(m_url, tasks);
    bench.queue.start();
    const qint64 before = queue::systemMicroseconds();
    const qint64 id = bench.push(u"t.note"_s, jsonArray(7, u"seven"_s));
    QTRY_COMPARE(bench.state(id), "done 1");
    QCOMPARE(m_journal->entries(), QByteArrayList{"1 7 seven"});
    QTRY_COMPARE(bench.queue.counters().done, 1); // told after the commit that the state was read from
    // The history: who, when, how long.
    QCOMPARE(bench.value(u"SELECT worker FROM task"_s), bench.queue.owner().section(u':', 0, 1).toUtf8());
    QVERIFY(bench.value(u"SELECT started FROM task"_s).toLongLong() >= before);
    QVERIFY(bench.value(u"SELECT finished - started FROM task"_s).toLongLong() >= 0);
}

void tst_Queue::argumentsKeepTheirExactText()
{
    const QByteArray huge = "1" + QByteArray(400, '0') + ".50e+999";
    const QByteArray object = "{\"b\": 1.10, \"a\":\t[1E5, -0, \"\\u00e9\\/\\u0000\"] , \"b\": \"\xC3\xA9\"}";
    TaskSet tasks;
    tasks.add(u"t.two"_s, [this](const TaskRun &, const JsonText &first, const JsonText &second) -> Result<> {
        m_journal->note(first.text());
        m_journal->note(second.text());
        return {};
    });
    QueueBench bench(m_url, tasks);
    bench.queue.start();
    const qint64 id = bench.push(u"t.two"_s, jsonArray(JsonText(huge), JsonText(object)));
    QTRY_COMPARE(bench.state(id), "done 1");
    QCOMPARE(m_journal->entries(), (QByteArrayList{huge, object}));
}

void tst_Queue::aliasesRunTheTaskTheyStandFor()
{
    TaskSet tasks = noting();
    tasks.alias(u"app.note"_s, u"t.note"_s);
    QueueBench bench(m_url, tasks);
    bench.queue.start();
    const qint64 pushed = bench.push(u"app.note"_s, "[1]");
    QTRY_COMPARE(bench.state(pushed), "done 1");
    // As another program may have stored it.
    bench.execute(u"INSERT INTO task (name, arguments, state, created) VALUES ('app.note', '[2]', 'ready', 0)"_s);
    bench.queue.wake();
    QTRY_COMPARE(m_journal->entries(), (QByteArrayList{"1", "2"}));
}

void tst_Queue::aPublishedNameIsAnotherNameOfItsTask()
{
    TaskSet tasks = noting();
    queue::Outbox outbox(tasks.catalogue());
    QCOMPARE(outbox.publishedName(u"t.note"_s), u"t.note"_s);
    QVERIFY(Tasks(&outbox).publishAs(u"t.note"_s, u"app.note"_s));
    QCOMPARE(outbox.publishedName(u"t.note"_s), u"app.note"_s);
    QCOMPARE(outbox.publishedName(u"t.other"_s), u"t.other"_s);
    QVERIFY(Tasks(&outbox).publishAs(u"t.note"_s, u"app.note"_s)); // twice is once
    queue::TaskCatalogue catalogue = tasks.catalogue();
    outbox.addPublishedNames(catalogue);
    QCOMPARE(catalogue.canonical(u"app.note"_s), u"t.note"_s);
    QVERIFY(Tasks(&outbox).publishAs(u"t.note"_s, QString()));
    QCOMPARE(outbox.publishedName(u"t.note"_s), u"t.note"_s);
}

void tst_Queue::whatIsNoPublishedNameIsRefused_data()
{
    QTest::addColumn<QString>("task");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QString>("reason");
    QTest::newRow("no such task") << u"t.nothing"_s << u"app.note"_s << u"no task \"t.nothing\""_s;
    QTest::newRow("an alias is not the task") << u"old.note"_s << u"app.note"_s << u"no task \"old.note\""_s;
    QTest::newRow("with a space") << u"t.note"_s << u"app note"_s << u"is no name for a task"_s;
    QTest::newRow("with a line break") << u"t.note"_s << u"app.note\n"_s << u"is no name for a task"_s;
    QTest::newRow("another task") << u"t.note"_s << u"t.other"_s << u"it is a name of t.other"_s;
    QTest::newRow("an alias of another task") << u"t.other"_s << u"old.note"_s << u"it is a name of t.note"_s;
    QTest::newRow("published for another task") << u"t.note"_s << u"app.other"_s << u"it is a name of t.other"_s;
}

void tst_Queue::whatIsNoPublishedNameIsRefused()
{
    QFETCH(QString, task);
    QFETCH(QString, name);
    QFETCH(QString, reason);
    TaskSet tasks = noting();
    tasks.add(u"t.other"_s, [](const TaskRun &) -> Result<> { return {}; }).alias(u"old.note"_s, u"t.note"_s);
    queue::Outbox outbox(tasks.catalogue());
    QVERIFY(Tasks(&outbox).publishAs(u"t.other"_s, u"app.other"_s));
    const auto published = Tasks(&outbox).publishAs(task, name);
    QVERIFY(!published);
    QVERIFY2(published.error().message().contains(reason), qPrintable(published.error().message()));
}

void tst_Queue::eachTaskOfABatchIsSettledByItself()
{
    constexpr int count = 100;
    TaskSet tasks;
    tasks.addBatch(u"t.batch"_s,
                   [this](const QList<TaskRun> &runs) {
                       QList<Result<>> results;
                       for (const TaskRun &run : runs) {
                           const auto number = run.arguments<qint64>();
                           if (!number)
                               results += number.error();
                           else if (std::get<0>(*number) % 10 == 3)
                               results += Error::unavailable(u"not today"_s);
                           else
                               results += Result<>();
                           m_journal->note(run.argument(0).text());
                       }
                       return results;
                   },
                   {.attempts = 2, .firstDelay = 24h});
    QueueBench bench(m_url, tasks);
    const auto pushed = bench.write([&bench](Connection &connection) -> Result<> {
        for (int i = 0; i < count; ++i) {
            const QByteArray number = i == 50 ? QByteArray("\"fifty\"") : QByteArray::number(i);
            if (const auto id = Tasks(&bench.outbox).push(connection, u"t.batch"_s, '[' + number + ']'); !id)
                return id.error();
        }
        return {};
    });
    QVERIFY(pushed);
    bench.queue.start();
    QTRY_COMPARE(bench.value(u"SELECT count(*) FROM task WHERE state = 'done' AND attempt = 1"_s), "89");
    QTRY_COMPARE(bench.value(u"SELECT count(*) FROM task WHERE error = 'not today' AND attempt = 1"_s), "10");
    QTRY_COMPARE(bench.value(u"SELECT count(*) FROM task WHERE state = 'dead'"_s), "1");
    QCOMPARE(m_journal->count(), count);
}

void tst_Queue::aRecordAndItsTaskAreOneCommit()
{
    QueueBench bench(m_url, noting(), withoutPolling());
    bench.execute(u"CREATE TABLE thing (id INTEGER PRIMARY KEY)"_s);
    bench.queue.start();
    const auto store = [&bench](qint64 id, bool fail) {
        return bench.write([&bench, id, fail](Connection &connection) -> Result<> {
            if (const auto done = connection.execute(u"INSERT INTO thing VALUES (?)"_s, {id}); !done)
                return done.error();
            if (const auto pushed = Tasks(&bench.outbox).push(connection, u"t.note"_s, jsonArray(id)); !pushed)
                return pushed.error();
            return fail ? Result<>(Error::conflict(u"changed my mind"_s)) : Result<>();
        });
    };
    QVERIFY(!store(1, true));
    QVERIFY(store(2, false));
    QTRY_COMPARE(bench.value(u"SELECT count(*) FROM task WHERE state = 'done'"_s), "1");
    QCOMPARE(bench.value(u"SELECT count(*) FROM task"_s), "1");
    QCOMPARE(bench.value(u"SELECT count(*) FROM thing"_s), "1");
    QCOMPARE(m_journal->entries(), QByteArrayList{"2"});
}

void tst_Queue::aPushWakesTheQueueWithoutPolling()
{
    QueueBench bench(m_url, noting(), withoutPolling());
    QSignalSpy settled(&bench.queue, &queue::Queue::taskSettled);
    bench.queue.start();
    for (int i = 1; i <= 20; ++i) { // one at a time: after the first, only a wake-up can bring the next
        const qint64 id = bench.push(u"t.note"_s, jsonArray(i));
        QTRY_COMPARE(settled.size(), i);
        QCOMPARE(settled.last().first().toLongLong(), id);
    }
}

void tst_Queue::anEventIsATaskForEachSubscription()
{
    TaskSet tasks = noting();
    tasks.add(u"t.other"_s, [this](const TaskRun &, const JsonText &what) -> Result<> {
        m_journal->note("other " + what.text());
        return {};
    });
    QueueBench bench(m_url, tasks, withoutPolling());
    bench.subscriptions.add(u"thing.made"_s, u"t.note"_s);
    bench.subscriptions.add(u"thing.made"_s, u"t.other"_s);
    bench.subscriptions.add(u"thing.made"_s, u"t.other"_s); // twice is once
    bench.subscriptions.add(u"thing.made"_s, u"t.unknown"_s);
    bench.queue.start();
    const auto publish = [&bench](const QString &event) {
        return bench.write([&bench, event](Connection &connection) {
            return Events(&bench.subscriptions).publish(connection, event, "[5]");
        });
    };
    QVERIFY(publish(u"thing.made"_s));
    QVERIFY(publish(u"thing.lost"_s)); // nobody subscribed
    QTRY_COMPARE(m_journal->count(), 2);
    QTRY_COMPARE(bench.value(u"SELECT count(*) FROM task WHERE state = 'done'"_s), "2");
    QCOMPARE(bench.value(u"SELECT name FROM task WHERE state = 'ready'"_s), "t.unknown");
    QByteArrayList entries = m_journal->entries();
    std::ranges::sort(entries);
    QCOMPARE(entries, (QByteArrayList{"5", "other 5"}));
}

void tst_Queue::manyEventsAtOnceAreTasksInTheirOrder()
{
    QueueOptions one;
    one.concurrency = 1;
    QueueBench bench(m_url, noting(), one);
    bench.subscriptions.add(u"thing.made"_s, u"t.note"_s);
    const QByteArrayList given{"[1]", "[\"a\\u0000 ,[]{} \xc3\xa9\"]", "[ 1.50 ]", "[{ \"b\":1, \"a\":2 }]"};
    const auto publish = [&bench](const QByteArrayList &arguments) {
        return bench.write([&bench, arguments](Connection &connection) {
            return Events(&bench.subscriptions).publishEach(connection, u"thing.made"_s, arguments);
        });
    };
    QVERIFY(publish({}));
    QCOMPARE(bench.value(u"SELECT count(*) FROM task"_s), "0");
    QVERIFY(!publish({"[1]", "[2]]", "[3]"})); // not one JSON array
    QCOMPARE(bench.value(u"SELECT count(*) FROM task"_s), "0");
    QVERIFY(publish(given));
    for (int i = 0; i < given.size(); ++i)
        QCOMPARE(bench.value(u"SELECT arguments FROM task ORDER BY id LIMIT 1 OFFSET %1"_s.arg(i)), given[i]);
    QCOMPARE(
        bench.value(
            u"SELECT count(*) FROM task WHERE state = 'ready' AND priority = 0 AND not_before = 0 AND created > 0"_s),
        "4");
    bench.queue.start();
    QTRY_COMPARE(m_journal->count(), 4);
    QCOMPARE(m_journal->entries(),
             (QByteArrayList{"1", "\"a\\u0000 ,[]{} \xc3\xa9\"", "1.50", "{ \"b\":1, \"a\":2 }"}));
}

void tst_Queue::aTaskAndWhatItPushesHaveTheTraceOfItsPusher()
{
    QueueBench *pushed = nullptr;
    const auto note = [this](const QByteArray &who) {
        m_journal->note(who + ' ' + (trace::current() ? trace::traceId(*trace::current()) : "none"));
    };
    TaskSet tasks;
    tasks.add(u"t.first"_s, [&](const TaskRun &) -> Result<> {
        note("first");
        return pushed->push(u"t.second"_s) > 0 ? Result<>() : Error::internal(u"not pushed"_s);
    });
    tasks.add(u"t.second"_s, [&](const TaskRun &) -> Result<> {
        note("second");
        return {};
    });
    QueueBench bench(m_url, tasks);
    pushed = &bench;
    const auto context = *trace::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "a=\"\\");
    {
        const trace::Scope scope(context);
        QVERIFY(bench.push(u"t.first"_s) > 0);
    }
    QCOMPARE(bench.value(u"SELECT trace FROM task"_s), trace::toText(context));
    bench.queue.start();
    QTRY_COMPARE(m_journal->count(), 2);
    QCOMPARE(m_journal->entries(),
             (QByteArrayList{"first 4bf92f3577b34da6a3ce929d0e0e4736", "second 4bf92f3577b34da6a3ce929d0e0e4736"}));
    // The second was pushed by the run of the first, which is a span of its own.
    const auto second = trace::fromText(bench.value(u"SELECT trace FROM task WHERE name = 't.second'"_s));
    QVERIFY(second && second->span != context.span && second->state == context.state);
}

void tst_Queue::eachOfManyEventsHasATraceOfItsOwn()
{
    QueueBench bench(m_url, noting());
    bench.subscriptions.add(u"thing.made"_s, u"t.note"_s);
    const auto publish = [&bench](const QByteArrayList &arguments) {
        return bench.write([&bench, arguments](Connection &connection) {
            return Events(&bench.subscriptions).publishEach(connection, u"thing.made"_s, arguments);
        });
    };
    auto strange = trace::begin();
    strange.state = "a=\"\\,\tb= '?";
    const std::vector<trace::Context> each{trace::begin(), trace::Context(), strange};
    {
        const trace::Entered entered(each);
        QVERIFY(publish({"[1]", "[2]", "[3]"}));
        QVERIFY(publish({"[4]", "[5]"})); // whose these are cannot be known
    }
    const auto traceOf = [&](int n) {
        return bench.value(u"SELECT trace FROM task ORDER BY id LIMIT 1 OFFSET %1"_s.arg(n));
    };
    QCOMPARE(traceOf(0), trace::toText(each[0]));
    QCOMPARE(traceOf(2), trace::toText(strange));
    for (const int begun : {1, 3})
        QVERIFY2(trace::fromText(traceOf(begun)) && !QByteArrayList({traceOf(0), traceOf(2)}).contains(traceOf(begun)),
                 traceOf(begun));
    QCOMPARE(traceOf(4), traceOf(3));
}

void tst_Queue::higherPriorityRunsFirstThenTheOlder()
{
    QueueOptions one;
    one.concurrency = 1;
    QueueBench bench(m_url, noting(), one);
    for (const auto &[what, priority] : {std::pair("1", 0), {"2", 5}, {"3", -1}, {"4", 5}, {"5", 9}})
        bench.push(u"t.note"_s, QByteArray("[") + what + ']', {.priority = priority});
    bench.queue.start();
    QTRY_COMPARE(m_journal->entries(), (QByteArrayList{"5", "2", "4", "1", "3"}));
}

void tst_Queue::aTaskWaitsForItsTime()
{
    ManualClock clock;
    QueueOptions options = withoutPolling();
    options.clock = clock.clock();
    QueueBench bench(m_url, noting(), options);
    bench.queue.start();
    const qint64 later = bench.push(u"t.note"_s, "[1]",
                                    {.notBefore = MicrosecondTime(std::chrono::microseconds(clock.now()) + 1h)});
    clock.advance(1h - 1us);
    const qint64 now = bench.push(u"t.note"_s, "[2]");
    QTRY_COMPARE(bench.state(now), "done 1");
    QCOMPARE(bench.state(later), "scheduled 0");
    clock.advance(1us);
    bench.queue.wake();
    QTRY_COMPARE(bench.state(later), "done 1");
}

void tst_Queue::anUnfinishedUniqueKeyIsPushedOnce()
{
    Gate gate;
    TaskSet tasks;
    tasks.add(u"t.gate"_s, [&gate](const TaskRun &) -> Result<> {
        gate.pass();
        return {};
    });
    QueueBench bench(m_url, tasks, withoutPolling());
    const PushOptions keyed{.uniqueKey = u"only one"_s};
    const qint64 first = bench.push(u"t.gate"_s, "[]", keyed);
    QVERIFY(first > 0);
    QCOMPARE(bench.push(u"t.gate"_s, "[]", keyed), first); // ready
    bench.queue.start();
    QTRY_COMPARE(gate.arrived(), 1);
    QCOMPARE(bench.push(u"t.gate"_s, "[]", keyed), first); // running
    QVERIFY(bench.push(u"t.gate"_s, "[]", {.uniqueKey = u"another"_s}) != first);
    gate.open();
    QTRY_COMPARE(bench.state(first), "done 1");
    QVERIFY(bench.push(u"t.gate"_s, "[]", keyed) > first); // finished: free again
}

void tst_Queue::aFailedTaskIsRunAgainOnSchedule()
{
    QFETCH_GLOBAL(QString, dialect);
    if (dialect.startsWith(u"celery"_s))
        QSKIP("Retries wait in Redis, by whose clock: tst_celeryqueue has this.");
    ManualClock clock;
    QueueOptions options = withoutPolling();
    options.clock = clock.clock();
    options.random = [] { return 0.5; }; // no jitter
    TaskSet tasks = noting();
    tasks.add(u"t.fail"_s,
              [](const TaskRun &run) -> Result<> {
                  return run.attempt() < 4 ? Result<>(Error::unavailable(u"not yet"_s)) : Result<>();
              },
              {.attempts = 5, .firstDelay = 10s});
    QueueBench bench(m_url, tasks, options);
    bench.queue.start();
    const qint64 id = bench.push(u"t.fail"_s);
    int attempt = 1;
    for (const auto delay : {10s, 20s, 40s}) {
        QTRY_COMPARE(bench.state(id), "scheduled " + QByteArray::number(attempt));
        ++attempt;
        QCOMPARE(bench.value(u"SELECT not_before FROM task WHERE id = ?"_s, {id}).toLongLong() - clock.now(),
                 std::chrono::microseconds(delay).count());
        clock.advance(delay - 1us);
        const qint64 other = bench.push(u"t.note"_s, "[0]");
        QTRY_COMPARE(bench.state(other), "done 1"); // the queue has looked
        QCOMPARE(bench.state(id).left(9), "scheduled");
        clock.advance(1us);
        bench.queue.wake();
    }
    QTRY_COMPARE(bench.state(id), "done 4");
    QCOMPARE(bench.value(u"SELECT error FROM task WHERE id = ?"_s, {id}), "not yet");
}

void tst_Queue::aTaskOutOfAttemptsIsDeadUntilAPersonRetriesIt()
{
    std::atomic<bool> mended = false;
    TaskSet tasks;
    tasks.add(u"t.fail"_s,
              [&mended](const TaskRun &run) -> Result<> {
                  return mended ? Result<>() : Result<>(Error::internal(u"broken %1"_s.arg(run.attempt())));
              },
              {.attempts = 3, .firstDelay = 0s});
    QueueBench bench(m_url, tasks, withoutPolling());
    bench.queue.start();
    const qint64 id = bench.push(u"t.fail"_s, "[]", {.uniqueKey = u"key"_s});
    QTRY_COMPARE(bench.state(id), "dead 3");
    QCOMPARE(bench.value(u"SELECT error FROM task"_s), "broken 3");
    mended = true;
    QVERIFY(bench.admin.retry(id).result());
    QTRY_COMPARE(bench.state(id), "done 1");
    QCOMPARE(bench.admin.retry(id).result().error().kind(), ErrorKind::Conflict);
    QCOMPARE(bench.admin.retry(id + 1000).result().error().kind(), ErrorKind::NotFound);
}

void tst_Queue::wrongArgumentsAreDeadAtOnce()
{
    TaskSet tasks;
    tasks.add(u"t.number"_s, [](const TaskRun &, qint64) -> Result<> { return {}; });
    QueueBench bench(m_url, tasks, withoutPolling());
    bench.queue.start();
    const qint64 wrongType = bench.push(u"t.number"_s, "[\"one\"]");
    const qint64 tooMany = bench.push(u"t.number"_s, "[1,2]");
    QTRY_COMPARE(bench.state(wrongType), "dead 1");
    QTRY_COMPARE(bench.state(tooMany), "dead 1");
    // Not even an array: only another program can have stored this.
    bench.execute(u"INSERT INTO task (name, arguments, state, created) VALUES ('t.number', '{', 'ready', 0)"_s);
    bench.queue.wake();
    QTRY_COMPARE(bench.value(u"SELECT count(*) FROM task WHERE state = 'dead' AND error IS NOT NULL"_s), "3");
}

void tst_Queue::anExceptionIsAFailedAttempt()
{
    TaskSet tasks;
    tasks.add(u"t.throw"_s, [](const TaskRun &) -> Result<> { throw std::runtime_error("boom"); }, {.attempts = 1});
    QueueBench bench(m_url, tasks, withoutPolling());
    bench.queue.start();
    const qint64 id = bench.push(u"t.throw"_s);
    QTRY_COMPARE(bench.state(id), "dead 1");
    QVERIFY(bench.value(u"SELECT error FROM task"_s).contains("boom"));
}

void tst_Queue::aCancelledTaskDoesNotRun()
{
    QueueBench bench(m_url, noting(), withoutPolling());
    const qint64 id = bench.push(u"t.note"_s, "[1]");
    const auto was = bench.admin.cancel(id).result();
    QVERIFY(was && *was == TaskState::Ready);
    const qint64 other = bench.push(u"t.note"_s, "[2]");
    bench.queue.start();
    QTRY_COMPARE(bench.state(other), "done 1");
    QCOMPARE(bench.state(id), "cancelled 0");
    QCOMPARE(m_journal->entries(), QByteArrayList{"2"});
    QCOMPARE(bench.admin.cancel(id).result().error().kind(), ErrorKind::Conflict);
    QVERIFY(bench.admin.retry(id).result()); // a person may change their mind
    QTRY_COMPARE(bench.state(id), "done 1");
}

void tst_Queue::aRunningTaskThatIsCancelledIsAskedToStop()
{
    TaskSet tasks;
    tasks.add(u"t.long"_s, [this](const TaskRun &run) -> Result<> {
        m_journal->note("begun");
        while (!run.isStopRequested())
            std::this_thread::yield();
        m_journal->note("stopped");
        return {};
    });
    QueueOptions options;
    options.renewal = 20ms;
    QueueBench bench(m_url, tasks, options);
    bench.queue.start();
    const qint64 id = bench.push(u"t.long"_s);
    QTRY_COMPARE(m_journal->count(), 1);
    const auto was = bench.admin.cancel(id).result();
    QVERIFY(was && *was == TaskState::Running);
    QTRY_COMPARE(m_journal->entries(), (QByteArrayList{"begun", "stopped"}));
    QTRY_COMPARE(bench.queue.counters().lost, 1); // what it did does not count
    QCOMPARE(bench.state(id), "cancelled 1");
}

void tst_Queue::whatNobodyKnowsWaitsForOneWhoDoes()
{
    QueueBench bench(m_url, noting(), withoutPolling());
    bench.execute(
        u"INSERT INTO task (name, arguments, state, priority, created) VALUES ('t.other', '[1]', 'ready', 9, 0)"_s);
    bench.queue.start();
    const qint64 id = bench.push(u"t.note"_s, "[2]");
    QTRY_COMPARE(bench.state(id), "done 1");
    QCOMPARE(bench.value(u"SELECT state FROM task WHERE name = 't.other'"_s), "ready");
    const auto refused = bench.write(
        [&bench](Connection &connection) { return Tasks(&bench.outbox).push(connection, u"t.other"_s, "[]"); });
    QVERIFY(!refused);
    QVERIFY(refused.error().message().contains(u"t.other"_s));

    TaskSet others;
    others.add(u"t.other"_s, [this](const TaskRun &, qint64) -> Result<> {
        m_journal->note("other");
        return {};
    });
    QueueBench another(m_url, others, withoutPolling());
    another.queue.start();
    QTRY_COMPARE(m_journal->entries(), (QByteArrayList{"2", "other"}));
}

void tst_Queue::aTaskOverItsTimeLimitIsAskedToStop()
{
    TaskSet tasks;
    tasks.add(u"t.long"_s,
              [](const TaskRun &run) -> Result<> {
                  while (!run.isStopRequested())
                      std::this_thread::yield();
                  return Error::unavailable(u"out of time"_s);
              },
              {.attempts = 1, .timeLimit = 30ms});
    QueueBench bench(m_url, tasks, withoutPolling());
    bench.queue.start();
    const qint64 id = bench.push(u"t.long"_s);
    QTRY_COMPARE(bench.state(id), "dead 1");
}

void tst_Queue::severalQueuesRunEachTaskOnce()
{
    const TaskSet tasks = noting();
    std::vector<std::unique_ptr<QueueBench>> benches;
    for (int i = 0; i < 4; ++i) { // none is taken for dead, however slow the machine is
        benches.push_back(std::make_unique<QueueBench>(m_url, tasks, QueueOptions{.lease = 5min}));
        benches.back()->queue.start();
    }
    constexpr int count = 400;
    QByteArrayList expected;
    for (int i = 0; i < count; ++i)
        expected += QByteArray::number(i);
    const auto pushed = benches.front()->write([&](Connection &connection) -> Result<> {
        for (int i = 0; i < count; ++i) {
            if (const auto id = Tasks(&benches.front()->outbox).push(connection, u"t.note"_s, jsonArray(i)); !id)
                return id.error();
        }
        return {};
    });
    QVERIFY(pushed);
    for (const auto &bench : benches)
        bench->queue.wake();
    QTRY_COMPARE(benches.front()->value(u"SELECT count(*) FROM task WHERE state = 'done' AND attempt = 1"_s),
                 QByteArray::number(count));
    QByteArrayList entries = m_journal->entries();
    std::ranges::sort(entries);
    std::ranges::sort(expected);
    QCOMPARE(entries, expected);
}

void tst_Queue::figuresTellWhatWaits()
{
    ManualClock clock;
    QueueOptions options;
    options.clock = clock.clock();
    QueueBench bench(m_url, noting(), options);
    const qint64 oldest = clock.now();
    bench.push(u"t.note"_s, "[1]");
    clock.advance(5s);
    bench.push(u"t.note"_s, "[2]", {.priority = 3});
    bench.push(u"t.note"_s, "[3]", {.notBefore = MicrosecondTime(std::chrono::microseconds(clock.now()) + 1h)});
    const auto figures = bench.admin.figures().result();
    QVERIFY(figures);
    QCOMPARE(figures->ready, 2);
    QCOMPARE(figures->scheduled, 1);
    QCOMPARE(figures->running + figures->dead, 0);
    QCOMPARE(figures->oldestReady, oldest);
}

int main(int argc, char **argv)
{
    if (QueueWorker::isWanted(argc, argv))
        return QueueWorker::run(argc, argv);
    QCoreApplication app(argc, argv);
    tst_Queue test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_queue.moc"
