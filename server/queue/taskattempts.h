// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/exchange.h"

namespace quoin::queue {

/// An attempt of a task that did not end well. Times are microseconds since 1970 UTC; 0: unknown.
struct TaskAttempt
{
    int attempt = 0;
    qint64 started = 0;
    qint64 finished = 0;
    QString worker;
    QString outcome; ///< failed (and repeated), dead, cancelled, lost (its worker was killed or stalled).
    QString error;
};

// The table task_attempt. An attempt that ends well has no row there: what is known of it is in the row of its task, so
// that the usual case costs nothing. All are parts of write jobs but attemptsOf().

/// Those of the settlements that have an error and count; to be called before they are stored.
Result<> noteFailedAttempts(Connection &connection, const QString &owner, const QList<Settlement> &settlements,
                            qint64 now);
/// Of tasks that were taken away from their workers just now.
Result<> noteLostAttempts(Connection &connection, const QList<Reclaimed> &tasks, qint64 now);
/// Of tasks that are deleted.
Result<> forgetAttempts(Connection &connection, const QList<qint64> &tasks);
/// The oldest first. Part of a read job.
Result<QList<TaskAttempt>> attemptsOf(Connection &connection, qint64 task);

} // namespace quoin::queue
