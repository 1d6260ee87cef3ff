// SPDX-License-Identifier: GPL-3.0-only
// What a node does while Redis or the database is away, and about what others have left.
#include "journal.h"
#include "nodebench.h"
#include "testground.h"

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_CeleryOutage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addDialects(); }
    void initTestCase();
    void init();
    void cleanupTestCase();

    void aNodeMayStartBeforeRedis();
    void whatEndsWhileTheDatabaseIsAwayIsSettledAfterwards();
    void nothingIsClaimedWhileTheDatabaseIsAway();
    void whatEndsWhileRedisIsAwayIsToldAfterwards();
    void aDrainEndsWithoutTheDatabaseAndLosesNothing();
    void aDrainEndsWithoutRedisAndLosesNothing();
    void whatAnotherProgramLeftIsRunAfterTheTimeout();
    void aMessageThatWasSweptWhileItRunsIsNotRunTwice();

private:
    TaskSet gated();

    std::unique_ptr<CeleryGround> m_ground;
    std::unique_ptr<Gate> m_gate;
    std::atomic<int> m_ended = 0;
};

void tst_CeleryOutage::initTestCase()
{
    if (!test::RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    if (!m_ground)
        m_ground = std::make_unique<CeleryGround>();
}

void tst_CeleryOutage::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_ground->reset(dialect);
    m_gate = std::make_unique<Gate>();
    m_ended = 0;
}

void tst_CeleryOutage::cleanupTestCase()
{
    m_ground.reset();
    TestGround::end();
}

/// A task that waits for the gate.
TaskSet tst_CeleryOutage::gated()
{
    TaskSet tasks;
    tasks.add(u"t.gate"_s, [this](const TaskRun &) -> Result<> {
        m_gate->pass();
        ++m_ended;
        return {};
    });
    return tasks;
}

void tst_CeleryOutage::aNodeMayStartBeforeRedis()
{
    m_gate->open();
    m_ground->server.stop();
    NodeBench bench(*m_ground, gated(), m_ground->options());
    bench.queue.start();
    QTest::qWait(300); // it tries, and fails
    QVERIFY(m_ground->server.restart());
    const QString id = m_ground->push(u"t.gate"_s);
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
}

void tst_CeleryOutage::whatEndsWhileTheDatabaseIsAwayIsSettledAfterwards()
{
    NodeBench bench(*m_ground, gated(), m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"t.gate"_s);
    QTRY_COMPARE(m_gate->arrived(), 1);
    TestGround::block(m_ground->databaseUrl());
    m_gate->open();
    QTRY_COMPARE(m_ended, 1);
    QTest::qWait(300);
    QCOMPARE(m_ground->status(id), QString()); // not told before it is settled
    QCOMPARE(m_ground->leftovers(), "1/1/1");
    TestGround::unblock();
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->status(id), u"SUCCESS"_s, 20000);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ended, 1);
}

void tst_CeleryOutage::nothingIsClaimedWhileTheDatabaseIsAway()
{
    m_gate->open();
    NodeBench bench(*m_ground, gated(), m_ground->options());
    bench.queue.start();
    QTRY_COMPARE(m_ground->redis({u"SCARD"_s, u"quoin:nodes"_s}), "1");
    TestGround::block(m_ground->databaseUrl());
    QStringList ids;
    for (int i = 0; i < 200; ++i)
        ids += m_ground->push(u"t.gate"_s);
    QTest::qWait(500);
    QVERIFY(m_ground->length(u"celery"_s) >= 100); // at most what one claim took before it was known
    TestGround::unblock();
    for (const QString &id : ids)
        QTRY_COMPARE_WITH_TIMEOUT(m_ground->status(id), u"SUCCESS"_s, 20000);
    QCOMPARE(m_ended, 200);
}

void tst_CeleryOutage::whatEndsWhileRedisIsAwayIsToldAfterwards()
{
    NodeBench bench(*m_ground, gated(), m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"t.gate"_s);
    QTRY_COMPARE(m_gate->arrived(), 1);
    m_ground->server.stop();
    m_gate->open();
    QTRY_COMPARE(m_ground->state(id), "done 1"); // the table has it at once
    QVERIFY(m_ground->server.restart());
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ended, 1);
}

