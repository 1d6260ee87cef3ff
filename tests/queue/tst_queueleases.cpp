// SPDX-License-Identifier: GPL-3.0-only
// What the database kind of queue does when things go wrong: leases, absent databases, draining, pruning.
#include "journal.h"
#include "queuebench.h"
#include "testground.h"

#include "queue/pruner.h"

using namespace quoin;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using queue::QueueOptions;

class tst_QueueLeases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addDialects(); }
    void init();
    void cleanupTestCase() { TestGround::end(); }

    void liveWorkRenewsItsLease();
    void aLostLeaseCannotSettle();
    void anAttemptThatEndedInACrashCounts();
    void attemptsUsedUpByCrashesAreDead();
    void drainingFinishesWhatEndsInTimeAndGivesBackTheRest();
    void whatFailsBecauseOfTheDrainIsNotCounted();
    void anIdleQueueDrainsAtOnce();
    void outcomesAreKeptWhileTheDatabaseIsAway();
    void drainingEndsWithoutTheDatabaseAndLosesNothing();
    void waitingBehindALongTaskIsLeftToOthers();
    void pruningKeepsTheNewestAndTheDead();
    void pruningGoesByAge();
    void aDeadTaskDoesNotHoldItsUniqueKey();

private:
    /// A task that notes its first argument and waits at the gate.
    TaskSet gated(const TaskOptions &options = {});

    /// On SQLite, does not wait long for a lock.
    QString impatientUrl() const { return m_url.startsWith(u"sqlite"_s) ? m_url + u"?timeout=0.05"_s : m_url; }

    QString m_url;
    std::unique_ptr<Journal> m_journal;
    std::unique_ptr<Gate> m_gate;
};

void tst_QueueLeases::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_url = TestGround::makeUrl(dialect);
    m_journal = std::make_unique<Journal>();
    m_gate = std::make_unique<Gate>();
}

TaskSet tst_QueueLeases::gated(const TaskOptions &options)
{
    TaskSet tasks;
    tasks.add(
        u"t.gate"_s,
        [journal = m_journal.get(), gate = m_gate.get()](const TaskRun &run, const JsonText &what) -> Result<> {
            journal->note(what.text() + " attempt " + QByteArray::number(run.attempt()));
            gate->pass();
            return {};
        },
        options);
    return tasks;
}

void tst_QueueLeases::liveWorkRenewsItsLease()
{
    ManualClock clock;
    QueueOptions options;
    options.clock = clock.clock();
    options.renewal = 10ms;
    options.poll = 10ms;
    QueueBench bench(m_url, gated(), options);
    QueueBench other(m_url, gated(), options);
    bench.queue.start();
    const qint64 id = bench.push(u"t.gate"_s, "[1]");
    QTRY_COMPARE(m_gate->arrived(), 1);
    other.queue.start();
    for (int i = 0; i < 5; ++i) { // 45 s of a 10 s lease
        clock.advance(9s);
        QTRY_COMPARE(bench.value(u"SELECT lease_until FROM task"_s).toLongLong(), clock.now() + 10'000'000);
    }
    m_gate->open();
    QTRY_COMPARE(bench.state(id), "done 1");
    QCOMPARE(m_journal->entries(), QByteArrayList{"1 attempt 1"});
}

void tst_QueueLeases::aLostLeaseCannotSettle()
{
    ManualClock clock;
    QueueOptions stalled;
    stalled.clock = clock.clock();
    stalled.renewal = 24h; // as if it were stopped
    QueueBench bench(m_url, gated(), stalled);
    bench.queue.start();
    const qint64 id = bench.push(u"t.gate"_s, "[1]");
    QTRY_COMPARE(m_gate->arrived(), 1);

    clock.advance(10s + 1us);
    QueueOptions live;
    live.clock = clock.clock();
    live.poll = 10ms;
    QueueBench other(m_url, gated(), live);
    other.queue.start();
    QTRY_COMPARE(m_gate->arrived(), 2);
    QCOMPARE(bench.value(u"SELECT lease_owner FROM task"_s), other.queue.owner().toUtf8());
    m_gate->open();
    QTRY_COMPARE(bench.queue.counters().lost, 1);
    QTRY_COMPARE(other.queue.counters().done, 1);
    QCOMPARE(bench.queue.counters().done, 0);
    QCOMPARE(bench.state(id), "done 2");
}

