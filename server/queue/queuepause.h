// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/database.h>

#include <QHash>
#include <QString>

namespace quoin::queue {

// Names of tasks that no process of the database queue claims until they are resumed; what runs ends as it would. It is
// a row that every claim asks for, so it holds at once, for all processes, and through restarts. Parts of jobs.

/// Nothing new if it is paused already. now: microseconds since 1970 UTC.
Result<> pauseQueue(Connection &connection, const QString &name, qint64 now);
/// Nothing if it is not paused. Through a PushWatch, what waited is run at once.
Result<> resumeQueue(Connection &connection, const QString &name);
/// Since when each is paused.
Result<QHash<QString, qint64>> pausedQueues(Connection &connection);

/// What waits and runs of one name.
struct QueueDepth
{
    qint64 ready = 0;
    qint64 scheduled = 0;
    qint64 sent = 0;
    qint64 running = 0;
    qint64 dead = 0;
    qint64 oldestReady = 0; ///< When it was pushed; 0: none is ready.
};
/// Of each name that has any of these. Along indexes.
Result<QHash<QString, QueueDepth>> queueDepths(Connection &connection);

} // namespace quoin::queue
