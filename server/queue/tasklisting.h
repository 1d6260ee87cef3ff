// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/taskstate.h"

#include <quoin/listing.h>

#include <QList>
#include <QStringList>

#include <optional>

namespace quoin::queue {

/// Which tasks: those to which all of this applies.
struct TaskFilter
{
    QList<TaskState> states; ///< One of these; empty: any.
    QString name;            ///< As stored; empty: any.
    std::optional<qint64> record;
    std::optional<qint64> from; ///< Pushed then or later, microseconds since 1970 UTC,
    std::optional<qint64> to;   ///< and before that.
    QString text; ///< Contained in the name, the arguments, the error, the message, the unique key or the trace.

    bool isEmpty() const { return states.isEmpty() && name.isEmpty() && !record && !from && !to && text.isEmpty(); }
};

/// A row of the table task, for people. Times are microseconds since 1970 UTC, 0 where there is none yet.
struct TaskRow
{
    qint64 id = 0;
    QString name;
    QString state;
    int priority = 0;
    int attempt = 0; ///< How many have begun.
    qint64 created = 0;
    qint64 notBefore = 0;
    qint64 started = 0;
    qint64 finished = 0;
    QString worker;
    QString error;
    QString uniqueKey;
    QString message;
    QString trace;        ///< The trace-id.
    QByteArray arguments; ///< In a list their beginning.
};

/// Selects and reads rows of the table task. A cheap value; any thread.
class TaskListing
{
public:
    /// recordTasks: the names of the tasks whose first argument is the id of a record.
    TaskListing(Dialect dialect, QStringList recordTasks)
        : m_dialect(dialect)
        , m_recordTasks(std::move(recordTasks))
    {
    }

    /// The newest first.
    RowSelection selection(const TaskFilter &filter) const;
    /// The columns behind the id of which rowOf() makes a TaskRow; whole: with all of the arguments.
    QString columns(bool whole = false) const;
    static TaskRow rowOf(const Rows &row);
    /// The whole row; NotFound. Part of a read job.
    Result<TaskRow> find(Connection &connection, qint64 id) const;
    /// The id of the record that the task is about, if its name and its arguments say so.
    std::optional<qint64> recordOf(const TaskRow &task) const;

private:
    Dialect m_dialect;
    QStringList m_recordTasks;
};

} // namespace quoin::queue
