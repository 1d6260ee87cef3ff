// SPDX-License-Identifier: GPL-3.0-only
// What a Relay does with time: looking, waiting, the other relays, the end.
#include "queue/celery/relaywork.h"
#include "queue/exchange.h"
#include "queue/queuelog.h"

#include <QUuid>

#include <algorithm>

namespace quoin::celery {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

/// A mark that a Redis loses with everything else. Nothing is pushed before it is known.
void Relay::Work::learnEpoch()
{
    m_commands.transaction(
        {{"SET", "quoin:epoch", QUuid::createUuid().toByteArray(QUuid::WithoutBraces), "NX"}, {"GET", "quoin:epoch"}},
        [this](const Result<redis::Reply> &reply) {
            if (m_phase != Phase::Working)
                return;
            if (reply && reply->list.value(1).isText())
                m_epoch = QString::fromLatin1(reply->list[1].text);
            else if (m_commands.isOpen())
                QTimer::singleShot(1s, &m_relay, [this] { m_commands.isOpen() ? learnEpoch() : void(); });
            m_mayTry = m_mayPush = true;
            advance();
        });
}

void Relay::Work::told()
{
    if (m_phase != Phase::Working)
        return;
    m_mayPush = true;
    if (m_isActive)
        advance();
    else
        say("pushed");
}

void Relay::Work::heard(const QByteArray &word)
{
    if (word == "free") {
        m_mayTry = true;
    } else if (word == "hungry" && m_isActive && m_phase == Phase::Working && !m_isBusy) {
        m_yielding.setRemainingTime(m_options.renewal * 2);
        return round(true);
    } else if (m_isActive) {
        m_mayPush = true;
    }
    advance();
}

void Relay::Work::say(const QByteArray &word)
{
    if (m_commands.isOpen())
        m_commands.send({"PUBLISH", relayChannel, word}, [](const Result<redis::Reply> &) {});
}

/// A read: an idle relay must not take the write lock every second.
void Relay::Work::look()
{
    if (!m_isActive || m_isLooking || m_phase != Phase::Working)
        return;
    m_isLooking = true;
    read<queue::Outlook>([names = m_options.names, clock = m_options.clock](
                             Connection &connection) { return queue::look(connection, names, clock); },
                         [this](const Result<queue::Outlook> &outlook) {
                             m_isLooking = false;
                             if (!outlook)
                                 return;
                             armDue(outlook->now, outlook->nextDue);
                             if (outlook->ready)
                                 told();
                         });
}

/// One that rests tries when the lease is free, and asks for it when the active one leaves what is known here.
void Relay::Work::lookForLease()
{
    if (m_isLooking || m_phase != Phase::Working || !m_commands.isOpen())
        return;
    m_isLooking = true;
    struct View
    {
        bool isFree = false, isReady = false;
    };
    read<View>(
        [names = m_options.names, clock = m_options.clock](Connection &connection) -> Result<View> {
            const auto free = isLeaseFree(connection, clock);
            if (!free)
                return free.error();
            const auto outlook = queue::look(connection, names, clock);
            if (!outlook)
                return outlook.error();
            return View{*free, outlook->ready};
        },
        [this](const Result<View> &view) {
            m_isLooking = false;
            if (!view || m_isActive)
                return;
            m_mayTry = m_mayTry || view->isFree;
            m_hunger = view->isReady ? m_hunger + 1 : 0;
            constexpr int patience = 4; // looks: it may be busy
            if (m_hunger >= patience && !view->isFree) {
                m_hunger = 0;
                say("hungry");
            }
            advance();
        });
}

void Relay::Work::armDue(qint64 now, qint64 due)
{
    if (due == 0)
        return m_due.stop();
    constexpr qint64 longest = 3'600'000; // QTimer takes an int
    m_due.start(std::chrono::milliseconds(std::clamp<qint64>((due - now + 999) / 1000, 0, longest)));
}

void Relay::Work::pause()
{
    constexpr std::chrono::milliseconds first = 50ms, longest = 2s;
    m_pause.start(std::min(first * (1 << std::min(m_failures++, 10)), longest));
}

void Relay::Work::stop()
{
    if (m_phase == Phase::Stopping || m_phase == Phase::Stopped)
        return;
    const bool wasIdle = m_phase == Phase::Idle;
    m_phase = Phase::Stopping;
    m_deadline.start(wasIdle ? 0ms : 1500ms);
    if (!m_isBusy && m_isActive)
        round(true);
    else if (!m_isBusy)
        m_deadline.start(0);
}

void Relay::Work::finishStop()
{
    if (m_phase == Phase::Stopped)
        return;
    m_phase = Phase::Stopped;
    for (QTimer *timer : {&m_renewal, &m_poll, &m_due, &m_pause, &m_reconciliation, &m_census, &m_deadline})
        timer->stop();
    setActive(false);
    Q_EMIT m_relay.stopped();
}

qint64 Relay::Work::now() const { return m_options.clock ? m_options.clock() : queue::systemMicroseconds(); }

} // namespace quoin::celery
