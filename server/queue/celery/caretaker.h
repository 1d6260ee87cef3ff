// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/broker.h"
#include "queue/celery/held.h"

#include <QObject>
#include <QTimer>

namespace quoin::celery {

/// How often a Caretaker does what.
struct CareOptions
{
    std::chrono::milliseconds renewal{500};
    std::chrono::milliseconds aliveFor{10'000};
    std::chrono::seconds visibilityTimeout{3600};
    std::chrono::milliseconds sweep{100'000};
};

/// Looks after what is in Redis and not in a queue: renews what is held here, puts back what dead nodes and others have
/// left, and makes ready what was delayed. Whatever it misses while Redis is away, it does when that is back. Lives in
/// one thread with an event loop.
class Caretaker final : public QObject
{
    Q_OBJECT

public:
    /// broker and hands are lent and outlive this object.
    Caretaker(Broker &broker, Hands &hands, CareOptions options, QObject *parent = nullptr);

    /// Redis is there (again).
    void resume();
    /// Redis is away: nobody could say that he is alive, so nobody is dead because of it.
    void pause();
    /// Renews on, and does nothing else any more.
    void retire();
    void stop();
    /// This much was delayed until then (microseconds since 1970 UTC by Redis' clock, of which now is the time).
    void expect(qint64 due, qint64 now);

Q_SIGNALS:
    /// Something was put into the ready lists.
    void madeReady();

private:
    void renew();
    void look();
    void promote();
    void recover();
    void adopt();
    void sweep();
    void restore(const QList<Stray> &strays, const char *event, std::function<void()> done);

    Broker &m_broker;
    Hands &m_hands;
    const CareOptions m_options;
    QTimer m_renewal;
    QTimer m_look;
    QTimer m_due;
    QTimer m_sweep;
    QTimer m_patience; ///< While active, silent nodes may still be about to say that they are alive.
    bool m_recovering = false;
    bool m_retired = false;
};

} // namespace quoin::celery
