// SPDX-License-Identifier: GPL-3.0-only
// What is decided about a message when it comes in, and what is written when it ends. All pure.
#include "queue/celery/ending.h"
#include "queue/celery/intake.h"
#include "queue/celery/isotime.h"
#include "queue/celery/revocations.h"

#include <QTest>

using namespace quoin;
using namespace quoin::celery;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using queue::TaskState;
using Kind = Ending::Kind;

Q_DECLARE_METATYPE(quoin::celery::Ending::Kind)
Q_DECLARE_METATYPE(quoin::queue::TaskState)

namespace {

constexpr qint64 now = 1'800'000'000'000'000;

Held heldOf(Outgoing outgoing, const QByteArray &queue = "celery")
{
    outgoing.id = u"id"_s;
    if (outgoing.task.isEmpty())
        outgoing.task = u"t.known"_s;
    outgoing.queue = queue;
    outgoing.tag = "tag";
    const QByteArray raw = *envelope(outgoing);
    Held held;
    held.claimed = {"tag", "1.5", queue, queue, raw};
    held.message = *parseMessage(raw);
    held.row = 7;
    held.attempt = 2;
    return held;
}

queue::TaskCatalogue catalogue()
{
    queue::TaskCatalogue catalogue;
    catalogue.add(u"t.known"_s, {});
    return catalogue;
}

ClosingRules rules()
{
    return {{now, u"quoin@here"_s, [](const QString &) { return QByteArray("celery"); }}, true};
}

/// "where key" of each push.
QByteArrayList pushesOf(const Finish &finish)
{
    const QByteArrayList names{"back", "front", "delayed", "dead", "result", "size"};
    QByteArrayList texts;
    for (const Push &push : finish.pushes)
        texts += (names.at(static_cast<int>(push.where)) + ' ' + push.key).trimmed();
    return texts;
}

} // namespace

class tst_CeleryEndings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aMessageIsJudgedInCelerysOrder_data();
    void aMessageIsJudgedInCelerysOrder();
    void anOutcomeIsAnEnding_data();
    void anOutcomeIsAnEnding();
    void whatWasNotRunIsSettledToo_data();
    void whatWasNotRunIsSettledToo();
    void anEndIsWritten_data();
    void anEndIsWritten();
    void aRetryIsTheSameTaskLater();
    void theNewestRevocationsAreKept();
};

void tst_CeleryEndings::aMessageIsJudgedInCelerysOrder_data()
{
    QTest::addColumn<QString>("task");
    QTest::addColumn<QByteArray>("queue");
    QTest::addColumn<bool>("isRevoked");
    QTest::addColumn<qint64>("expires"); // seconds from now; 0: never
    QTest::addColumn<qint64>("eta");
    QTest::addColumn<QString>("judgement");
    const QString known = u"t.known"_s, unknown = u"t.unknown"_s;
    const QByteArray own = "quoin", shared = "celery";
    QTest::newRow("good") << known << shared << false << qint64(0) << qint64(0) << u"run"_s;
    QTest::newRow("good, own") << known << own << false << qint64(9) << qint64(-9) << u"run"_s;
    QTest::newRow("unknown, shared") << unknown << shared << true << qint64(-1) << qint64(1) << u"failed"_s;
    QTest::newRow("unknown, own") << unknown << own << false << qint64(0) << qint64(0) << u"put off by 5 s"_s;
    QTest::newRow("unknown, own, revoked") << unknown << own << true << qint64(0) << qint64(0) << u"revoked"_s;
    QTest::newRow("revoked") << known << shared << true << qint64(-1) << qint64(1) << u"revoked"_s;
    QTest::newRow("expired") << known << shared << false << qint64(-1) << qint64(1) << u"expired"_s;
    QTest::newRow("early") << known << shared << false << qint64(1) << qint64(60) << u"put off by 60 s"_s;
}

void tst_CeleryEndings::aMessageIsJudgedInCelerysOrder()
{
    QFETCH(QString, task);
    QFETCH(QByteArray, queue);
    QFETCH(bool, isRevoked);
    QFETCH(qint64, expires);
    QFETCH(qint64, eta);
    QFETCH(QString, judgement);
    Outgoing outgoing;
    outgoing.task = task;
    if (expires != 0)
        outgoing.expires = isoTime(now + expires * 1'000'000);
    if (eta != 0)
        outgoing.eta = isoTime(now + eta * 1'000'000);
    Held held = heldOf(outgoing, queue);
    const auto known = catalogue();
    takeIn(held, {now, &known, [isRevoked](const QString &) { return isRevoked; }, "quoin", 5s});
    QString found = u"run"_s;
    if (held.foregone && held.foregone->kind == Kind::Failed)
        found = u"failed"_s;
    else if (held.foregone && held.foregone->kind == Kind::PutOff)
        found = u"put off by %1 s"_s.arg((held.foregone->due - now) / 1'000'000);
    else if (held.foregone)
        found = held.foregone->reason;
    QCOMPARE(found, judgement);
    QCOMPARE(held.name, task == u"t.known"_s ? task : QString());
}

