// SPDX-License-Identifier: GPL-3.0-only
#include "archive.h"
#include "celeryground.h"

#include <QFile>
#include <QJsonDocument>
#include <QTest>

using namespace Qt::StringLiterals;
using namespace quoin::test;

/// Our server and worker, gunicorn with Flask and a Celery worker on one Redis: what either asks for, the other does.
/// Ours take what is in the queues "celery" and "quoin", theirs what is in "theirs".
class CeleryBothWaysTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void makeSipOfPythonIsServedByUs();
    void argumentsMayBeGivenByName();
    void makeSipOfOursIsServedByPython();
    void whatFailsHereIsRaisedThere();
    void whatFailsIsTriedAgainUntilItIsDone();
    void whatIsForLaterRunsThen();
    void whatHasExpiredIsNotRun();
    void whatIsRevokedIsNotRun();
    void whatRunsAndIsRevokedIsAskedToStop();
    void whatTakesTooLongIsAskedToStop();
    void whatDoesNotStopIsFailedAndItsProcessReplaced();
    void aChainGoesFromSideToSide();
    void aChordHasMembersOnBothSides();
    void whatIsLinkedFollowsOnTheOtherSide();
    void aSweepingClientDoesNotTakeWhatWeRun();
    void whatIsUrgentRunsFirst();
    void whatPythonRanIsDoneInOurHistory();
    void nothingIsLeft();

private:
    QString raisedBy(const QString &id, QString *message = nullptr);
    QJsonValue resultOf(const QString &id);

    CeleryGround m_ground;
    QuoinProcess *m_server = nullptr;
    QuoinProcess *m_worker = nullptr;
    PeerProcess *m_flask = nullptr;
};

namespace {

const QJsonObject toUs{{u"queue"_s, u"quoin"_s}};
const QJsonObject toThem{{u"queue"_s, u"theirs"_s}};

QJsonObject toUsAnd(const QString &option, const QJsonValue &value)
{
    QJsonObject options = toUs;
    options.insert(option, value);
    return options;
}

/// What zlib.decompress() would give; qUncompress() wants a guess of the size first.
QByteArray inflated(const QByteArray &stream) { return qUncompress(QByteArray::fromHex("00001000") + stream); }

} // namespace

void CeleryBothWaysTest::initTestCase()
{
    const QString missing = CeleryGround::missing();
    if (!missing.isEmpty())
        QSKIP(qPrintable(u"install the Debian package "_s + missing));
    QVERIFY(m_ground.start());
    m_flask = &m_ground.theirs(u"flask"_s);
    m_flask->launchWeb(1); // imports while ours start
    PeerProcess &theirs = m_ground.theirs();
    theirs.launchWorker({u"-Q"_s, u"theirs"_s});
    m_server = &m_ground.ourServer();
    m_server->set(u"queue.shared"_s, u"theirs"_s);
    m_server->set(u"sip.task_name"_s, u"app.make_sip"_s);
    m_server->set(u"sip.format"_s, u"zlib"_s);
    QVERIFY2(m_server->start(), m_server->report());
    m_worker = &m_ground.ourWorker();
    QVERIFY2(m_worker->start(), m_worker->report());
    for (const QuoinProcess *process : {m_server, m_worker}) {
        for (const QByteArray &line : process->output().split('\n'))
            QVERIFY2(!line.contains("refused file="), line); // without a plugin nothing below can be
    }
    QVERIFY2(m_flask->waitForWeb(), m_flask->report());
    QVERIFY2(theirs.waitForWorker(), theirs.report());
}

QString CeleryBothWaysTest::raisedBy(const QString &id, QString *message)
{
    const QJsonObject answer = m_ground.client().get(id);
    if (message)
        *message = answer.value(u"arguments"_s).toArray().first().toString();
    return answer.contains(u"raised"_s) ? answer.value(u"raised"_s).toString() : u"nothing"_s;
}

QJsonValue CeleryBothWaysTest::resultOf(const QString &id)
{
    const QJsonObject answer = m_ground.client().get(id);
    return answer.contains(u"result"_s) ? answer.value(u"result"_s) : QJsonValue(answer);
}

