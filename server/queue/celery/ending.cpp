// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/ending.h"

namespace quoin::celery {

using namespace Qt::StringLiterals;
using queue::Settlement;
using queue::TaskState;

namespace {

Ending::Kind kindOf(const Settlement &settlement)
{
    switch (settlement.state) {
    case TaskState::Done:
        return Ending::Kind::Succeeded;
    case TaskState::Scheduled:
        return Ending::Kind::Retried;
    case TaskState::Ready:
        return Ending::Kind::GivenBack;
    case TaskState::Cancelled:
        return Ending::Kind::Revoked;
    default:
        return Ending::Kind::Failed;
    }
}

QByteArray resultOf(const Held &held, const Ending &ending, const ResultOwner &owner, qint64 now)
{
    switch (ending.kind) {
    case Ending::Kind::Succeeded: {
        const auto text = successText(owner, "null", now);
        return text ? *text : QByteArray();
    }
    case Ending::Kind::Failed:
        return failureText(owner, ending.fault, now);
    case Ending::Kind::Retried:
        return retryText(owner, ending.fault);
    case Ending::Kind::Revoked:
        return revokedText(owner, ending.reason, now);
    default:
        return {};
    }
    Q_UNUSED(held)
}

/// A success whose followers cannot be published is a failure for Celery, which has nowhere else to say so.
Aftermath aftermathOf(const Held &held, Ending &ending, const ClosingRules &rules, QStringList *told)
{
    if (ending.kind == Ending::Kind::Succeeded) {
        auto after = afterSuccess(held.message, "null", rules.ground);
        if (after)
            return *std::move(after);
        *told += after.error().message();
        ending.kind = Ending::Kind::Failed;
        ending.fault = TaskFault::failed(after.error());
    }
    if (ending.kind == Ending::Kind::Failed && held.message.standing == Standing::Sound)
        return afterFailure(held.message, ending.fault, rules.ground, told);
    if (ending.kind == Ending::Kind::Revoked)
        return afterRevocation(held.message, ending.reason);
    return {};
}

void addOwnPushes(Closing &closing, const Held &held, const Ending &ending, const ClosingRules &rules)
{
    QList<Push> &pushes = closing.finish.pushes;
    const QByteArray &raw = held.claimed.raw;
    if (ending.kind == Ending::Kind::GivenBack)
        pushes += Push{Push::Where::Front, held.claimed.key, redeliveredEnvelope(raw)};
    if (ending.kind == Ending::Kind::PutOff)
        pushes += Push{Push::Where::Delayed, held.claimed.queue, raw, ending.due};
    if (ending.isDeadLetter)
        pushes += Push{Push::Where::Dead, {}, deadLetter(ending.reason, held.claimed.queue, raw, rules.ground.now)};
    if (ending.kind != Ending::Kind::Retried)
        return;
    const auto again = retryPublication(held.message, held.claimed.queue, ending.due, rules.ground.node);
    if (again)
        pushes += Push{Push::Where::Delayed, held.claimed.queue, again->envelope, ending.due};
    else // then as it came: it lacks the count of Celery's retries, which the table has
        pushes += Push{Push::Where::Delayed, held.claimed.queue, redeliveredEnvelope(raw), ending.due};
}

} // namespace

Conclusion conclude(const Held &held, const queue::Outcome &outcome, const queue::TaskKind &kind, double random,
                    qint64 now)
{
    Conclusion conclusion;
    Settlement &settlement = conclusion.settlement;
    Ending &ending = conclusion.ending;
    settlement = queue::settle(outcome, kind, random);
    const bool isLimited = held.message.softLimit && outcome.error && outcome.overran && !outcome.drained;
    if (isLimited && settlement.state == TaskState::Scheduled) {
        settlement.state = TaskState::Dead;
        settlement.finished = outcome.finished;
    }
    ending.kind = kindOf(settlement);
    ending.started = outcome.started;
    ending.finished = outcome.finished;
    if (outcome.error) {
        ending.fault = isLimited ? TaskFault::softLimit() : TaskFault::failed(*outcome.error);
        ending.reason = ending.kind == Ending::Kind::Revoked ? u"terminated"_s : outcome.error->message();
    }
    if (settlement.state == TaskState::Scheduled)
        ending.due = now + queue::toMicroseconds(settlement.delay);
    if (settlement.state == TaskState::Scheduled || settlement.state == TaskState::Ready)
        settlement.state = TaskState::Sent;
    return conclusion;
}

Settlement settlementOf(const Held &held, const Ending &ending, qint64 now)
{
    Settlement settlement;
    settlement.id = held.row;
    settlement.attempt = held.attempt;
    settlement.finished = now;
    settlement.started = ending.started;
    switch (ending.kind) {
    case Ending::Kind::Succeeded:
        break;
    case Ending::Kind::Failed:
        settlement.state = TaskState::Dead;
        settlement.error = queue::storable(ending.reason);
        break;
    case Ending::Kind::Revoked:
        settlement.state = TaskState::Cancelled;
        settlement.error = ending.reason;
        break;
    default:
        settlement.state = TaskState::Sent;
        settlement.counted = false;
        settlement.finished = 0;
    }
    return settlement;
}

Closing close(const Held &held, const Ending &how, const ClosingRules &rules)
{
    Closing closing;
    Ending ending = how;
    closing.finish.tag = held.claimed.tag;
    closing.finish.token = held.claimed.token;
    if (held.message.id.isNull()) { // nobody can wait for its result
        addOwnPushes(closing, held, ending, rules);
        return closing;
    }
    const Aftermath after = aftermathOf(held, ending, rules, &closing.told);
    addAftermath(closing.finish, after, {});
    addOwnPushes(closing, held, ending, rules);
    closing.parts = after.parts;

    ResultOwner owner = ResultOwner::of(held.message);
    owner.children = after.children;
    const QByteArray text = resultOf(held, ending, owner, rules.ground.now);
    if (rules.keepsResults && !held.message.ignoreResult && !text.isEmpty())
        closing.finish.result = StoredResult{resultKey(held.message.id), text};
    return closing;
}

void addAftermath(Finish &finish, const Aftermath &aftermath, const QByteArray &chord)
{
    for (const ChordSize &size : aftermath.chordSizes)
        finish.pushes += Push{Push::Where::Size, size.key, QByteArray::number(size.size), 0, chord};
    for (const Publication &publication : aftermath.publications)
        finish.pushes += Push{Push::Where::Back, publication.key, publication.envelope, 0, chord};
    for (const ResultWrite &result : aftermath.results)
        finish.pushes += Push{Push::Where::Result, resultKey(result.id), result.text, 0, chord};
}

} // namespace quoin::celery
