// SPDX-License-Identifier: GPL-3.0-only
// Several nodes on one Redis, and everything that can be killed.
#include "nodeprocess.h"
#include "testground.h"

#include <QFile>
#include <QRandomGenerator>
#include <QSet>
#include <QTemporaryDir>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

class tst_CeleryCrash : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase_data() { TestGround::addDialects(); }
    void initTestCase();
    void init();
    void cleanupTestCase();

    void severalNodesRunEachTaskOnce();
    void aTaskIsNeverLostAndNeverSilentlyDoubled();
    void aKilledNodesTaskIsRunAgainSoon();
    void redisMayDieUnderLoad();
    void redisMayHang();
    void anEmptyRedisIsServedAsWell();
    void aStoppedNodeLosesItsTasksToTheOthers();
    void aClientThatSweepsDoesNotTakeWhatRuns();

private:
    void pushWork(int count);
    QByteArrayList journalLines(const QByteArray &word) const;
    qint64 done() const { return m_ground->value(u"SELECT count(*) FROM task WHERE state = 'done'"_s).toLongLong(); }
    void compareAccounts(int count);

    std::unique_ptr<CeleryGround> m_ground;
    QString m_journal;
};

void tst_CeleryCrash::initTestCase()
{
    if (!test::RedisServer::isInstalled())
        QSKIP("redis-server is not installed");
    if (!m_ground)
        m_ground = std::make_unique<CeleryGround>();
}

void tst_CeleryCrash::init()
{
    QFETCH_GLOBAL(QString, dialect);
    m_ground->reset(dialect);
    m_ground->execute(u"CREATE TABLE result (number INTEGER PRIMARY KEY)"_s);
    m_journal = TestGround::filePath(QString::fromLatin1(QTest::currentTestFunction()) + dialect);
}

void tst_CeleryCrash::cleanupTestCase()
{
    m_ground.reset();
    TestGround::end();
}

void tst_CeleryCrash::pushWork(int count)
{
    QList<Outgoing> messages;
    for (int i = 0; i < count; ++i) {
        Outgoing message;
        message.id = u"work-%1"_s.arg(i);
        message.task = u"t.work"_s;
        message.args = '[' + QByteArray::number(i) + ']';
        message.queue = i % 2 == 0 ? "quoin" : "celery";
        messages += message;
    }
    m_ground->push(messages);
}

/// "<id> <attempt>" of the lines that begin with the word.
QByteArrayList tst_CeleryCrash::journalLines(const QByteArray &word) const
{
    QFile file(m_journal);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    QByteArrayList lines;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith(word + ' '))
            lines += line.sliced(word.size() + 1);
    }
    return lines;
}

void tst_CeleryCrash::compareAccounts(int count)
{
    // Never lost: every task has its row, its work and its result, and nothing is left of its message.
    QCOMPARE(m_ground->value(u"SELECT count(*) FROM task"_s), QByteArray::number(count));
    QCOMPARE(m_ground->value(u"SELECT count(*) FROM result"_s), QByteArray::number(count));
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->messages(), 0, 60000);
    QCOMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ground->length(u"quoin:dead"_s), 0);
    for (int i = 0; i < count; i += 37)
        QCOMPARE(m_ground->status(u"work-%1"_s.arg(i)), u"SUCCESS"_s);
    // Never silently doubled: no attempt was begun twice, and each beyond the first is on record with its reason.
    const QByteArrayList begun = journalLines("begin");
    QCOMPARE(QSet<QByteArray>(begun.begin(), begun.end()).size(), begun.size());
    const qint64 attempts = m_ground->value(u"SELECT sum(attempt) FROM task"_s).toLongLong();
    QVERIFY2(begun.size() <= attempts, qPrintable(u"%1 begun, %2 on record"_s.arg(begun.size()).arg(attempts)));
    QCOMPARE(m_ground->value(u"SELECT count(*) FROM task WHERE attempt > 1 AND error IS NULL"_s), "0");
    qInfo("%d tasks, %lld attempts on record, %lld begun", count, attempts, qint64(begun.size()));
}

void tst_CeleryCrash::severalNodesRunEachTaskOnce()
{
    constexpr int count = 1000;
    pushWork(count);
    std::vector<std::unique_ptr<NodeProcess>> nodes;
    for (int i = 0; i < 3; ++i) // none is taken for dead, however slow the machine is
        nodes.push_back(std::make_unique<NodeProcess>(*m_ground, m_journal, 5min));
    QTRY_COMPARE_WITH_TIMEOUT(done(), count, 120000);
    for (const auto &node : nodes)
        QCOMPARE(node->drain(), 0);
    compareAccounts(count);
    QCOMPARE(journalLines("begin").size(), count);
    QCOMPARE(m_ground->redis({u"KEYS"_s, u"quoin:*"_s}), QByteArray());
}

void tst_CeleryCrash::aTaskIsNeverLostAndNeverSilentlyDoubled()
{
    constexpr int count = 2000;
    constexpr int kills = 8;
    pushWork(count);
    std::vector<std::unique_ptr<NodeProcess>> nodes(2);
    for (int round = 0; round < kills; ++round) {
        // One of the two dies in the middle of something, and a new one comes.
        auto &victim = nodes[static_cast<std::size_t>(round % 2)];
        victim = std::make_unique<NodeProcess>(*m_ground, m_journal);
        const qsizetype enough = journalLines("begin").size() + QRandomGenerator::global()->bounded(1, 150);
        QTRY_VERIFY_WITH_TIMEOUT(journalLines("begin").size() >= enough || done() == count, 60000);
        victim->kill();
    }
    for (auto &node : nodes)
        node = std::make_unique<NodeProcess>(*m_ground, m_journal);
    QTRY_COMPARE_WITH_TIMEOUT(done(), count, 120000);
    compareAccounts(count);
}