void CeleryBothWaysTest::makeSipOfPythonIsServedByUs()
{
    const QByteArray data = R"({"title":"al-Jabr","pages":[1,2.5,null],"\u00e9":true})";
    const HttpReply posted = HttpClient(m_flask->port()).post("/record", data);
    QCOMPARE(posted.status, 200);
    const qint64 id = QJsonDocument::fromJson(posted.body).object().value(u"id"_s).toInteger();
    QTRY_COMPARE_WITH_TIMEOUT(packagesByRecord(m_ground.sipDirectory()).value(id).size(), 1, 20'000);
    const QString file = packagesByRecord(m_ground.sipDirectory()).value(id).first();
    QString fault;
    const QByteArray payload = payloadOf(m_ground.sipDirectory() + u'/' + file, &fault);
    QCOMPARE(fault, QString());
    QCOMPARE(QJsonDocument::fromJson(payload), QJsonDocument::fromJson(data));
    // Our server knows of it, though its task never went through us.
    const auto sips = [&] {
        return HttpClient(m_server->port()).get("/record/" + QByteArray::number(id) + "/sips").body;
    };
    QTRY_VERIFY2_WITH_TIMEOUT(sips().contains(file.toUtf8()), sips(), 30'000);
}

void CeleryBothWaysTest::argumentsMayBeGivenByName()
{
    const QJsonObject byName{{u"recid"_s, 1001}, {u"data"_s, QJsonObject{{u"by"_s, u"name"_s}}}};
    const QString id = m_ground.client().send(u"app.make_sip"_s, {}, {{u"kwargs"_s, byName}});
    QCOMPARE(resultOf(id), QJsonValue(QJsonValue::Null));
    QCOMPARE(packagesByRecord(m_ground.sipDirectory()).value(1001).size(), 1);
}

void CeleryBothWaysTest::makeSipOfOursIsServedByPython()
{
    const QByteArray data = R"({"title":"Kitab","number":12})";
    const HttpReply posted = HttpClient(m_server->port()).post("/record", data);
    QCOMPARE(posted.status, 200);
    const qint64 id = QJsonDocument::fromJson(posted.body).object().value(u"id"_s).toInteger();
    QTRY_COMPARE_WITH_TIMEOUT(packagesByRecord(m_ground.sipDirectory()).value(id).size(), 1, 20'000);
    QFile file(m_ground.sipDirectory() + u'/' + packagesByRecord(m_ground.sipDirectory()).value(id).first());
    QTRY_VERIFY(file.size() > 0);
    QVERIFY(file.open(QIODevice::ReadOnly));
    QCOMPARE(QJsonDocument::fromJson(inflated(file.readAll())), QJsonDocument::fromJson(data));
}

void CeleryBothWaysTest::whatFailsHereIsRaisedThere()
{
    QString message;
    QVERIFY(raisedBy(m_ground.client().send(u"labour.fail"_s, {u"no such box"_s}, toUs), &message) != u"nothing"_s);
    QVERIFY2(message.contains(u"no such box"_s), qPrintable(message));
    // Bad arguments and a task that nobody knows, too.
    QVERIFY(raisedBy(m_ground.client().send(u"labour.fail"_s, {1, 2, 3}, toUs)) != u"nothing"_s);
    QCOMPARE(raisedBy(m_ground.client().send(u"app.nobody_knows"_s, {}, {{u"queue"_s, u"celery"_s}})),
             u"NotRegistered"_s);
}

void CeleryBothWaysTest::whatFailsIsTriedAgainUntilItIsDone()
{
    const QString id = m_ground.client().send(u"labour.flaky"_s, {2}, toUs);
    QCOMPARE(resultOf(id), QJsonValue(QJsonValue::Null));
    QByteArrayList attempts;
    for (const QByteArray &line : m_ground.notes("trying"))
        attempts += line.split(' ').value(3);
    QCOMPARE(attempts, (QByteArrayList{"1", "2", "3"}));
}

void CeleryBothWaysTest::whatIsForLaterRunsThen()
{
    const auto sent = std::chrono::system_clock::now().time_since_epoch();
    const QString id = m_ground.client().send(u"labour.note"_s, {u"later"_s}, toUsAnd(u"countdown"_s, 1.5));
    QCOMPARE(resultOf(id), QJsonValue(QJsonValue::Null));
    const qint64 ran = m_ground.notes("note").last().split(' ').first().toLongLong();
    QVERIFY(std::chrono::microseconds(ran) >= sent + std::chrono::milliseconds(1500));
}

void CeleryBothWaysTest::whatHasExpiredIsNotRun()
{
    QString message;
    const QString id = m_ground.client().send(u"labour.note"_s, {u"expired"_s}, toUsAnd(u"expires"_s, -1));
    QCOMPARE(raisedBy(id, &message), u"TaskRevokedError"_s);
    QCOMPARE(message, u"expired"_s);
    QVERIFY(!m_ground.noted().contains("\"expired\""));
}

void CeleryBothWaysTest::whatIsRevokedIsNotRun()
{
    const QString id = m_ground.client().send(u"labour.note"_s, {u"revoked"_s},
                                              toUsAnd(u"countdown"_s, 5)); // it is told when it is due
    m_ground.client().ask(u"revoke"_s, {{u"id"_s, id}});
    QString message;
    QCOMPARE(raisedBy(id, &message), u"TaskRevokedError"_s);
    QCOMPARE(message, u"revoked"_s);
    QVERIFY(!m_ground.noted().contains("\"revoked\""));
}

void CeleryBothWaysTest::whatRunsAndIsRevokedIsAskedToStop()
{
    const auto stopped = m_ground.notes("stopped").size();
    const QString id = m_ground.client().send(u"labour.sleep"_s, {60'000}, toUs);
    QTRY_VERIFY_WITH_TIMEOUT(m_ground.noted("sleeping").contains("60000"), 30'000);
    m_ground.client().ask(u"revoke"_s, {{u"id"_s, id}, {u"terminate"_s, true}});
    QString message;
    QCOMPARE(raisedBy(id, &message), u"TaskRevokedError"_s);
    QCOMPARE(message, u"terminated"_s);
    QTRY_COMPARE(m_ground.notes("stopped").size(), stopped + 1);
}

void CeleryBothWaysTest::whatTakesTooLongIsAskedToStop()
{
    const auto stopped = m_ground.notes("stopped").size();
    const QString id = m_ground.client().send(u"labour.sleep"_s, {50'000}, toUsAnd(u"soft_time_limit"_s, 0.5));
    QCOMPARE(raisedBy(id), u"SoftTimeLimitExceeded"_s);
    QTRY_COMPARE(m_ground.notes("stopped").size(), stopped + 1);
}

void CeleryBothWaysTest::whatDoesNotStopIsFailedAndItsProcessReplaced()
{
    const QList<qint64> before = m_worker->children();
    const QString id = m_ground.client().send(u"labour.sleep_deeply"_s, {60'000}, toUsAnd(u"time_limit"_s, 0.5));
    QCOMPARE(raisedBy(id), u"TimeLimitExceeded"_s);
    const auto isReplaced = [&] { // the old one has left: it gives back what it takes while it leaves
        const QList<qint64> now = m_worker->children();
        return !now.isEmpty() && std::none_of(now.begin(), now.end(), [&](qint64 pid) { return before.contains(pid); });
    };
    QTRY_VERIFY_WITH_TIMEOUT(isReplaced(), 30'000);
    QCOMPARE(resultOf(m_ground.client().send(u"labour.note"_s, {u"goes on"_s}, toUs)), QJsonValue(QJsonValue::Null));
    QCOMPARE(m_ground.noted("sleeping").count("60000"), 2); // the one that was revoked, and this one, once
}

void CeleryBothWaysTest::aChainGoesFromSideToSide()
{
    const QJsonArray tasks{signature(u"app.add"_s, {1, 2}, toThem), signature(u"labour.note"_s, {u"then"_s}, toUs),
                           signature(u"app.add"_s, {5}, toThem), signature(u"app.add"_s, {10}, toThem)};
    const QString id = m_ground.client().ask(u"in_chain"_s, {{u"tasks"_s, tasks}}).value(u"id"_s).toString();
    QCOMPARE(resultOf(id), QJsonValue(15));
    QVERIFY2(m_ground.noted().contains("3,\"then\""), m_ground.noted().join('\n'));
}

void CeleryBothWaysTest::aChordHasMembersOnBothSides()
{
    const QJsonArray header{signature(u"app.add"_s, {1, 2}, toThem), signature(u"labour.note"_s, {u"member"_s}, toUs),
                            signature(u"app.add"_s, {3, 4}, toThem)};
    const QJsonObject theirEnd = signature(u"app.total"_s, {100}, toThem);
    const auto chord = [&](const QJsonObject &body) {
        return m_ground.client()
            .ask(u"in_chord"_s, {{u"header"_s, header}, {u"body"_s, body}})
            .value(u"id"_s)
            .toString();
    };
    QCOMPARE(resultOf(chord(theirEnd)), QJsonValue(110));
    QCOMPARE(resultOf(chord(signature(u"labour.note"_s, {u"all"_s}, toUs))), QJsonValue(QJsonValue::Null));
    const QByteArray noted = m_ground.noted().last();
    QVERIFY2(noted.endsWith(",\"all\""), noted);
    QCOMPARE(QJsonDocument::fromJson(noted.chopped(6)).array(), (QJsonArray{3, QJsonValue::Null, 7}));
}

void CeleryBothWaysTest::whatIsLinkedFollowsOnTheOtherSide()
{
    const QJsonObject note = signature(u"app.note"_s, {u"after ours"_s}, toThem, true);
    const QJsonObject done{{u"task"_s, signature(u"labour.note"_s, {u"linked"_s}, toUs)}, {u"link"_s, note}};
    QCOMPARE(resultOf(m_ground.client().ask(u"with_links"_s, done).value(u"id"_s).toString()),
             QJsonValue(QJsonValue::Null));
    QTRY_VERIFY_WITH_TIMEOUT(m_ground.theirNotes().contains("after ours"), 20'000);

    const QJsonObject failing{{u"task"_s, signature(u"labour.fail"_s, {u"linked"_s}, toUs)},
                              {u"link_error"_s, signature(u"labour.note"_s, {u"errback"_s}, toUs)}};
    const QString id = m_ground.client().ask(u"with_links"_s, failing).value(u"id"_s).toString();
    const QByteArray expected = '"' + id.toUtf8() + "\",\"errback\"";
    QTRY_VERIFY2_WITH_TIMEOUT(m_ground.noted().contains(expected), m_ground.noted().join('\n'), 20'000);
}

void CeleryBothWaysTest::aSweepingClientDoesNotTakeWhatWeRun()
{
    const QString id = m_ground.client().send(u"labour.sleep"_s, {7000}, toUs);
    QTRY_VERIFY_WITH_TIMEOUT(m_ground.noted("sleeping").contains("7000"), 30'000);
    // Each takes a third of a second: it goes on for longer than the timeout, while ours runs. What we hold is renewed
    // every half second, which may be late on a busy machine.
    m_ground.client().ask(u"sweep"_s, {{u"visibility_timeout"_s, 3}, {u"times"_s, 16}});
    QCOMPARE(resultOf(id), QJsonValue(QJsonValue::Null));
    QVERIFY2(m_ground.noted("sleeping").count("7000") == 1, m_worker->report());
}

void CeleryBothWaysTest::whatIsUrgentRunsFirst()
{
    for (const int priority : {9, 6, 3, 0})
        m_ground.client().send(u"labour.note"_s, {u"priority %1"_s.arg(priority)},
                               {{u"queue"_s, u"ordered"_s}, {u"priority"_s, priority}});
    QuoinProcess &worker = m_ground.ourWorker(u"ordering"_s);
    worker.set(u"queue.consume"_s, u"ordered"_s);
    worker.set(u"queue.concurrency"_s, u"1"_s);
    QVERIFY2(worker.start(), worker.report());
    const auto noted = [&] {
        QByteArrayList texts = m_ground.noted();
        texts.removeIf([](const QByteArray &text) { return !text.startsWith("\"priority"); });
        return texts;
    };
    const QByteArrayList expected{"\"priority 0\"", "\"priority 3\"", "\"priority 6\"", "\"priority 9\""};
    QTRY_COMPARE_WITH_TIMEOUT(noted(), expected, 20'000);
    worker.terminate();
    QVERIFY2(worker.waitForExit() == 0, worker.report());
}

/// Nothing tells us: we look at the result after a while.
void CeleryBothWaysTest::whatPythonRanIsDoneInOurHistory()
{
    const auto history = [&] { return tasksByWorker(m_ground.databaseUrl(), u"sip.make_sip"_s); };
    QTRY_COMPARE_WITH_TIMEOUT(history().value(u"celery"_s), u"done"_s, 40'000);
    QTRY_VERIFY(!tasksByState(m_ground.databaseUrl()).contains(u"sent"_s));
}

void CeleryBothWaysTest::nothingIsLeft()
{
    QTRY_COMPARE_WITH_TIMEOUT(m_ground.whatIsLeft(), QString(), 20'000);
    QCOMPARE(m_ground.deadLetters(), QByteArrayList());
    for (QuoinProcess *process : {m_worker, m_server}) {
        process->terminate();
        QVERIFY2(process->waitForExit() == 0, process->report());
    }
}

QTEST_GUILESS_MAIN(CeleryBothWaysTest)
#include "tst_celerybothways.moc"
