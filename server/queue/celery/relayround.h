// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/clock.h"

#include <quoin/database.h>

#include <QList>
#include <QStringList>

namespace quoin::celery {

/// A task to be handed to the broker. Its message's id is stored before it is pushed: pushed again after a crash, it is
/// the same message.
struct RelayRow
{
    qint64 id = 0;
    QString name;
    QByteArray arguments;
    int priority = 0;
    QString message;
    QByteArray trace = {}; ///< As trace::toText() has it; null in rows of older processes.
};

/// What a relay tells and asks the table, all in one transaction.
struct RoundOrder
{
    QString owner; ///< Of the lease.
    QString note;  ///< For people: host and pid.
    std::chrono::milliseconds lease{0};
    queue::Clock clock;
    QList<qint64> pushed;                  ///< Redis has them.
    QList<QPair<qint64, QString>> refused; ///< They can be no message, for this reason.
    QStringList names;                     ///< To be fetched; empty: none.
    int most = 0;                          ///< Rows to fetch; 0: none.
    qint64 bytes = 0;                      ///< Of arguments, about.
    QString epoch;                         ///< Which Redis this is: another one after it has lost what it had.
    bool release = false;                  ///< Gives the lease away.
};

struct RoundAnswer
{
    bool isActive = false; ///< The lease is the owner's; only then are there rows.
    qint64 now = 0;
    QList<RelayRow> rows; ///< Highest priority first, then oldest.
    bool isMore = false;
    qint64 lost = 0;    ///< Sent into another epoch, and ready again now.
    qint64 nextDue = 0; ///< When the next scheduled task is due; 0: there is none.
};

/// Part of a write job; repeatable.
Result<RoundAnswer> relayRound(Connection connection, const RoundOrder &order);

/// Whether the lease is free, without writing. Part of a read job.
Result<bool> isLeaseFree(Connection connection, const queue::Clock &clock);

/// A task that is with the broker, or with a node of ours.
struct SentRow
{
    qint64 id = 0;
    QString name;
    QString message;
    qint64 sent = 0;
    QString owner; ///< Of what runs; else null.
};
/// Those that were sent before, behind the row `after`, at most 200 in the order of their ids.
Result<QList<SentRow>> sentRows(Connection connection, qint64 before, qint64 after);
/// Those that run under a lease of the broker's and began before, at most 200.
Result<QList<SentRow>> runningRows(Connection connection, qint64 before);
/// Makes them ready again, if they are as they were. How many it was.
Result<qint64> makeReady(Connection connection, const QList<SentRow> &rows);

/// Settles as done what Python's workers took and will never tell of. How many it was.
Result<qint64> makeDone(Connection connection, const QList<SentRow> &rows, qint64 now);

/// How a task ended that another program ran.
struct ForeignEnd
{
    qint64 id = 0;
    QString state; ///< done, dead or cancelled
    QString error; ///< Null: none.
    qint64 finished = 0;
};
Result<qint64> storeForeignEnds(Connection connection, const QList<ForeignEnd> &ends);

} // namespace quoin::celery