void tst_QueueLeases::anAttemptThatEndedInACrashCounts()
{
    QueueBench bench(m_url, gated());
    m_gate->open();
    // As a killed worker leaves it.
    bench.execute(u"INSERT INTO task (name, arguments, state, attempt, lease_owner, lease_until, worker, created) "
                  "VALUES ('t.gate', '[1]', 'running', 1, 'ghost:1:a', 5, 'ghost:1', 0)"_s);
    bench.queue.start(); // takes it over at once, not at the next poll
    QTRY_COMPARE(bench.value(u"SELECT state || ' ' || attempt FROM task"_s), "done 2");
    QCOMPARE(m_journal->entries(), QByteArrayList{"1 attempt 2"});
    QVERIFY(bench.value(u"SELECT error FROM task"_s).contains("ghost:1"));
}

void tst_QueueLeases::attemptsUsedUpByCrashesAreDead()
{
    QueueBench bench(m_url, gated({.attempts = 3}));
    bench.execute(u"INSERT INTO task (name, arguments, state, attempt, lease_owner, lease_until, worker, created) "
                  "VALUES ('t.gate', '[1]', 'running', 3, 'ghost:1:a', 5, 'ghost:1', 0)"_s);
    bench.queue.start();
    QTRY_COMPARE(bench.value(u"SELECT state || ' ' || attempt FROM task"_s), "dead 3");
    QCOMPARE(m_journal->entries(), QByteArrayList());
    QVERIFY(bench.value(u"SELECT error FROM task"_s).contains("Attempt 3"));
    QVERIFY(bench.value(u"SELECT error FROM task"_s).contains("ghost:1"));
}

void tst_QueueLeases::drainingFinishesWhatEndsInTimeAndGivesBackTheRest()
{
    Gate slow;
    TaskSet tasks = gated();
    tasks.add(u"t.slow"_s, [this, &slow](const TaskRun &) -> Result<> {
        m_journal->note("slow");
        slow.pass(); // does not heed the request to stop
        return {};
    });
    QueueBench bench(m_url, tasks); // two at once
    const qint64 ends = bench.push(u"t.gate"_s, "[1]");
    const qint64 stays = bench.push(u"t.slow"_s);
    const qint64 waits = bench.push(u"t.gate"_s, "[3]");
    bench.queue.start();
    QTRY_COMPARE(m_journal->count(), 2);

    QSignalSpy drained(&bench.queue, &queue::Queue::drained);
    bench.queue.drain(300ms);
    bench.push(u"t.gate"_s, "[4]");
    m_gate->open();
    QTRY_COMPARE(drained.size(), 1);
    QCOMPARE(bench.state(ends), "done 1");
    QCOMPARE(bench.state(stays), "ready 0");
    QCOMPARE(bench.state(waits), "ready 0");
    QCOMPARE(bench.value(u"SELECT count(*) FROM task WHERE lease_owner IS NOT NULL"_s), "0");

    // Another takes them at once, and the one that stayed too long does not count.
    QueueBench other(m_url, tasks);
    other.queue.start();
    slow.open();
    QTRY_COMPARE(bench.value(u"SELECT count(*) FROM task WHERE state = 'done' AND attempt = 1"_s), "4");
    QTRY_COMPARE(other.queue.counters().done, 3);
}

