// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/exchange.h"

#include <quoin/database.h>

#include <QList>
#include <QSet>
#include <QString>

namespace quoin::celery {

/// A message that a node has claimed from Redis, as the table `task` shall know it.
struct LedgerEntry
{
    QString message;       ///< Celery's task id: any text.
    QString name;          ///< Canonical if it is known here. Stored with at most 255 characters.
    QByteArray arguments;  ///< One JSON array, as it came; stored as it is.
    int priority = 0;      ///< One of ours, where more is more urgent: ownPriority().
    int retries = 0;       ///< Of the message: attempts that others may have made.
    qint64 now = 0;        ///< Microseconds since 1970 UTC: when a row that must be made was created.
    QByteArray trace = {}; ///< For such a row, as trace::toText() has it.
};

/// What is to be done with a message, by what its row says.
enum class Verdict {
    Run,       ///< The row is running now, and its owner's: run it, then settle() or giveBack().
    Done,      ///< It was done before. Only its acknowledgement was lost: write its result again and acknowledge.
    Cancelled, ///< A person cancelled it: REVOKED, acknowledge.
    Dead,      ///< It failed for good before, with this error, or cannot be stored: FAILURE, acknowledge.
    Copy,      ///< The same message again, while the owner has it: acknowledge this copy and write nothing.
};

struct Begun
{
    qint64 id = 0;      ///< Of the row; 0 for a Copy of what `held` names.
    int attempt = 0;    ///< 1 for the first. More than its kind allows: the last one crashed; settle it as Dead.
    qint64 created = 0; ///< When the task was pushed. The same at every delivery, whoever pushed it.
    Verdict verdict = Verdict::Run;
    QString error; ///< What is stored with the row: of Dead why, of Run how the attempt before ended. May be null.
    QByteArray trace = {}; ///< Of a row that was there. May be null.
};

/// Writes a whole claim into the table, one answer for each entry, in their order. A row is found again by its message;
/// a message that nobody wrote down before, thus one of another producer, gets a row. Attempts count as the database
/// queue counts them: one that was begun and ended in a crash counts, one that was given back does not; and those that
/// others made, by `retries`. A row that is running is taken over, since whoever had it lost its message; so `held`
/// must name the messages that this owner is at work on, of which a copy is no reason to begin anew.
///
/// owner is the node's id, as in the key quoin:alive:<owner>, and unique for each start; worker is for people, such as
/// host and pid. There is no lease in the table: it is in Redis. Part of a write job; repeatable. A few statements for
/// any number of entries.
Result<QList<Begun>> begin(Connection connection, const QString &owner, const QString &worker,
                           const QList<LedgerEntry> &entries, const QSet<QString> &held = {});

/// Settles what the owner has, as queue::exchange() does: the ids of those that counted. What is not among them was
/// cancelled or taken over, and its outcome must not be told as the task's. A retry whose message goes back into Redis
/// is settled as TaskState::Sent, with its delay; the row is then found again by that message. Part of a write job.
Result<QSet<qint64>> settle(Connection connection, const QString &owner, const QList<queue::Settlement> &settlements,
                            const queue::Clock &clock = {});

/// Undoes begin() of these for messages that go back into Redis unrun: sent, and the attempt does not count. The ids of
/// those that were the owner's.
Result<QSet<qint64>> giveBack(Connection connection, const QString &owner, const QList<queue::LeaseKey> &leases,
                              const queue::Clock &clock = {});

/// Which of these are the owner's still. The others were cancelled by a person, or taken over: ask their runs to stop.
/// Part of a read job, for now and then.
Result<QList<queue::LeaseKey>> stillHeld(Connection connection, const QString &owner,
                                         const QList<queue::LeaseKey> &leases);

} // namespace quoin::celery