void tst_CeleryEndings::anOutcomeIsAnEnding_data()
{
    QTest::addColumn<QString>("outcome"); // words
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<TaskState>("state");
    QTest::addColumn<bool>("counted");
    QTest::addColumn<QString>("fault");
    QTest::newRow("success") << u""_s << Kind::Succeeded << TaskState::Done << true << QString();
    QTest::newRow("failure") << u"error"_s << Kind::Retried << TaskState::Sent << true << u"Unavailable"_s;
    QTest::newRow("last failure") << u"error last"_s << Kind::Failed << TaskState::Dead << true << u"Unavailable"_s;
    QTest::newRow("hopeless") << u"invalid"_s << Kind::Failed << TaskState::Dead << true << u"Invalid"_s;
    QTest::newRow("drained") << u"error drained"_s << Kind::GivenBack << TaskState::Sent << false << u"Unavailable"_s;
    QTest::newRow("terminated") << u"error stopped"_s << Kind::Revoked << TaskState::Cancelled << true
                                << u"Unavailable"_s;
    QTest::newRow("over its own limit") << u"error overran"_s << Kind::Retried << TaskState::Sent << true
                                        << u"Unavailable"_s;
    QTest::newRow("over the message's limit")
        << u"error overran limited"_s << Kind::Failed << TaskState::Dead << true << u"SoftTimeLimitExceeded"_s;
    QTest::newRow("success in spite of the limit")
        << u"overran limited"_s << Kind::Succeeded << TaskState::Done << true << QString();
}

void tst_CeleryEndings::anOutcomeIsAnEnding()
{
    QFETCH(QString, outcome);
    QFETCH(Kind, kind);
    QFETCH(TaskState, state);
    QFETCH(bool, counted);
    QFETCH(QString, fault);
    const QStringList words = outcome.split(u' ');
    Outgoing outgoing;
    if (words.contains(u"limited"_s))
        outgoing.softLimit = 1s;
    const Held held = heldOf(outgoing);
    queue::Outcome ended;
    ended.id = held.row;
    ended.attempt = words.contains(u"last"_s) ? 10 : 2;
    ended.started = now - 5;
    ended.finished = now;
    ended.drained = words.contains(u"drained"_s);
    ended.stopped = words.contains(u"stopped"_s);
    ended.overran = words.contains(u"overran"_s);
    if (words.contains(u"error"_s))
        ended.error = Error::unavailable(u"no luck"_s);
    if (words.contains(u"invalid"_s))
        ended.error = Error::invalid(u"never right"_s);
    const auto [ending, settlement] = conclude(held, ended, {}, 0.5, now);
    QCOMPARE(ending.kind, kind);
    QCOMPARE(queue::toString(settlement.state), queue::toString(state));
    QCOMPARE(settlement.counted, counted);
    QCOMPARE(settlement.finished, state == TaskState::Sent ? 0 : now);
    QCOMPARE(ending.due, kind == Kind::Retried ? now + 2'000'000 : 0);
    if (!fault.isNull())
        QVERIFY2(ending.fault.type.endsWith(fault), qPrintable(ending.fault.type));
}

void tst_CeleryEndings::whatWasNotRunIsSettledToo_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<TaskState>("state");
    QTest::addColumn<bool>("counted");
    QTest::newRow("done before") << Kind::Succeeded << TaskState::Done << true;
    QTest::newRow("failed") << Kind::Failed << TaskState::Dead << true;
    QTest::newRow("revoked") << Kind::Revoked << TaskState::Cancelled << true;
    QTest::newRow("given back") << Kind::GivenBack << TaskState::Sent << false;
}

void tst_CeleryEndings::whatWasNotRunIsSettledToo()
{
    QFETCH(Kind, kind);
    QFETCH(TaskState, state);
    QFETCH(bool, counted);
    const auto settlement = settlementOf(heldOf({}), {.kind = kind, .reason = QString(5000, u'x')}, now);
    QCOMPARE(settlement.id, 7);
    QCOMPARE(settlement.attempt, 2);
    QCOMPARE(queue::toString(settlement.state), queue::toString(state));
    QCOMPARE(settlement.counted, counted);
    QCOMPARE(settlement.finished, state == TaskState::Sent ? 0 : now);
    QVERIFY(settlement.error.size() <= 5000);
}