void tst_CeleryOutage::aDrainEndsWithoutTheDatabaseAndLosesNothing()
{
    CeleryOptions options = m_ground->options();
    options.grace = 200ms;
    auto bench = std::make_unique<NodeBench>(*m_ground, gated(), options);
    bench->queue.start();
    const QString id = m_ground->push(u"t.gate"_s);
    QTRY_COMPARE(m_gate->arrived(), 1);
    TestGround::block(m_ground->databaseUrl());
    QSignalSpy drained(&bench->queue, &queue::Queue::drained);
    bench->queue.drain(10ms);
    QTRY_COMPARE(drained.size(), 1);
    m_gate->open();
    bench.reset();
    TestGround::unblock();
    QCOMPARE(m_ground->leftovers(), "1/1/1");
    NodeBench next(*m_ground, gated(), options);
    next.queue.start();
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->status(id), u"SUCCESS"_s, 20000);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
}

void tst_CeleryOutage::aDrainEndsWithoutRedisAndLosesNothing()
{
    CeleryOptions options = m_ground->options();
    options.grace = 200ms;
    auto bench = std::make_unique<NodeBench>(*m_ground, gated(), options);
    bench->queue.start();
    const QString id = m_ground->push(u"t.gate"_s);
    QTRY_COMPARE(m_gate->arrived(), 1);
    m_ground->server.stop();
    QSignalSpy drained(&bench->queue, &queue::Queue::drained);
    bench->queue.drain(10ms);
    QTRY_COMPARE(drained.size(), 1);
    m_gate->open();
    bench.reset();
    QVERIFY(m_ground->server.restart());
    NodeBench next(*m_ground, gated(), options);
    next.queue.start();
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->status(id), u"SUCCESS"_s, 20000);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
}

void tst_CeleryOutage::whatAnotherProgramLeftIsRunAfterTheTimeout()
{
    m_gate->open();
    // As kombu writes what its worker holds: and then that worker is gone.
    const QString id = m_ground->push(u"t.gate"_s);
    const QByteArray raw = m_ground->redis({u"RPOP"_s, u"celery"_s});
    m_ground->redis({u"HSET"_s, u"unacked"_s, u"tag"_s, u"[%1, \"\", \"celery\"]"_s.arg(QString::fromUtf8(raw))});
    const double now = static_cast<double>(queue::systemMicroseconds()) / 1e6;
    m_ground->redis({u"ZADD"_s, u"unacked_index"_s, QString::number(now, 'f', 6), u"tag"_s});
    CeleryOptions options = m_ground->options();
    options.visibilityTimeout = 1s;
    options.aliveFor = 300ms;
    options.sweep = 100ms;
    NodeBench bench(*m_ground, gated(), options);
    bench.queue.start();
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    const auto started = m_ground->value(u"SELECT started FROM task"_s).toDouble() / 1e6;
    QVERIFY2(started >= now + 1, qPrintable(QString::number(started - now))); // that worker may have been at it
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
}

void tst_CeleryOutage::aMessageThatWasSweptWhileItRunsIsNotRunTwice()
{
    NodeBench bench(*m_ground, gated(), m_ground->options());
    bench.queue.start();
    const QString id = m_ground->push(u"t.gate"_s);
    QTRY_COMPARE(m_gate->arrived(), 1);
    // A client whose clock is an hour ahead.
    const QString tag = QString::fromUtf8(m_ground->redis({u"HKEYS"_s, u"unacked"_s}));
    m_ground->redis({u"EVAL"_s,
                     u"local entry = redis.call('HGET', 'unacked', ARGV[1]) redis.call('HDEL', 'unacked', ARGV[1]) "
                     "redis.call('ZREM', 'unacked_index', ARGV[1]) "
                     "return redis.call('RPUSH', 'celery', entry:match('^%[(.*), \"\", \"celery\"%]$'))"_s,
                     u"0"_s, tag});
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->leftovers(), "1/1/1", 30000); // it has it again
    QTest::qWait(600);
    QCOMPARE(m_ground->leftovers(), "1/1/1"); // and keeps it for as long as the task is at work
    m_gate->open();
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_gate->arrived(), 1);
    QCOMPARE(m_ground->state(id), "done 1");
}

QTEST_GUILESS_MAIN(tst_CeleryOutage)
#include "tst_celeryoutage.moc"
