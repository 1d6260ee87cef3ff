// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/attemptmeter.h"
#include "queue/celery/caretaker.h"
#include "queue/celery/celeryqueue.h"
#include "queue/celery/controldesk.h"
#include "queue/celery/ending.h"
#include "queue/celery/eventstream.h"
#include "queue/celery/intake.h"
#include "queue/celery/lamport.h"
#include "queue/celery/ledger.h"
#include "queue/celery/resultstore.h"
#include "queue/celery/revocations.h"
#include "queue/celery/waiter.h"
#include "queue/mailbox.h"
#include "queue/runpool.h"

#include <QDeadlineTimer>
#include <QSet>

namespace quoin::celery {

/// What a CeleryQueue does, step by step. A message goes through them in this order, and each step takes what has come
/// together while it was busy:
///
///     claim     Redis     out of the queue, into `unacked`, ours
///     take in             readable? known? revoked, too old, too early?
///     begin     database  a row says that it runs
///     run                 on a task thread
///     settle    database  the row says how it ended
///     close               counts in a chord, makes what follows of it
///     finish    Redis     result, what follows, and the acknowledgement
class CeleryQueue::Work
{
public:
    Work(CeleryQueue &queue, abi::Database *database, queue::TaskCatalogue catalogue, CeleryOptions options);
    ~Work();

    void start();
    void advance();
    void drain(std::chrono::milliseconds deadline);
    std::function<void()> waker();
    void setQueues(const QByteArrayList &queues);
    void setConcurrency(int threads);
    void revoke(const QHash<QString, qint64> &ids);
    QStringList terminate(const QStringList &ids);

    CeleryQueue &queue;
    const queue::TaskCatalogue catalogue;
    CeleryOptions options;
    const QString owner;
    queue::QueueCounters counters;
    Hands hands;
    Revocations revocations;
    QHash<QString, queue::RunLimits> limits; ///< By canonical name, as remote control has set them.
    QMap<QString, qint64> totals;
    queue::RunPool &runs() { return m_runs; }
    Broker &broker() { return m_broker; }
    int room() const;
    /// What runs, or what is claimed and does not run yet.
    QList<TaskView> views(bool running) const;

private:
    enum class Phase { Idle, Working, Draining, Leaving, Drained };
    /// What is known of how a message ended, on its way through the last steps.
    struct Exit
    {
        HeldPointer held;
        Ending ending;
        queue::Settlement settlement;
        Closing closing;
        QStringList chords; ///< Whose bodies are among what follows.
    };
    using ExitPointer = std::shared_ptr<Exit>; // shared: with the answers that are waited for
    using Exits = QList<ExitPointer>;

    // claim and take in
    void claimSoon();
    void wake();
    void claim();
    void claimed(const Claim &claim, int wanted, qint64 bytes);
    void take(const ClaimedMessage &message);
    void noteUnknown(const Held &held);
    bool adopt(const ClaimedMessage &message, const Message &parsed);
    // begin and run
    void begin();
    void begun(const QList<HeldPointer> &batch, const Result<QList<Begun>> &answer);
    void notBegun(const QList<HeldPointer> &batch, const Error &error);
    void apply(const HeldPointer &held, const Begun &begun, QList<queue::Assignment> &assignments);
    queue::Assignment assignmentOf(const Held &held) const;
    void takeBegun();
    void takeFinished();
    void logFailure(const Held &held, const Ending &ending) const;
    // settle, close and finish
    void settle(const HeldPointer &held, const Ending &ending);
    void settle(const HeldPointer &held, const Ending &ending, const queue::Settlement &settlement);
    void settleWaiting();
    void settled(const Exits &batch, const Result<QSet<qint64>> &counted);
    void count(const Exit &exit);
    void lookUp(const Exits &uncounted);
    void close(const HeldPointer &held, const Ending &ending);
    void addChordParts(const ExitPointer &exit);
    void chordAnswered(const ExitPointer &exit, const ChordPart &part, const Result<ResultStore::Chord> &chord);
    void finishWaiting();
    void finish(const Exits &batch, const QList<Finish> &ends);
    void finished(const Exits &batch, const Result<QList<bool>> &ours);
    void finished(const ExitPointer &exit, bool wasOurs);
    void tell(const Exit &exit);
    // time
    void opened();
    void lost();
    void tick();
    void look();
    bool revokeUnbegun(const HeldPointer &held, const QString &reason);
    void failHard(const queue::RunPool::RunPointer &run);
    void replaceOverdue();
    void giveBack(const QList<queue::LeaseKey> &runs);
    void giveBackUnbegun();
    void databaseFailed(const Error &error);
    void databaseAnswered();
    void leave();
    void finishDrain();
    qint64 redisNow() const;
    CanvasGround ground(const Held &held) const;

    const Database m_database;
    const QString m_worker;
    const std::shared_ptr<queue::Mailbox>
        m_mailbox; // shared with database jobs and task threads, which may end after this
    Lamport m_clock;
    redis::Connection m_commands;
    std::unique_ptr<redis::Connection> m_resultsConnection; ///< Null: the broker's.
    Broker m_broker;
    ResultStore m_results;
    Caretaker m_caretaker;
    Waiter m_waiter;
    EventStream m_events;
    ControlDesk m_desk;

    Phase m_phase = Phase::Idle;
    QList<HeldPointer> m_toBegin;
    Exits m_toSettle;
    Exits m_toCount; ///< In chords that could not be reached.
    Exits m_toFinish;
    qsizetype m_beginning = 0; ///< Under way.
    qsizetype m_singly = 0;    ///< So many are begun one by one, because one of them cannot be.
    bool m_claiming = false, m_settling = false, m_finishing = false, m_looking = false;
    bool m_mayClaim = false; ///< Somebody said that there is something.
    qsizetype m_turn = 0;    ///< Which queue is asked first.
    qint64 m_ahead = 0;      ///< Redis' clock less ours, microseconds.
    int m_databaseFailures = 0;
    QString m_databaseAway; ///< Why the database could not be reached; null while it can.
    QSet<QString> m_toldUnknown;
    QDeadlineTimer m_modestUntil; ///< Until then a claim follows a wake-up a little later.
    struct Overdue
    {
        queue::LeaseKey key;
        qint64 since = 0;
        QString name;
    };
    QList<Overdue> m_overdue; ///< Runs that were failed for their hard limit and have not ended yet.

    QTimer m_tick, m_poll, m_databasePause, m_finishPause, m_deadline, m_modesty;
    queue::AttemptMeter m_attempts;
    queue::RunPool m_runs; // last: its threads post to the mailbox, and it waits for them
};

} // namespace quoin::celery
