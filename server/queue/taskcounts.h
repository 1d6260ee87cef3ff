// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/taskstate.h"

#include <quoin/database.h>

#include <QMap>
#include <QStringList>

namespace quoin::queue {

/// How many tasks are in each state.
struct TaskCounts
{
    QMap<TaskState, qint64> states;
    qint64 oldestReady = 0; ///< When the oldest ready task was pushed, microseconds since 1970 UTC; 0: none is ready.
};

/// Of the tasks of this name, or of all if it is empty. Counts on indexes: some 100 ms for each million. Part of a read
/// job.
Result<TaskCounts> countTasks(Connection &connection, const QString &name = {});

/// The names that tasks in the table have, sorted. Quick, however many tasks there are. Part of a read job.
Result<QStringList> taskNames(Connection &connection);

} // namespace quoin::queue
