// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/taskadmin.h"
#include "queue/tasklisting.h"

#include <QJsonObject>

namespace quoin::queue {

enum class TaskAction { Retry, Cancel, Delete };

/// The states in which it can be done to a task; of the scheduled ones, only those can be retried that failed before.
QList<TaskState> statesFor(TaskAction action);

/// Why a task was left as it is.
struct RefusedTask
{
    qint64 id = 0;
    QString reason;
};

/// What was done to many tasks.
struct BulkResult
{
    qint64 matches = 0;
    qint64 changed = 0;
    qint64 refusedCount = 0;
    QList<RefusedTask> refused; ///< The first hundred of them.
    bool hasMore = false;       ///< It was stopped: doing the same again goes on.
};

/// Does one thing to many tasks, some hundred in a transaction, so that writers wait for milliseconds only and nothing
/// that was done is undone by what comes later. Blocks: for pool threads.
class TaskBulk
{
public:
    explicit TaskBulk(const Database &database)
        : m_database(database)
    {
    }

    static constexpr qsizetype batch = 250;

    /// To these; one that is not there or in another state is refused.
    Result<BulkResult> apply(TaskAction action, const QList<qint64> &ids) const;
    /// To all that match and are in a state for it. The oldest first. What is pushed meanwhile is not touched.
    Result<BulkResult> apply(TaskAction action, TaskFilter filter, const TaskListing &listing,
                             const Patience &patience) const;
    /// How many that would be.
    Result<qint64> count(TaskAction action, TaskFilter filter, const TaskListing &listing,
                         const Patience &patience) const;

private:
    Result<RowSearch> searchFor(TaskAction action, TaskFilter filter, const TaskListing &listing) const;
    Result<> applyBatch(TaskAction action, const QList<qint64> &ids, BulkResult &result) const;

    Database m_database;
};

} // namespace quoin::queue
