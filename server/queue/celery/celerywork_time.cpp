// SPDX-License-Identifier: GPL-3.0-only
// What a CeleryQueue does with time: limits, absent servers, draining; and what remote control asks of it.
#include "queue/celery/celerywork.h"

#include "queue/celery/queuekey.h"
#include "queue/queuelog.h"

#include <QCoreApplication>

#include <algorithm>

namespace quoin::celery {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

void CeleryQueue::Work::opened()
{
    if (m_phase == Phase::Leaving)
        return;
    for (const QByteArray &name : std::as_const(options.queues))
        m_broker.bind(name);
    m_broker.revoked([this](const Result<QHash<QString, qint64>> &ids) {
        if (ids)
            revocations.add(*ids);
    });
    m_caretaker.resume();
    claimSoon();
}

void CeleryQueue::Work::lost() { m_caretaker.pause(); }

void CeleryQueue::Work::tick()
{
    for (const auto &run : m_runs.takeOverruns())
        qCWarning(quoinQueue).noquote().nospace()
            << "task overruns its limit kind=" << run->name() << " id=" << run->id() << " attempt=" << run->attempt();
    for (const auto &run : m_runs.takeHardOverruns())
        failHard(run);
    replaceOverdue();
    giveBack(m_runs.takeStuck());
    revocations.forgetOld(queue::systemMicroseconds());
    for (const ExitPointer &exit : std::exchange(m_toCount, {}))
        addChordParts(exit);
    look();
    advance();
}

/// A thread cannot be killed, but its task can be failed and its process replaced.
void CeleryQueue::Work::failHard(const queue::RunPool::RunPointer &run)
{
    const HeldPointer held = hands.find(run->key());
    run->requestStop();
    if (!held)
        return;
    const double seconds = static_cast<double>(queue::systemMicroseconds() - run->started()) / 1e6;
    Ending ending;
    ending.kind = Ending::Kind::Failed;
    ending.fault = TaskFault::hardLimit(
        held->message.hardLimit ? static_cast<double>(held->message.hardLimit->count()) / 1000.0 : seconds);
    ending.reason = u"It ran into its hard time limit, after %1 s."_s.arg(seconds, 0, 'f', 1);
    ending.started = run->started();
    hands.forgetRun(held);
    m_overdue += Overdue{run->key(), queue::systemMicroseconds(), run->name()};
    ++counters.failed;
    m_attempts.failedHard(*run);
    settle(held, ending);
}

void CeleryQueue::Work::replaceOverdue()
{
    const qint64 now = queue::systemMicroseconds();
    m_overdue.removeIf([this, now](const Overdue &overdue) {
        if (!m_runs.find(overdue.key))
            return true;
        if (now - overdue.since < queue::toMicroseconds(options.leniency))
            return false;
        Q_EMIT queue.replaceWanted(u"the task %1 %2 ignores its hard time limit and holds a thread"_s.arg(overdue.name)
                                       .arg(overdue.key.first));
        return true;
    });
}

/// A person may have cancelled what runs, or another node may have taken it over.
void CeleryQueue::Work::look()
{
    const QList<queue::LeaseKey> held = m_runs.held();
    if (m_looking || held.isEmpty() || m_databaseFailures > 0)
        return;
    m_looking = true;
    m_database.read([held, owner = owner](Connection &connection) { return stillHeld(connection, owner, held); })
        .then([this, held, mailbox = m_mailbox](const Result<QList<queue::LeaseKey>> &still) {
            mailbox->post([this, held, still] {
                m_looking = false;
                for (const queue::LeaseKey &key : still ? held : QList<queue::LeaseKey>()) {
                    const auto run = m_runs.find(key);
                    if (run && !still->contains(key))
                        run->setLost();
                }
            });
        });
}

void CeleryQueue::Work::giveBack(const QList<queue::LeaseKey> &runs)
{
    QList<HeldPointer> all;
    for (const queue::LeaseKey &key : runs) {
        if (const HeldPointer held = hands.find(key)) {
            hands.forgetRun(held);
            all += held;
        }
    }
    // Each is put in front of its queue: so the first must come last.
    std::ranges::sort(all, std::greater(), [](const HeldPointer &held) { return held->serial; });
    for (const HeldPointer &held : std::as_const(all))
        settle(held, Ending{.kind = Ending::Kind::GivenBack});
}

/// What has not got into the table while it drains.
void CeleryQueue::Work::giveBackUnbegun()
{
    if (m_phase != Phase::Draining)
        return;
    const QList<HeldPointer> all = std::exchange(m_toBegin, {});
    for (auto held = all.crbegin(); held != all.crend(); ++held)
        close(*held, Ending{.kind = Ending::Kind::GivenBack});
}

void CeleryQueue::Work::databaseFailed(const Error &error)
{
    // Short, so that little time is lost with a short outage.
    constexpr std::chrono::milliseconds first = 50ms, longest = 2s;
    m_databasePause.start(std::min(first * (1 << std::min(m_databaseFailures++, 10)), longest));
    m_mayClaim = true;
    if (!m_databaseAway.isNull())
        return;
    m_databaseAway = error.message();
    qCWarning(quoinQueue).noquote() << "tasks wait, the database does not answer:" << m_databaseAway;
}

void CeleryQueue::Work::databaseAnswered()
{
    m_databaseFailures = 0;
    if (m_databaseAway.isNull())
        return;
    m_databaseAway = QString();
    qCInfo(quoinQueue) << "the database answers again, tasks go on";
}

void CeleryQueue::Work::drain(std::chrono::milliseconds deadline)
{
    if (m_phase == Phase::Drained || m_phase == Phase::Leaving)
        return;
    if (m_phase == Phase::Draining) {
        m_deadline.start(std::min(deadline, m_deadline.remainingTimeAsDuration()));
        return;
    }
    if (m_phase == Phase::Idle) {
        m_phase = Phase::Leaving;
        QMetaObject::invokeMethod(
            &queue, [this] { finishDrain(); }, Qt::QueuedConnection);
        return;
    }
    m_phase = Phase::Draining;
    m_poll.stop();
    m_waiter.stop();
    m_caretaker.retire();
    m_runs.requestStop();
    giveBack(m_runs.takeWaiting());
    giveBackUnbegun();
    m_deadline.callOnTimeout(&queue, [this] {
        giveBack(m_runs.abandon());
        m_deadline.disconnect();
        m_deadline.callOnTimeout(&queue, [this] { leave(); });
        m_deadline.start(options.grace / 2);
        advance();
    });
    m_deadline.start(deadline);
    // From the event loop, so that drained() never comes before drain() has returned.
    QMetaObject::invokeMethod(
        &queue, [this] { advance(); }, Qt::QueuedConnection);
}

/// Nothing is held any more, or it cannot be told of: says goodbye to everybody.
void CeleryQueue::Work::leave()
{
    m_phase = Phase::Leaving;
    m_caretaker.stop();
    m_deadline.disconnect();
    m_deadline.callOnTimeout(&queue, [this] { finishDrain(); });
    m_deadline.start(options.grace / 2);
    const auto left = std::make_shared<int>(3); // shared by the three answers
    const auto done = [this, left, mailbox = m_mailbox] {
        if (--*left == 0)
            mailbox->post([this] { finishDrain(); });
    };
    m_events.stop(done);
    m_desk.stop(done);
    m_broker.leave([done](const Result<bool> &) { done(); });
}

void CeleryQueue::Work::finishDrain()
{
    if (m_phase == Phase::Drained)
        return;
    if (hands.count() > 0)
        qCWarning(quoinQueue).noquote().nospace()
            << "drained without Redis or the database count=" << hands.count()
            << ": what could not be settled is put back by others, or by the next start, within a quarter of a minute";
    m_phase = Phase::Drained;
    for (QTimer *timer : {&m_tick, &m_poll, &m_databasePause, &m_finishPause, &m_deadline, &m_modesty})
        timer->stop();
    m_caretaker.stop();
    Q_EMIT queue.drained();
}

void CeleryQueue::Work::setQueues(const QByteArrayList &queues)
{
    for (const QByteArray &name : queues) {
        if (!options.queues.contains(name))
            m_broker.bind(name);
    }
    options.queues = queues;
    if (m_phase != Phase::Working)
        return;
    m_waiter.watch(queueKeys(queues));
    claimSoon();
}

void CeleryQueue::Work::setConcurrency(int threads)
{
    options.concurrency = std::max(threads, 1);
    m_runs.setConcurrency(options.concurrency);
    claimSoon();
}

void CeleryQueue::Work::revoke(const QHash<QString, qint64> &ids)
{
    m_broker.revoke(revocations.add(ids));
    for (auto id = ids.cbegin(); id != ids.cend() && hands.count() > 0; ++id)
        revokeUnbegun(hands.findId(id.key()), u"revoked"_s);
    advance();
}

/// What is claimed and has not begun will not. False: it has, or there is no such thing.
bool CeleryQueue::Work::revokeUnbegun(const HeldPointer &held, const QString &reason)
{
    if (!held || held->isClosing)
        return false;
    const Ending ending{.kind = Ending::Kind::Revoked, .reason = reason};
    if (held->row == 0 && !held->foregone) { // on its way into the table
        held->foregone = ending;
        return true;
    }
    if (!hands.find(held->key()) || !m_runs.takeBack(held->key()))
        return false;
    hands.forgetRun(held);
    settle(held, ending);
    return true;
}

QStringList CeleryQueue::Work::terminate(const QStringList &ids)
{
    QStringList found;
    for (const QString &id : ids) {
        const HeldPointer held = hands.findId(id);
        const auto run = held && !held->isClosing ? m_runs.find(held->key()) : nullptr;
        const bool isHere = revokeUnbegun(held, u"terminated"_s) || run;
        if (run)
            run->requestStop();
        if (isHere)
            found += id;
    }
    advance();
    return found;
}

QList<TaskView> CeleryQueue::Work::views(bool running) const
{
    QList<TaskView> views;
    for (const HeldPointer &held : hands.all()) {
        const auto run = held->row != 0 ? m_runs.find(held->key()) : nullptr;
        const qint64 started = run ? run->started() : 0;
        if (held->isClosing || held->message.id.isNull() || (started != 0) != running)
            continue;
        TaskView view = TaskView::of(held->message, options.node);
        view.routingKey = held->claimed.queue;
        if (running) {
            view.started = started;
            view.pid = QCoreApplication::applicationPid();
        }
        views += view;
    }
    return views;
}

} // namespace quoin::celery
