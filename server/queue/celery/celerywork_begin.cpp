// SPDX-License-Identifier: GPL-3.0-only
// From a claimed message to a run that has ended.
#include "queue/celery/celerywork.h"

#include "queue/celery/queuekey.h"
#include "queue/queuelog.h"
#include "queue/tasklines.h"

namespace quoin::celery {

using namespace Qt::StringLiterals;

namespace {

LedgerEntry entryOf(const Held &held, qint64 now)
{
    LedgerEntry entry;
    entry.message = held.message.id;
    entry.name = held.name.isNull() ? held.message.task : held.name;
    entry.arguments = held.arguments;
    entry.priority = ownPriority(held.message.priority);
    entry.retries = held.message.retries;
    entry.now = now;
    entry.trace = trace::toText(held.trace);
    return entry;
}

Ending crashed(const QString &error)
{
    Ending ending;
    ending.kind = Ending::Kind::Failed;
    ending.reason = error.isEmpty() ? u"Its last attempt did not end: its worker was killed or stalled."_s : error;
    ending.fault = TaskFault::failed(Error::internal(ending.reason));
    return ending;
}

Ending endingOf(const Begun &begun)
{
    Ending ending;
    switch (begun.verdict) {
    case Verdict::Done:
        ending.kind = Ending::Kind::Succeeded;
        break;
    case Verdict::Dead:
        return crashed(begun.error);
    case Verdict::Cancelled:
        ending.kind = Ending::Kind::Revoked;
        ending.reason = u"revoked"_s;
        break;
    case Verdict::Run:
    case Verdict::Copy:
        break;
    }
    return ending;
}

} // namespace

void CeleryQueue::Work::begin()
{
    if (m_toBegin.isEmpty() || m_beginning > 0 || m_databasePause.isActive())
        return;
    const QList<HeldPointer> batch = m_toBegin.mid(0, m_singly > 0 ? 1 : -1);
    m_toBegin.remove(0, batch.size());
    m_singly = std::max<qsizetype>(m_singly - 1, 0);
    m_beginning = batch.size();
    QList<LedgerEntry> entries;
    for (const HeldPointer &held : batch)
        entries += entryOf(*held, redisNow());
    QSet<QString> atWork;
    for (const HeldPointer &held : hands.all()) {
        if (held->row != 0)
            atWork.insert(held->message.id);
    }
    m_database
        .write([entries, atWork, owner = owner, worker = m_worker](Connection &connection) {
            return celery::begin(connection, owner, worker, entries, atWork);
        })
        .then([this, batch, mailbox = m_mailbox](const Result<QList<Begun>> &answer) {
            mailbox->post([this, batch, answer] { begun(batch, answer); });
        });
}

void CeleryQueue::Work::begun(const QList<HeldPointer> &batch, const Result<QList<Begun>> &answer)
{
    m_beginning = 0;
    if (!answer)
        return notBegun(batch, answer.error());
    databaseAnswered();
    QList<queue::Assignment> assignments;
    for (qsizetype i = 0; i < batch.size(); ++i)
        apply(batch[i], answer->at(i), assignments);
    if (!assignments.isEmpty())
        m_runs.start(assignments);
    giveBackUnbegun();
    advance();
}

/// A message that the database cannot take must not keep the others from it.
void CeleryQueue::Work::notBegun(const QList<HeldPointer> &batch, const Error &error)
{
    if (error.kind() == ErrorKind::Unavailable) {
        m_toBegin = batch + m_toBegin;
        databaseFailed(error);
    } else if (batch.size() > 1) {
        m_toBegin = batch + m_toBegin;
        m_singly = batch.size();
    } else {
        Ending ending{.kind = Ending::Kind::Failed, .fault = TaskFault::failed(error), .isDeadLetter = true};
        ending.reason = u"The database does not take it: %1"_s.arg(error.message());
        logFailure(*batch.first(), ending);
        close(batch.first(), ending);
    }
    giveBackUnbegun();
    advance();
}

void CeleryQueue::Work::apply(const HeldPointer &held, const Begun &begun, QList<queue::Assignment> &assignments)
{
    if (begun.verdict == Verdict::Copy) {
        if (const HeldPointer original = hands.findAtWork(held->message.id)) {
            // Kept until that ends: it may be the only one, if the other was taken from us.
            original->copies += held;
            return;
        }
    }
    if (begun.verdict != Verdict::Run)
        return close(held, endingOf(begun));
    held->row = begun.id;
    held->attempt = begun.attempt;
    held->created = begun.created;
    held->trace = trace::fromText(begun.trace).value_or(held->trace);
    if (held->foregone)
        return settle(held, *held->foregone);
    if (m_phase != Phase::Working)
        return settle(held, Ending{.kind = Ending::Kind::GivenBack});
    if (begun.attempt > catalogue.find(held->name)->attempts) { // whoever took it over counted the crash
        m_attempts.gaveUp(held->name);
        return settle(held, crashed(begun.error));
    }
    if (!begun.error.isEmpty() && begun.attempt > 1 && held->message.redelivered)
        qCWarning(quoinQueue).noquote().nospace() << "task taken over kind=" << held->name << " id=" << held->row
                                                  << " attempt=" << held->attempt << " error=\"" << begun.error << '"';
    hands.addRun(held);
    assignments += assignmentOf(*held);
}

queue::Assignment CeleryQueue::Work::assignmentOf(const Held &held) const
{
    queue::Assignment assignment;
    assignment.claimed = {
        held.row,     held.message.task,        held.arguments, held.attempt, ownPriority(held.message.priority),
        held.created, trace::toText(held.trace)};
    assignment.name = held.name;
    assignment.kind = *catalogue.find(held.name);
    assignment.limits = limits.value(held.name);
    if (held.message.softLimit || held.message.hardLimit)
        assignment.limits = {held.message.softLimit, held.message.hardLimit};
    if (assignment.limits.hard) // it is asked before it is failed
        assignment.limits.soft = std::min(*assignment.limits.hard,
                                          assignment.limits.soft.value_or(assignment.kind.timeLimit));
    return assignment;
}

void CeleryQueue::Work::takeBegun()
{
    for (const auto &run : m_runs.takeBegun()) {
        const HeldPointer held = hands.find(run->key());
        ++totals[run->name()];
        if (held)
            m_events.taskStarted(held->message.id);
    }
}

void CeleryQueue::Work::takeFinished()
{
    takeBegun(); // so that what began is told of before how it ended
    for (const auto &finished : m_runs.takeFinished()) {
        const HeldPointer held = hands.find(finished.run->key());
        if (!held) // given up: its outcome does not count
            continue;
        held->trace = finished.run->trace();
        const auto [ending, settlement] = conclude(*held, finished.outcome, finished.run->kind(), options.random(),
                                                   redisNow());
        m_attempts.ended(*finished.run, finished.outcome, settlement);
        if (finished.outcome.error) {
            ++counters.failed;
            logFailure(*held, ending);
        } else if (options.tellsDone) {
            queue::logDone(*finished.run, finished.outcome);
        }
        settle(held, ending, settlement);
    }
    advance();
}

void CeleryQueue::Work::logFailure(const Held &held, const Ending &ending) const
{
    const char *then = "dead";
    if (ending.kind == Ending::Kind::Retried)
        then = "scheduled";
    else if (ending.kind == Ending::Kind::GivenBack)
        then = "ready";
    else if (ending.kind == Ending::Kind::Revoked)
        then = "cancelled";
    qCWarning(quoinQueue).noquote().nospace()
        << "task failed kind=" << (held.name.isNull() ? held.message.task : held.name) << " id=" << held.row
        << " attempt=" << held.attempt << " then=" << then << " trace=" << trace::traceId(held.trace) << " error=\""
        << ending.reason << '"';
}

} // namespace quoin::celery