void tst_CeleryCrash::aKilledNodesTaskIsRunAgainSoon()
{
    NodeProcess victim(*m_ground, m_journal);
    m_ground->push(u"t.sleep"_s, "[3000]");
    QTRY_COMPARE(journalLines("begin").size(), 1);
    victim.kill();
    NodeProcess other(*m_ground, m_journal);
    QTRY_COMPARE_WITH_TIMEOUT(done(), 1, 30000);
    QCOMPARE(journalLines("begin").size(), 2);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
}

void tst_CeleryCrash::redisMayDieUnderLoad()
{
    constexpr int count = 1500;
    pushWork(count);
    NodeProcess first(*m_ground, m_journal), second(*m_ground, m_journal);
    for (int round = 1; round <= 3; ++round) {
        QTRY_VERIFY_WITH_TIMEOUT(journalLines("begin").size() >= 200 * round || done() == count, 60000);
        QVERIFY(m_ground->server.restart(test::RedisServer::Data::Keep));
    }
    QTRY_COMPARE_WITH_TIMEOUT(done(), count, 120000);
    compareAccounts(count);
}

void tst_CeleryCrash::redisMayHang()
{
    NodeProcess node(*m_ground, m_journal);
    m_ground->push(u"t.sleep"_s, "[10]");
    QTRY_COMPARE(done(), 1);
    m_ground->push(u"t.sleep"_s, "[2500]");
    QTRY_COMPARE(journalLines("begin").size(), 2);
    m_ground->server.hang();
    QTest::qWait(3000); // longer than commands are waited for, and than a node may be silent
    m_ground->server.resume();
    QTRY_COMPARE_WITH_TIMEOUT(done(), 2, 30000);
    m_ground->push(u"t.sleep"_s, "[10]");
    QTRY_COMPARE(done(), 3);
    QCOMPARE(journalLines("begin").size(), 3);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
}

void tst_CeleryCrash::anEmptyRedisIsServedAsWell()
{
    NodeProcess node(*m_ground, m_journal);
    const QString id = m_ground->push(u"t.sleep"_s, "[3000]");
    QTRY_COMPARE(journalLines("begin").size(), 1);
    QVERIFY(m_ground->server.restart(test::RedisServer::Data::Drop));
    QTRY_COMPARE(done(), 1); // what ran is settled
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    const QString next = m_ground->push(u"t.sleep"_s, "[1]");
    QTRY_COMPARE(m_ground->status(next), u"SUCCESS"_s);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
}

/// A process that does not get on, such as a virtual machine that is moved: its lost task is settled once.
void tst_CeleryCrash::aStoppedNodeLosesItsTasksToTheOthers()
{
    NodeProcess stalled(*m_ground, m_journal);
    const QString id = m_ground->push(u"t.sleep"_s, "[3000]");
    QTRY_COMPARE(journalLines("begin").size(), 1);
    stalled.stop();
    NodeProcess other(*m_ground, m_journal);
    QTRY_COMPARE_WITH_TIMEOUT(journalLines("begin").size(), 2, 30000);
    QTRY_COMPARE(m_ground->status(id), u"SUCCESS"_s);
    stalled.resume();
    QTRY_COMPARE(journalLines("end").size(), 2);
    const QString next = m_ground->push(u"t.sleep"_s, "[1]");
    QTRY_COMPARE(m_ground->status(next), u"SUCCESS"_s);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
    QCOMPARE(m_ground->state(id), "done 2");
}

void tst_CeleryCrash::aClientThatSweepsDoesNotTakeWhatRuns()
{
    const QString python = u"/usr/bin/python3"_s;
    QProcess probe;
    probe.start(python, {u"-c"_s, u"import celery"_s});
    if (!probe.waitForFinished() || probe.exitCode() != 0)
        QSKIP("Celery is not installed");
    NodeProcess node(*m_ground, m_journal);
    const QString id = m_ground->push(u"t.sleep"_s, "[4000]");
    QTRY_COMPARE(journalLines("begin").size(), 1);
    // As `celery inspect ping` does, with a visibility timeout far below the task's time.
    QProcess client;
    client.start(python,
                 {u"-c"_s,
                  u"import sys, celery\n"
                  "app = celery.Celery('client', broker=sys.argv[1])\n"
                  "app.conf.broker_transport_options = {'visibility_timeout': 1}\n"
                  "for i in range(4): print(app.control.inspect(timeout=1).ping())\n"_s,
                  m_ground->server.url()});
    QVERIFY(client.waitForFinished(30000));
    const QByteArray said = client.readAllStandardOutput();
    QVERIFY2(said.contains("pong"), (said + client.readAllStandardError()).constData());
    QTRY_COMPARE_WITH_TIMEOUT(m_ground->status(id), u"SUCCESS"_s, 30000);
    QCOMPARE(journalLines("begin").size(), 1);
    QTRY_COMPARE(m_ground->leftovers(), "0/0/0");
}

int main(int argc, char **argv)
{
    if (NodeProcess::isWanted(argc, argv))
        return NodeProcess::run(argc, argv);
    QCoreApplication app(argc, argv);
    tst_CeleryCrash test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_celerycrash.moc"