void tst_QueueLeases::whatFailsBecauseOfTheDrainIsNotCounted()
{
    TaskSet tasks;
    tasks.add(u"t.heeds"_s, [this](const TaskRun &run) -> Result<> {
        m_journal->note("begun");
        while (!run.isStopRequested())
            std::this_thread::yield();
        return Error::unavailable(u"not finished"_s);
    });
    QueueBench bench(m_url, tasks);
    bench.queue.start();
    const qint64 id = bench.push(u"t.heeds"_s);
    QTRY_COMPARE(m_journal->count(), 1);
    QSignalSpy drained(&bench.queue, &queue::Queue::drained);
    bench.queue.drain(24h); // ends long before
    QTRY_COMPARE(drained.size(), 1);
    QCOMPARE(bench.state(id), "ready 0");
}

void tst_QueueLeases::anIdleQueueDrainsAtOnce()
{
    QueueBench bench(m_url, gated());
    QSignalSpy drained(&bench.queue, &queue::Queue::drained);
    bench.queue.start();
    bench.queue.drain(24h);
    QCOMPARE(drained.size(), 0); // never before drain() has returned
    QTRY_COMPARE(drained.size(), 1);

    QueueBench never(m_url, gated());
    QSignalSpy neverDrained(&never.queue, &queue::Queue::drained);
    never.queue.drain(24h); // not even started
    QTRY_COMPARE(neverDrained.size(), 1);
}

void tst_QueueLeases::outcomesAreKeptWhileTheDatabaseIsAway()
{
    QueueOptions options;
    options.poll = 20ms;
    QueueBench bench(impatientUrl(), gated(), options);
    bench.queue.start();
    const qint64 first = bench.push(u"t.gate"_s, "[1]");
    const qint64 second = bench.push(u"t.gate"_s, "[2]");
    QTRY_COMPARE(m_gate->arrived(), 2);
    TestGround::block(m_url);
    m_gate->open();
    QTRY_COMPARE(bench.queue.counters().held, 0); // they have ended
    QTest::qWait(200);                            // some tries fail
    QCOMPARE(bench.queue.counters().done, 0);
    TestGround::unblock();
    QTRY_COMPARE_WITH_TIMEOUT(bench.queue.counters().done, 2, 20000);
    QCOMPARE(bench.state(first), "done 1");
    QCOMPARE(bench.state(second), "done 1");
    QCOMPARE(bench.queue.counters().lost, 0);
    const qint64 third = bench.push(u"t.gate"_s, "[3]"); // and it goes on
    QTRY_COMPARE(bench.state(third), "done 1");
}

void tst_QueueLeases::drainingEndsWithoutTheDatabaseAndLosesNothing()
{
    ManualClock clock;
    QueueOptions options;
    options.clock = clock.clock();
    options.grace = 200ms;
    auto bench = std::make_unique<QueueBench>(impatientUrl(), gated(), options);
    bench->queue.start();
    const qint64 id = bench->push(u"t.gate"_s, "[1]");
    QTRY_COMPARE(m_gate->arrived(), 1);
    TestGround::block(m_url);
    QSignalSpy drained(&bench->queue, &queue::Queue::drained);
    bench->queue.drain(10ms);
    QTRY_COMPARE(drained.size(), 1);
    m_gate->open();
    TestGround::unblock();
    bench.reset();

    clock.advance(10s + 1us);
    options.poll = 20ms;
    QueueBench other(m_url, gated(), options);
    other.queue.start();
    QTRY_VERIFY(other.state(id).startsWith("done"));
}

