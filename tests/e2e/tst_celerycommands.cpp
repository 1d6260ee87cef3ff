// SPDX-License-Identifier: GPL-3.0-only
#include "celeryground.h"

#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Celery's own command lines, as an operator types them, against `quoin worker`, whose threads are all at work.
class CeleryCommandsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void commandsAreAnswered_data();
    void commandsAreAnswered();
    void eventsAreTold();
    void aStartingCeleryWorkerFindsUs();
    void shutdownEndsTheWorker();

private:
    static QList<QStringList> commands();

    CeleryGround m_ground;
    QuoinProcess *m_worker = nullptr;
    PeerProcess *m_events = nullptr;
    QString m_running;
    QHash<QString, QByteArray> m_answers;
    QHash<QString, int> m_exitCodes;
};

/// All at the same time, so that Python's start is paid once. One that names its node ends with its answer, the others
/// wait until their time is over.
QList<QStringList> CeleryCommandsTest::commands()
{
    const QStringList toOurs{u"-d"_s, u"ours@test"_s, u"--timeout"_s, u"60"_s};
    const QStringList toAll{u"--timeout"_s, u"10"_s};
    QList<QStringList> all{QStringList{u"status"_s} + toAll, QStringList{u"inspect"_s, u"ping"_s} + toAll};
    for (const QString &method : {u"ping"_s, u"active"_s, u"reserved"_s, u"scheduled"_s, u"registered"_s, u"stats"_s,
                                  u"active_queues"_s, u"conf"_s, u"revoked"_s, u"report"_s, u"clock"_s})
        all += QStringList{u"inspect"_s, method} + toOurs;
    all += QStringList{u"control"_s, u"rate_limit"_s, u"labour.note"_s, u"10/m"_s} + toOurs;
    all += QStringList{u"control"_s, u"add_consumer"_s, u"extra"_s} + toOurs;
    all += QStringList{u"control"_s, u"pool_grow"_s, u"2"_s} + toOurs;
    return all;
}

