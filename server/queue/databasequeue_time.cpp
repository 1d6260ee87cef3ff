// SPDX-License-Identifier: GPL-3.0-only
// What a DatabaseQueue does with time: looking, due tasks, an absent database, draining.
#include "queue/databasequeue.h"

#include "queue/mailbox.h"
#include "queue/queuelog.h"

#include <algorithm>

namespace quoin::queue {

using namespace std::chrono_literals;

void DatabaseQueue::tick()
{
    for (const auto &run : m_runs.takeOverruns())
        qCWarning(quoinQueue).noquote().nospace()
            << "task overruns its limit of " << run->kind().timeLimit.count() << " ms kind=" << run->name()
            << " id=" << run->id() << " attempt=" << run->attempt();
    giveBack(m_runs.takeStuck());
    look();
    advance();
}

/// A read: an idle queue must not take the write lock every second.
void DatabaseQueue::look()
{
    if (m_phase != Phase::Working || m_looking)
        return;
    m_looking = true;
    m_database
        .read([names = m_names, clock = m_options.clock](Connection &connection) {
            return queue::look(connection, names, clock);
        })
        .then([this, mailbox = m_mailbox](const Result<Outlook> &outlook) {
            mailbox->post([this, outlook] { seen(outlook); });
        });
}

void DatabaseQueue::seen(const Result<Outlook> &outlook)
{
    m_looking = false;
    if (!outlook)
        return noteAway(outlook.error());
    if (m_failures == 0) // reading works where writing may still not
        noteBack();
    m_mayClaim = m_mayClaim || outlook->ready || outlook->expired;
    m_mustReclaim = m_mustReclaim || outlook->expired;
    armDue(outlook->now, outlook->nextDue);
    advance();
}

void DatabaseQueue::armDue(qint64 now, qint64 nextDue)
{
    if (nextDue == 0)
        return m_due.stop();
    constexpr qint64 longest = 3'600'000; // QTimer takes an int; looking again sooner does no harm
    m_due.start(std::chrono::milliseconds(std::clamp<qint64>((nextDue - now + 999) / 1000, 0, longest)));
}

void DatabaseQueue::failed(const ExchangeOrder &order, const Error &error)
{
    m_settlements = order.settlements + m_settlements;
    m_mustRenew = m_mustRenew || order.renew;
    m_mayClaim = m_mayClaim || order.wanted > 0;
    noteAway(error);
    // Short, so that leases survive a short outage.
    constexpr std::chrono::milliseconds first = 50ms, longest = 2s;
    m_backoff.start(std::min(first * (1 << std::min(m_failures++, 10)), longest));
}

void DatabaseQueue::noteAway(const Error &error)
{
    if (!m_away.isNull())
        return;
    m_away = error.message();
    qCWarning(quoinQueue).noquote() << "tasks wait, the database does not answer:" << m_away;
}

void DatabaseQueue::noteBack()
{
    m_failures = 0;
    if (m_away.isNull())
        return;
    m_away = QString();
    qCInfo(quoinQueue) << "the database answers again, tasks go on";
}

void DatabaseQueue::drain(std::chrono::milliseconds deadline)
{
    if (m_phase == Phase::Drained)
        return;
    if (m_phase == Phase::Draining) {
        m_deadline.start(std::min(deadline, m_deadline.remainingTimeAsDuration()));
        return;
    }
    m_phase = Phase::Draining;
    m_due.stop();
    m_strangers.stop();
    m_runs.requestStop();
    giveBack(m_runs.takeWaiting());
    m_deadline.callOnTimeout(this, [this] {
        giveBack(m_runs.abandon());
        m_deadline.disconnect();
        m_deadline.callOnTimeout(this, &DatabaseQueue::finishDrain);
        m_deadline.start(m_options.grace);
        advance();
    });
    m_deadline.start(deadline);
    // From the event loop, so that drained() never comes before drain() has returned.
    QMetaObject::invokeMethod(this, &DatabaseQueue::advance, Qt::QueuedConnection);
}

void DatabaseQueue::finishDrain()
{
    if (!m_settlements.isEmpty() || m_inFlight)
        qCWarning(quoinQueue)
            << "drained without the database: what could not be settled is taken over by others when its lease ends";
    m_phase = Phase::Drained;
    for (QTimer *timer : {&m_tick, &m_renewal, &m_due, &m_backoff, &m_deadline})
        timer->stop();
    Q_EMIT drained();
}

} // namespace quoin::queue
