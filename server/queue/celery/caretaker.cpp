// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/caretaker.h"

#include "queue/clock.h"
#include "queue/queuelog.h"

#include <QPointer>

#include <algorithm>

namespace quoin::celery {

using namespace std::chrono_literals;

Caretaker::Caretaker(Broker &broker, Hands &hands, CareOptions options, QObject *parent)
    : QObject(parent)
    , m_broker(broker)
    , m_hands(hands)
    , m_options(options)
{
    m_patience.setSingleShot(true);
    m_due.setSingleShot(true);
    m_due.setTimerType(Qt::PreciseTimer);
    m_renewal.callOnTimeout(this, &Caretaker::renew);
    m_look.callOnTimeout(this, &Caretaker::look);
    m_due.callOnTimeout(this, &Caretaker::promote);
    m_sweep.callOnTimeout(this, &Caretaker::sweep);
    m_patience.callOnTimeout(this, &Caretaker::sweep);
}

void Caretaker::resume()
{
    m_renewal.start(m_options.renewal);
    renew(); // before anything else: the others may be about to look who is dead
    if (m_retired)
        return;
    m_patience.start(m_options.aliveFor);
    m_look.start(1s);
    m_sweep.start(m_options.sweep);
    adopt();
    promote();
}

void Caretaker::pause()
{
    for (QTimer *timer : {&m_renewal, &m_look, &m_due, &m_sweep, &m_patience})
        timer->stop();
}

void Caretaker::retire()
{
    m_retired = true;
    for (QTimer *timer : {&m_look, &m_due, &m_sweep, &m_patience})
        timer->stop();
}

void Caretaker::stop()
{
    m_retired = true;
    pause();
}

void Caretaker::renew()
{
    QList<HeldPointer> asked;
    QList<QPair<QByteArray, QByteArray>> held;
    for (const HeldPointer &one : m_hands.all()) {
        if (one->isLost || one->isClosing)
            continue;
        asked += one;
        held += {one->claimed.tag, one->claimed.token};
    }
    const auto answered = [this, self = QPointer(this), asked, held](const Result<QList<bool>> &ours) {
        for (qsizetype i = 0; self && ours && i < std::min(asked.size(), ours->size()); ++i) {
            const Held &one = *asked[i];
            if (ours->at(i) || one.isClosing || one.claimed.token != held[i].second || !m_hands.has(asked[i]))
                continue;
            m_hands.setLost(asked[i]);
            qCWarning(quoinQueue).noquote().nospace()
                << "message was taken from this node kind=" << one.message.task << " message=" << one.message.id
                << ": Redis lost it, or another program put it back; what runs goes on";
        }
    };
    m_broker.renew(held, m_options.aliveFor, answered);
}

void Caretaker::look()
{
    promote();
    recover();
}

void Caretaker::expect(qint64 due, qint64 now)
{
    if (due == 0 || m_retired)
        return;
    constexpr qint64 longest = 3'600'000; // QTimer takes an int
    const auto pause = std::chrono::milliseconds(std::clamp<qint64>((due - now + 999) / 1000, 0, longest));
    if (!m_due.isActive() || m_due.remainingTimeAsDuration() > pause)
        m_due.start(pause);
}

void Caretaker::promote()
{
    m_broker.promote([this, self = QPointer(this)](const Result<Promotion> &done) {
        if (!self || !done)
            return;
        if (done->moved > 0)
            Q_EMIT madeReady();
        expect(done->nextDue, done->now);
    });
}

void Caretaker::recover()
{
    if (m_retired || m_recovering || m_patience.isActive())
        return;
    m_recovering = true;
    m_broker.findDead([this, self = QPointer(this)](const Result<QList<Stray>> &strays) {
        if (!self)
            return;
        if (!strays || strays->isEmpty()) {
            m_recovering = false;
            return;
        }
        restore(*strays, "messages of a dead node put back", [this] {
            m_recovering = false;
            recover();
        });
    });
}

/// What was claimed by a call whose answer was lost with the connection.
void Caretaker::adopt()
{
    QByteArrayList known;
    for (const HeldPointer &one : m_hands.all()) {
        if (!one->isLost)
            known += one->claimed.tag;
    }
    m_broker.findLost(known, [this, self = QPointer(this)](const Result<QList<Stray>> &strays) {
        if (self && strays && !strays->isEmpty())
            restore(*strays, "messages whose claim was cut off put back", [this] { adopt(); });
    });
}

void Caretaker::sweep()
{
    m_broker.findOverdue(
        m_options.visibilityTimeout, [this, self = QPointer(this)](const Result<QList<Stray>> &strays) {
            if (!self || !strays || strays->isEmpty())
                return;
            restore(*strays, "messages held for too long put back", [this, again = strays->size() == 100] {
                m_broker.endSweep();
                if (again)
                    sweep();
            });
        });
}

void Caretaker::restore(const QList<Stray> &strays, const char *event, std::function<void()> done)
{
    const QByteArray from = strays.first().node;
    m_broker.restore(strays, [this, self = QPointer(this), event, from, done](const Result<int> &count) {
        if (!self)
            return;
        if (!count) {
            m_recovering = false;
            return;
        }
        if (*count > 0) {
            qCWarning(quoinQueue).noquote().nospace()
                << event << " count=" << *count << " from=" << (from.isEmpty() ? "another program" : from);
            Q_EMIT madeReady();
        }
        done();
    });
}

} // namespace quoin::celery