void tst_QueueLeases::waitingBehindALongTaskIsLeftToOthers()
{
    TaskSet tasks = gated();
    tasks.add(u"t.short"_s, [](const TaskRun &) -> Result<> { return {}; });
    QueueOptions options;
    options.concurrency = 1;
    options.poll = 20ms;
    QueueBench bench(m_url, tasks, options);
    for (int i = 0; i < 50; ++i)
        bench.push(u"t.short"_s);
    bench.push(u"t.gate"_s, "[1]");
    bench.push(u"t.short"_s);
    bench.queue.start();
    QTRY_COMPARE(m_gate->arrived(), 1); // by now short tasks are claimed ahead
    QTRY_COMPARE(bench.value(u"SELECT count(*) FROM task WHERE state = 'ready' AND attempt = 0"_s), "1");
    QTRY_COMPARE(bench.queue.counters().held, 1);
    m_gate->open();
    QTRY_COMPARE(bench.value(u"SELECT count(*) FROM task WHERE state = 'done' AND attempt = 1"_s), "52");
}

void tst_QueueLeases::pruningKeepsTheNewestAndTheDead()
{
    QueueBench bench(m_url, gated());
    for (int i = 1; i <= 20; ++i) // all at the same time: then the id decides
        bench.execute(u"INSERT INTO task (name, arguments, state, created, finished) VALUES ('t', '[]', ?, 0, 1000)"_s,
                      {i % 2 ? u"done"_s : u"cancelled"_s});
    bench.execute(u"INSERT INTO task (name, arguments, state, created, finished) VALUES ('t', '[]', 'dead', 0, 1)"_s);
    bench.execute(u"INSERT INTO task (name, arguments, state, created) VALUES ('t', '[]', 'ready', 0)"_s);
    queue::Pruner pruner(bench.database.get(), {.age = 0h, .count = 5, .batch = 4});
    QSignalSpy pruned(&pruner, &queue::Pruner::pruned);
    pruner.prune();
    QTRY_COMPARE(pruned.size(), 1);
    QCOMPARE(pruned.first().first().toLongLong(), 15);
    QCOMPARE(bench.value(u"SELECT min(id) FROM task WHERE finished = 1000"_s), "16");
    QCOMPARE(bench.value(u"SELECT count(*) FROM task"_s), "7");
    pruner.prune();
    QTRY_COMPARE(pruned.size(), 2);
    QCOMPARE(pruned.last().first().toLongLong(), 0);
}

void tst_QueueLeases::pruningGoesByAge()
{
    QueueBench bench(m_url, gated());
    const qint64 hour = 3'600'000'000;
    for (const qint64 finished : {hour, 2 * hour, 3 * hour})
        bench.execute(
            u"INSERT INTO task (name, arguments, state, created, finished) VALUES ('t', '[]', 'done', 0, ?)"_s,
            {finished});
    queue::Pruner pruner(bench.database.get(), {.age = 1h, .count = 0}, [=] { return 3 * hour + 1; });
    QSignalSpy pruned(&pruner, &queue::Pruner::pruned);
    pruner.prune();
    QTRY_COMPARE(pruned.size(), 1);
    QCOMPARE(bench.value(u"SELECT count(*) FROM task"_s), "1");
}

void tst_QueueLeases::aDeadTaskDoesNotHoldItsUniqueKey()
{
    TaskSet tasks;
    tasks.add(u"t.fail"_s, [](const TaskRun &) -> Result<> { return Error::invalid(u"never"_s); });
    tasks.add(u"t.gate"_s, [](const TaskRun &) -> Result<> { return {}; });
    QueueBench bench(m_url, tasks);
    bench.queue.start();
    const qint64 dead = bench.push(u"t.fail"_s, "[]", {.uniqueKey = u"k"_s});
    QTRY_COMPARE(bench.state(dead), "dead 1");
    const qint64 next = bench.push(u"t.gate"_s, "[]", {.notBefore = MicrosecondTime::max(), .uniqueKey = u"k"_s});
    QVERIFY(next > dead);
    QCOMPARE(bench.admin.retry(dead).result().error().kind(), ErrorKind::Conflict); // two would have it
    QVERIFY(bench.admin.cancel(next).result());
    QVERIFY(bench.admin.retry(dead).result());
}

QTEST_GUILESS_MAIN(tst_QueueLeases)
#include "tst_queueleases.moc"