void CeleryCommandsTest::initTestCase()
{
    const QString missing = CeleryGround::missing();
    if (!missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
    QVERIFY(m_ground.start());
    m_worker = &m_ground.ourWorker();
    m_worker->set(u"queue.concurrency"_s, u"2"_s);
    m_worker->set(u"shutdown.timeout"_s, u"2s"_s);
    QVERIFY2(m_worker->start(), m_worker->report());
    m_events = &m_ground.theirs(u"events"_s);
    m_events->startCelery({u"events"_s, u"--dump"_s});
    m_ground.client().send(u"labour.note"_s, {u"later"_s}, {{u"queue"_s, u"quoin"_s}, {u"countdown"_s, 3600}});
    QTRY_COMPARE_WITH_TIMEOUT(m_ground.waiting("quoin"), 0, 20'000); // a node without a free thread takes nothing
    m_running = m_ground.client().send(u"labour.sleep"_s, {600'001}, {{u"queue"_s, u"quoin"_s}});
    m_ground.client().send(u"labour.sleep"_s, {600'002}, {{u"queue"_s, u"quoin"_s}});
    QTRY_COMPARE_WITH_TIMEOUT(m_ground.notes("sleeping").size(), 2, 20'000);

    QHash<QString, PeerProcess *> asked;
    for (const QStringList &command : commands()) {
        const QString line = command.join(u' ');
        asked.insert(line, &m_ground.theirs(QString::number(asked.size())));
        asked[line]->startCelery(command);
    }
    for (auto process = asked.cbegin(); process != asked.cend(); ++process) {
        m_exitCodes.insert(process.key(), process.value()->waitForExit(std::chrono::minutes(2)).value_or(-1));
        m_answers.insert(process.key(), process.value()->output());
    }
}

void CeleryCommandsTest::commandsAreAnswered_data()
{
    QTest::addColumn<QByteArrayList>("parts"); ///< All of them are in the answer.
    QTest::newRow("status --timeout 10") << QByteArrayList{"ours@test", "OK", "1 node online"};
    QTest::newRow("inspect ping --timeout 10") << QByteArrayList{"ours@test", "pong"};
    const auto row = [](const char *command, const QByteArrayList &parts) {
        QTest::newRow(qPrintable(QLatin1String(command) + u" -d ours@test --timeout 60"_s))
            << QByteArrayList{"ours@test"} + parts;
    };
    row("inspect ping", {"pong"});
    row("inspect active", {"labour.sleep", "600001", "600002", "time_start"});
    row("inspect reserved", {});
    row("inspect scheduled", {"labour.note", "later", "eta"});
    row("inspect registered", {"labour.note", "labour.sleep", "sip.make_sip", "app.make_sip"});
    row("inspect stats", {"pool", "max-concurrency", "broker", "redis", "uptime"});
    row("inspect active_queues", {"celery", "quoin"});
    row("inspect conf", {"worker_concurrency", "broker_url"});
    row("inspect revoked", {});
    row("inspect report", {"quoin"});
    row("inspect clock", {"clock"});
    row("control rate_limit labour.note 10/m", {});
    row("control add_consumer extra", {"add consumer extra"});
    row("control pool_grow 2", {"pool will grow"});
}

void CeleryCommandsTest::commandsAreAnswered()
{
    QFETCH(const QByteArrayList, parts);
    const QString line = QString::fromLatin1(QTest::currentDataTag());
    QVERIFY2(m_answers.contains(line), qPrintable(line));
    const QByteArray answer = m_answers.value(line);
    for (const QByteArray &part : parts)
        QVERIFY2(answer.contains(part), part + " is not in " + answer);
    QVERIFY2(!answer.contains("Traceback"), answer);
    if (!line.startsWith("control rate_limit"_L1)) // we have none, and say so
        QCOMPARE(m_exitCodes.value(line), 0);
}

void CeleryCommandsTest::eventsAreTold()
{
    for (const char *heard : {"ours@test", "heartbeat: active=2"})
        QTRY_VERIFY2_WITH_TIMEOUT(m_events->output().contains(heard), m_events->report(), 20'000);
    m_ground.client().ask(u"inspect"_s, {{u"method"_s, u"enable_events"_s}});
    // Both of the first two threads sleep; what pool_grow added is free.
    const QString id = m_ground.client().send(u"labour.note"_s, {u"heard"_s}, {{u"queue"_s, u"extra"_s}});
    for (const char *heard : {"task received", "task started", "task succeeded"}) {
        const auto isHeard = [&] {
            for (const QByteArray &line : m_events->output().split('\n')) {
                if (line.contains(heard) && line.contains(id.toUtf8()))
                    return true;
            }
            return false;
        };
        QTRY_VERIFY2_WITH_TIMEOUT(isHeard(), m_events->report(), 20'000);
    }
    QVERIFY(m_events->isRunning());
}

/// It greets those that are there ("mingle") and hears what they tell ("gossip"): an event that is not as it expects
/// would end it.
void CeleryCommandsTest::aStartingCeleryWorkerFindsUs()
{
    PeerProcess &theirs = m_ground.theirs();
    for (int attempt = 1; attempt <= 5; ++attempt) { // it waits for a second only, which a busy machine may need
        QVERIFY2(theirs.startWorker({u"-Q"_s, u"theirs"_s}), theirs.report());
        if (theirs.output().contains("mingle: sync with"))
            break;
    }
    QVERIFY2(theirs.output().contains("mingle: sync with 1 nodes"), theirs.report());
    const QString id = m_ground.client().send(u"app.add"_s, {1, 2}, {{u"queue"_s, u"theirs"_s}});
    QCOMPARE(m_ground.client().get(id).value(u"result"_s).toInt(), 3);
    QTRY_VERIFY2_WITH_TIMEOUT(theirs.output().contains(" succeeded in "), theirs.report(), 30'000);
    QVERIFY2(!theirs.output().contains("Traceback"), theirs.report());
    theirs.kill(); // how it stops when it is told to is its own affair: at times with a traceback, at times not at all
}

void CeleryCommandsTest::shutdownEndsTheWorker()
{
    for (const char *sleeping : {"600001", "600002"})
        QVERIFY(m_ground.noted("sleeping").contains(sleeping));
    m_ground.client().ask(u"revoke"_s, {{u"id"_s, m_running}, {u"terminate"_s, true}});
    m_ground.theirs(u"control"_s).runCelery({u"control"_s, u"shutdown"_s, u"-d"_s, u"ours@test"_s});
    QVERIFY2(m_worker->waitForExit(std::chrono::seconds(60)) == 0, m_worker->report());
    QTRY_VERIFY2_WITH_TIMEOUT(m_events->output().contains("shutdown: "), m_events->report(), 30'000);
    // What had not ended is in Redis again, and so is what waits for its time.
    QCOMPARE(m_ground.redis().cli({u"HLEN"_s, u"unacked"_s}), "0");
    QVERIFY(m_ground.waiting("quoin") > 0);
}

QTEST_GUILESS_MAIN(CeleryCommandsTest)
#include "tst_celerycommands.moc"
