// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/clock.h"
#include "queue/taskstate.h"

#include <quoin/database.h>

#include <QList>
#include <QPair>
#include <QStringList>

namespace quoin::queue {

/// A task as claimed: the attempt that begins now, and what it needs.
struct Claimed
{
    qint64 id = 0;
    QString name;         ///< As stored: perhaps an alias.
    QByteArray arguments; ///< The JSON array as pushed.
    int attempt = 0;
    int priority = 0;
    qint64 created = 0;
    QByteArray trace = {}; ///< Of who pushed it, as trace::toText() has it; null in rows of older processes.
};

/// What became of a claimed task. Counts only while its worker still has the lease of that attempt.
struct Settlement
{
    qint64 id = 0;
    int attempt = 0;
    TaskState state = TaskState::Done;
    bool counted = true;                ///< False: given back as if this attempt had not been begun.
    std::chrono::milliseconds delay{0}; ///< Scheduled: from now until it is ready. Sent: until its message is due.
    qint64 started = 0;                 ///< 0: it was not.
    qint64 finished = 0;                ///< 0: it is not.
    QString error;                      ///< Null keeps the one that is stored.
};

/// A lease is named by task and attempt: the same process may hold a task twice after it lost it once.
using LeaseKey = QPair<qint64, int>;

/// What a worker tells and asks the database, all in one transaction so that a busy queue costs one commit for many
/// tasks.
struct ExchangeOrder
{
    QString owner;  ///< Of the leases: unique for each start of a process.
    QString worker; ///< For people: host and pid.
    std::chrono::milliseconds lease{0};
    Clock clock; ///< Empty: the database server's clock, which all hosts share.
    QList<Settlement> settlements;
    QList<LeaseKey> held; ///< What runs or waits here.
    bool renew = false;   ///< Extend the leases of held.
    bool reclaim = false; ///< Make tasks with an expired lease ready, whoever had them, but not those held.
    int wanted = 0;       ///< How many tasks to claim at most.
    QStringList names;    ///< The tasks known here; the others are left to those who know them.
};

/// A task whose worker was killed or stalled.
struct Reclaimed
{
    qint64 id = 0;
    QString name;
    int attempt = 0;
    QString worker;
};

struct ExchangeAnswer
{
    qint64 now = 0;
    QList<qint64> settled;   ///< Ids; a settlement without its id here came too late and changed nothing.
    QList<LeaseKey> renewed; ///< Asked to renew, what is not here was lost.
    QList<Reclaimed> reclaimed;
    qint64 promoted = 0;    ///< Scheduled tasks that became ready now.
    QList<Claimed> claimed; ///< Highest priority first, then oldest.
    qint64 nextDue = 0;     ///< When the next scheduled task becomes ready; 0: there is none.
};

/// Runs the order on the connection of a write job. Repeatable: it touches nothing else.
Result<ExchangeAnswer> exchange(Connection connection, const ExchangeOrder &order);

/// Only that: the ids of the settlements that counted, in any order. For those whose leases are not in the table.
Result<QList<qint64>> storeSettlements(Connection connection, const QString &owner,
                                       const QList<Settlement> &settlements, qint64 now);

/// A look at the table without writing, so that an idle queue takes no lock and writes no log.
struct Outlook
{
    qint64 now = 0;
    bool ready = false;   ///< There is something to claim.
    qint64 nextDue = 0;   ///< As in ExchangeAnswer.
    bool expired = false; ///< A lease has run out.
};
Result<Outlook> look(Connection connection, const QStringList &names, const Clock &clock);

} // namespace quoin::queue
