// SPDX-License-Identifier: GPL-3.0-only
// From the end of a task to its acknowledgement.
#include "queue/celery/celerywork.h"

#include "queue/queuelog.h"

namespace quoin::celery {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using queue::TaskState;

namespace {

// So that Redis is never kept from others for long.
constexpr qsizetype mostAtOnce = 256;
constexpr qsizetype mostBytesAtOnce = 4 * 1024 * 1024;

qsizetype bytesOf(const Finish &finish)
{
    qsizetype bytes = finish.result ? finish.result->text.size() : 0;
    for (const Push &push : finish.pushes)
        bytes += push.text.size();
    return bytes;
}

/// What the task is then, to those who asked to be told.
TaskState stateOf(const Ending &ending)
{
    switch (ending.kind) {
    case Ending::Kind::Succeeded:
        return TaskState::Done;
    case Ending::Kind::Failed:
        return TaskState::Dead;
    case Ending::Kind::Revoked:
        return TaskState::Cancelled;
    case Ending::Kind::Retried:
        return TaskState::Scheduled;
    default:
        return TaskState::Ready;
    }
}

} // namespace

void CeleryQueue::Work::settle(const HeldPointer &held, const Ending &ending)
{
    if (ending.kind == Ending::Kind::Failed)
        logFailure(*held, ending);
    if (ending.kind == Ending::Kind::Revoked)
        qCInfo(quoinQueue).noquote().nospace() << "task revoked kind=" << held->message.task << " id=" << held->row
                                               << " message=" << held->message.id << " reason=" << ending.reason;
    settle(held, ending, settlementOf(*held, ending, queue::systemMicroseconds()));
}

void CeleryQueue::Work::settle(const HeldPointer &held, const Ending &ending, const queue::Settlement &settlement)
{
    m_toSettle += std::make_shared<Exit>(Exit{held, ending, settlement, {}, {}});
}

void CeleryQueue::Work::settleWaiting()
{
    if (m_toSettle.isEmpty() || m_settling || m_databasePause.isActive())
        return;
    m_settling = true;
    const Exits batch = std::exchange(m_toSettle, {});
    QList<queue::Settlement> settlements;
    for (const ExitPointer &exit : batch)
        settlements += exit->settlement;
    m_database
        .write([settlements, owner = owner](Connection &connection) {
            return celery::settle(connection, owner, settlements);
        })
        .then([this, batch, mailbox = m_mailbox](const Result<QSet<qint64>> &counted) {
            mailbox->post([this, batch, counted] { settled(batch, counted); });
        });
}

void CeleryQueue::Work::settled(const Exits &batch, const Result<QSet<qint64>> &counted)
{
    m_settling = false;
    if (!counted) {
        m_toSettle = batch + m_toSettle;
        return databaseFailed(counted.error());
    }
    databaseAnswered();
    Exits uncounted;
    for (const ExitPointer &exit : batch) {
        if (!counted->contains(exit->settlement.id)) {
            uncounted += exit;
            continue;
        }
        count(*exit);
        close(exit->held, exit->ending);
    }
    if (!uncounted.isEmpty())
        lookUp(uncounted);
    advance();
}

void CeleryQueue::Work::count(const Exit &exit)
{
    const TaskState state = stateOf(exit.ending);
    counters.done += state == TaskState::Done;
    counters.dead += state == TaskState::Dead;
    Q_EMIT queue.taskSettled(exit.settlement.id, state);
}

/// A task that a person cancelled is revoked for whoever waits for it. One that was taken over is its new holder's, and
/// so is what is told of it.
void CeleryQueue::Work::lookUp(const Exits &uncounted)
{
    counters.lost += uncounted.size();
    m_attempts.lost(uncounted.size());
    for (const ExitPointer &exit : uncounted)
        qCWarning(quoinQueue).noquote().nospace()
            << "outcome not counted id=" << exit->settlement.id << " attempt=" << exit->settlement.attempt
            << ": the task was cancelled, or taken over after its message had been lost";
    QStringList ids;
    for (const ExitPointer &exit : uncounted)
        ids += QString::number(exit->settlement.id);
    const QString sql = u"SELECT id FROM task WHERE state = 'cancelled' AND id IN (%1)"_s.arg(ids.join(u", "_s));
    m_database
        .read([sql](Connection &connection) -> Result<QSet<qint64>> {
            auto rows = connection.query(sql);
            if (!rows)
                return rows.error();
            QSet<qint64> cancelled;
            while (rows->next())
                cancelled.insert(rows->integer(0));
            if (const auto read = rows->error(); !read)
                return read.error();
            return cancelled;
        })
        .then([this, uncounted, mailbox = m_mailbox](const Result<QSet<qint64>> &cancelled) {
            mailbox->post([this, uncounted, cancelled] {
                for (const ExitPointer &exit : uncounted) {
                    Ending ending{.kind = Ending::Kind::Dropped};
                    if (cancelled && cancelled->contains(exit->settlement.id))
                        ending = {.kind = Ending::Kind::Revoked, .reason = u"terminated"_s};
                    close(exit->held, ending);
                }
                advance();
            });
        });
}

void CeleryQueue::Work::close(const HeldPointer &held, const Ending &ending)
{
    const auto exit = std::make_shared<Exit>(Exit{held, ending, {}, {}, {}});
    exit->closing = celery::close(*held, ending, {ground(*held), options.results.has_value()});
    for (const QString &sentence : std::as_const(exit->closing.told))
        qCWarning(quoinQueue).noquote().nospace()
            << "what follows a task cannot be published kind=" << held->message.task << " message=" << held->message.id
            << " error=\"" << sentence << '"';
    addChordParts(exit);
}

/// One after another: there is more than one only if the rest of a chain ended with the task.
void CeleryQueue::Work::addChordParts(const ExitPointer &exit)
{
    if (exit->closing.parts.isEmpty()) {
        m_toFinish += exit;
        return;
    }
    const ChordPart part = exit->closing.parts.first();
    m_results.addChordPart(part, [this, exit, part, mailbox = m_mailbox](const Result<ResultStore::Chord> &chord) {
        chordAnswered(exit, part, chord);
        advance();
    });
}

void CeleryQueue::Work::chordAnswered(const ExitPointer &exit, const ChordPart &part,
                                      const Result<ResultStore::Chord> &chord)
{
    if (!chord) {
        m_toCount += exit; // tick() tries again
        return;
    }
    Closing &closing = exit->closing;
    closing.parts.removeFirst();
    if (!chord->isKnown)
        qCWarning(quoinQueue).noquote().nospace()
            << "chord is not known where results are, its body will not run group=" << part.group
            << " message=" << exit->held->message.id
            << " remedy=\"set queue.results to the producers' result backend\"";
    if (!chord->parts.isEmpty()) {
        const Aftermath after = afterChord(part, chord->parts, ground(*exit->held), chord->hasStructure, &closing.told);
        addAftermath(closing.finish, after, chordKey(part.group, ""));
        closing.parts += after.parts;
        exit->chords += part.group;
    }
    addChordParts(exit);
}

void CeleryQueue::Work::finishWaiting()
{
    if (m_toFinish.isEmpty() || m_finishing || m_finishPause.isActive() || !m_commands.isOpen())
        return;
    m_finishing = true;
    qsizetype size = 0;
    for (qsizetype bytes = 0; size < std::min(mostAtOnce, m_toFinish.size()) && bytes < mostBytesAtOnce; ++size)
        bytes += bytesOf(m_toFinish[size]->closing.finish);
    const Exits batch = m_toFinish.mid(0, size);
    m_toFinish.remove(0, size);
    QList<Finish> ends;
    for (const ExitPointer &exit : batch) {
        // Of a later claim of the same message, if it was lost in between.
        exit->closing.finish.tag = exit->held->claimed.tag;
        exit->closing.finish.token = exit->held->claimed.token;
        exit->held->isClosing = true;
        ends += exit->closing.finish;
    }
    if (!m_resultsConnection)
        return finish(batch, ends);
    m_results.store(ends, [this, batch, ends](const Result<bool> &stored) {
        if (stored)
            finish(batch, withoutResults(ends));
        else
            finished(batch, stored.error());
    });
}

void CeleryQueue::Work::finish(const Exits &batch, const QList<Finish> &ends)
{
    m_broker.finish(ends, options.resultsExpire,
                    [this, batch](const Result<QList<bool>> &ours) { finished(batch, ours); });
}

void CeleryQueue::Work::finished(const Exits &batch, const Result<QList<bool>> &ours)
{
    m_finishing = false;
    if (!ours) {
        for (const ExitPointer &exit : batch) {
            exit->held->isClosing = false;
            ++exit->held->failures;
        }
        m_toFinish = batch + m_toFinish;
        if (ours.error().kind() != ErrorKind::Unavailable)
            qCWarning(quoinQueue).noquote().nospace()
                << "Redis does not take the end of tasks, trying again error=\"" << ours.error().message() << '"';
        m_finishPause.start(m_commands.isOpen() ? 500ms : 50ms);
        return;
    }
    for (qsizetype i = 0; i < batch.size(); ++i)
        finished(batch[i], ours->value(i));
    advance();
}

void CeleryQueue::Work::finished(const ExitPointer &exit, bool wasOurs)
{
    Held &held = *exit->held;
    if (!wasOurs && !held.copies.isEmpty()) { // the claim that was ours is another one
        const HeldPointer copy = held.copies.takeFirst();
        hands.remove(copy);
        hands.adopt(exit->held, copy->claimed);
        m_toFinish += exit;
        return;
    }
    if (!wasOurs && !held.isLost && held.failures == 0)
        qCWarning(quoinQueue).noquote().nospace() << "message was taken from this node kind=" << held.message.task
                                                  << " message=" << held.message.id << " before it was acknowledged";
    for (const QString &group : std::as_const(exit->chords)) {
        if (m_resultsConnection)
            m_results.dropChord(group);
    }
    if (exit->ending.kind == Ending::Kind::Retried || exit->ending.kind == Ending::Kind::PutOff)
        m_caretaker.expect(exit->ending.due, redisNow());
    tell(*exit);
    hands.remove(exit->held);
    for (const HeldPointer &copy : std::exchange(held.copies, {}))
        close(copy, Ending{.kind = Ending::Kind::Dropped});
}

void CeleryQueue::Work::tell(const Exit &exit)
{
    const QString &id = exit.held->message.id;
    const Ending &ending = exit.ending;
    if (id.isNull())
        return;
    switch (ending.kind) {
    case Ending::Kind::Succeeded:
        return m_events.taskSucceeded(id, "null", std::chrono::microseconds(ending.finished - ending.started));
    case Ending::Kind::Failed:
        return m_events.taskFailed(id, ending.fault);
    case Ending::Kind::Retried:
        return m_events.taskRetried(id, ending.fault);
    case Ending::Kind::Revoked:
        return m_events.taskRevoked(id,
                                    ending.reason == u"expired"_s          ? EventStream::Revocation::Expired
                                        : ending.reason == u"terminated"_s ? EventStream::Revocation::Terminated
                                                                           : EventStream::Revocation::Revoked);
    case Ending::Kind::GivenBack:
        return m_events.taskRejected(id, true);
    case Ending::Kind::PutOff:
    case Ending::Kind::Dropped:
        return;
    }
}

} // namespace quoin::celery