void tst_CeleryEndings::anEndIsWritten_data()
{
    QTest::addColumn<Ending>("ending");
    QTest::addColumn<bool>("ignoresResult");
    QTest::addColumn<QByteArray>("status"); // null: no result
    QTest::addColumn<QByteArrayList>("pushes");
    const TaskFault fault = TaskFault::failed(Error::unavailable(u"no luck"_s));
    QTest::newRow("success") << Ending{.kind = Kind::Succeeded} << false << QByteArray("SUCCESS") << QByteArrayList();
    QTest::newRow("success, ignored") << Ending{.kind = Kind::Succeeded} << true << QByteArray() << QByteArrayList();
    QTest::newRow("failure") << Ending{.kind = Kind::Failed, .fault = fault} << false << QByteArray("FAILURE")
                             << QByteArrayList();
    QTest::newRow("dead letter") << Ending{.kind = Kind::Failed, .fault = fault, .isDeadLetter = true} << false
                                 << QByteArray("FAILURE") << QByteArrayList{"dead"};
    QTest::newRow("retry") << Ending{.kind = Kind::Retried, .fault = fault, .due = now} << false << QByteArray("RETRY")
                           << QByteArrayList{"delayed celery"};
    QTest::newRow("revoked") << Ending{.kind = Kind::Revoked, .reason = u"revoked"_s} << false << QByteArray("REVOKED")
                             << QByteArrayList();
    QTest::newRow("given back") << Ending{.kind = Kind::GivenBack} << false << QByteArray()
                                << QByteArrayList{"front celery"};
    QTest::newRow("put off") << Ending{.kind = Kind::PutOff, .due = now} << false << QByteArray()
                             << QByteArrayList{"delayed celery"};
    QTest::newRow("dropped") << Ending{.kind = Kind::Dropped} << false << QByteArray() << QByteArrayList();
}

void tst_CeleryEndings::anEndIsWritten()
{
    QFETCH(Ending, ending);
    QFETCH(bool, ignoresResult);
    QFETCH(QByteArray, status);
    QFETCH(QByteArrayList, pushes);
    Outgoing outgoing;
    outgoing.ignoreResult = ignoresResult;
    const Held held = heldOf(outgoing);
    const Closing closing = close(held, ending, rules());
    QCOMPARE(closing.finish.tag, "tag");
    QCOMPARE(closing.finish.token, "1.5");
    QCOMPARE(pushesOf(closing.finish), pushes);
    QCOMPARE(closing.finish.result.has_value(), !status.isNull());
    if (!status.isNull())
        QVERIFY2(closing.finish.result->text.contains("\"status\": \"" + status),
                 closing.finish.result->text.constData());
    ClosingRules without = rules();
    without.keepsResults = false;
    QVERIFY(!close(held, ending, without).finish.result);
}

void tst_CeleryEndings::aRetryIsTheSameTaskLater()
{
    Outgoing outgoing;
    outgoing.args = "[1.50]";
    outgoing.retries = 3;
    outgoing.priority = 6;
    const Held held = heldOf(outgoing);
    const TaskFault fault = TaskFault::failed(Error::unavailable(u"no luck"_s));
    const Closing closing = close(held, {.kind = Kind::Retried, .fault = fault, .due = now + 500'000}, rules());
    QCOMPARE(closing.finish.pushes.size(), 1);
    QCOMPARE(closing.finish.pushes[0].due, now + 500'000);
    const auto again = parseMessage(closing.finish.pushes[0].text);
    QVERIFY(again);
    QCOMPARE(again->id, held.message.id);
    QCOMPARE(again->args, held.message.args);
    QCOMPARE(again->retries, 4);
    QCOMPARE(again->priority, 6);
    QCOMPARE(again->eta, now + 500'000);
    QVERIFY(again->tag != held.message.tag);
}

void tst_CeleryEndings::theNewestRevocationsAreKept()
{
    Revocations revocations;
    QHash<QString, qint64> many;
    for (int i = 0; i < Revocations::most + 10; ++i)
        many.insert(QString::number(i), now + i);
    QCOMPARE(revocations.add(many).size(), many.size());
    QCOMPARE(revocations.all().size(), Revocations::most);
    QVERIFY(!revocations.contains(u"9"_s) && revocations.contains(u"10"_s));
    QVERIFY(revocations.add({{u"10"_s, now}}).isEmpty()); // an older time changes nothing
    QCOMPARE(revocations.add({{u"10"_s, now + Revocations::remembered * 2}}).size(), 1);
    revocations.forgetOld(now + Revocations::remembered * 2);
    QCOMPARE(revocations.all().keys(), QStringList{u"10"_s});
}

QTEST_GUILESS_MAIN(tst_CeleryEndings)
#include "tst_celeryendings.moc"
