// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/relay.h"
#include "queue/celery/relayround.h"
#include "queue/mailbox.h"
#include "redis/connection.h"

#include <QDeadlineTimer>
#include <QTimer>

namespace quoin::celery {

/// Where the relays of all processes speak to each other.
inline const QByteArray relayChannel = "quoin:relay";

/// What a Relay does. One round at a time: the table says what is to be pushed and hears what was pushed before, then
/// Redis gets it. What comes meanwhile makes the next round.
class Relay::Work
{
public:
    Work(Relay &relay, abi::Database *database, redis::Url broker, RelayOptions options);
    ~Work();

    void start();
    void stop();
    std::function<void()> waker();
    bool isActive() const { return m_isActive; }
    const RelayCounters &counters() const { return m_counters; }

private:
    enum class Phase { Idle, Working, Stopping, Stopped };

    void advance();
    void round(bool release);
    void received(const RoundOrder &order, const Result<RoundAnswer> &answer);
    void setActive(bool isActive);
    void push(const QList<RelayRow> &rows);
    void pushed(const QList<qint64> &ids, const Result<redis::Reply> &reply);
    Result<QByteArray> envelopeOf(const RelayRow &row, QByteArray *key) const;
    bool isShared(const QString &name) const;
    QString publishedName(const QString &name) const;

    void learnEpoch();
    void told();
    void heard(const QByteArray &word);
    void say(const QByteArray &word);
    void look();
    void lookForLease();
    void armDue(qint64 now, qint64 due);
    void pause();
    void finishStop();

    void reconcile();
    void reconcile(const QList<SentRow> &rows);
    void reconciled(const QList<SentRow> &rows, const Result<redis::Reply> &results);
    void takeCensus();
    void counted(const Result<redis::Reply> &counts);
    void recoverSent();
    void recoverRunning();
    void settleTaken(const QList<SentRow> &rows);
    void makeReadyAgain(const QList<SentRow> &rows);
    template <class T, class Job, class Then>
    void read(Job job, Then then);
    template <class T, class Job, class Then>
    void write(Job job, Then then);
    qint64 now() const;

    Relay &m_relay;
    const Database m_database;
    const RelayOptions m_options;
    const QString m_owner, m_note;
    const std::shared_ptr<queue::Mailbox> m_mailbox; // shared with database jobs, which may end after this
    redis::Connection m_commands, m_subscription;
    std::unique_ptr<redis::Connection> m_results;

    Phase m_phase = Phase::Idle;
    bool m_isActive = false;
    bool m_isBusy = false;  ///< A round is under way, in the table or in Redis.
    bool m_mayPush = false; ///< Somebody said that there is something.
    bool m_mayTry = false;  ///< The lease may be free.
    bool m_mustRenew = false;
    bool m_isLooking = false;
    QDeadlineTimer m_yielding; ///< Until then another one may have the lease.
    int m_hunger = 0;          ///< Looks in a row that found what the active one does not push.
    int m_failures = 0;
    QString m_epoch; ///< Of the Redis that is there; empty while it is not known.
    QString m_away;  ///< Why the database could not be reached; null while it can.
    QList<qint64> m_pushed;
    QList<QPair<qint64, QString>> m_refused;
    qint64 m_reconciledTo = 0;
    RelayCounters m_counters;
    QTimer m_renewal, m_poll, m_due, m_pause, m_reconciliation, m_census, m_deadline;
};

/// Answers come in the relay's thread, unless it has gone.
template <class T, class Job, class Then>
void Relay::Work::read(Job job, Then then)
{
    m_database.read(std::move(job)).then([mailbox = m_mailbox, then](const Result<T> &result) {
        mailbox->post([then, result] { then(result); });
    });
}

template <class T, class Job, class Then>
void Relay::Work::write(Job job, Then then)
{
    m_database.write(std::move(job)).then([mailbox = m_mailbox, then](const Result<T> &result) {
        mailbox->post([then, result] { then(result); });
    });
}

} // namespace quoin::celery
