// SPDX-License-Identifier: GPL-3.0-only
#include "queue/taskbulk.h"

#include "queue/clock.h"
#include "queue/pushwatch.h"
#include "queue/rows.h"
#include "queue/statements.h"
#include "queue/taskattempts.h"

#include <QSet>

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostReasons = 100;

/// What was put off on purpose waits for its time, as does what a broker keeps until then.
const QString failedOrOver = u"(state <> 'scheduled' OR (attempt > 0 AND message IS NULL))"_s;

/// What became of a batch; ids that are in neither were gone.
struct Done
{
    QSet<qint64> changed;
    QList<RefusedTask> refused;
};

/// In the order of their ids, as everybody does who changes many, so that no two wait for each other.
Result<> lock(Connection &connection, const QList<qint64> &ids)
{
    if (connection.dialect() == Dialect::Sqlite)
        return {};
    const auto locked = eachRow(connection,
                                u"SELECT id FROM task WHERE id IN (%1) ORDER BY id FOR UPDATE"_s.arg(
                                    statements::boundIds(connection.dialect())),
                                {statements::idsJson(ids)}, [](const Rows &row) { return row.integer(0); });
    return locked ? Result<>() : locked.error();
}

/// The usual cases in one statement; what is left needs a look at each.
Result<QList<qint64>> changeTogether(Connection &connection, TaskAction action, const QList<qint64> &ids)
{
    const QString among = u"id IN (%1)"_s.arg(statements::boundIds(connection.dialect()));
    const QString these = statements::idsJson(ids);
    const auto first = [](const Rows &row) { return row.integer(0); };
    switch (action) {
    case TaskAction::Retry:
        return eachRow(connection,
                       u"UPDATE task SET state = 'ready', attempt = 0, not_before = 0, finished = NULL "
                       "WHERE %1 AND state IN ('scheduled', 'dead', 'cancelled') AND %2 AND unique_key IS NULL "
                       "AND message IS NULL RETURNING id"_s.arg(among, failedOrOver),
                       {these}, first);
    case TaskAction::Cancel: // without its lease, a worker that is at it cannot settle it
        return eachRow(
            connection,
            u"UPDATE task SET state = 'cancelled', lease_owner = NULL, lease_until = NULL, finished = ? "
            "WHERE %1 AND state IN ('scheduled', 'ready', 'sent', 'running', 'dead') RETURNING id"_s.arg(among),
            {systemMicroseconds(), these}, first);
    case TaskAction::Delete:
        return eachRow(connection,
                       u"DELETE FROM task WHERE %1 AND (state IN ('done', 'dead') OR (state = 'cancelled' "
                       "AND message IS NULL)) RETURNING id"_s.arg(among),
                       {these}, first);
    }
    Q_UNREACHABLE();
}

Result<> changeOne(Connection &connection, TaskAction action, qint64 id)
{
    switch (action) {
    case TaskAction::Retry:
        return TaskAdmin::retryIn(connection, id);
    case TaskAction::Cancel: {
        const auto cancelled = TaskAdmin::cancelIn(connection, id);
        return cancelled ? Result<>() : cancelled.error();
    }
    case TaskAction::Delete:
        return TaskAdmin::removeIn(connection, id);
    }
    Q_UNREACHABLE();
}

Result<Done> change(Connection &connection, TaskAction action, const QList<qint64> &ids)
{
    if (const auto locked = lock(connection, ids); !locked)
        return locked.error();
    const auto together = changeTogether(connection, action, ids);
    if (!together)
        return together.error();
    Done done{QSet<qint64>(together->begin(), together->end()), {}};
    for (const qint64 id : ids) {
        if (done.changed.contains(id))
            continue;
        const auto changed = changeOne(connection, action, id);
        if (changed)
            done.changed.insert(id);
        else if (changed.error().kind() == ErrorKind::Conflict || changed.error().kind() == ErrorKind::NotFound)
            done.refused.append({id, changed.error().message()});
        else
            return changed.error();
    }
    if (action == TaskAction::Delete) {
        if (const auto forgotten = forgetAttempts(connection, done.changed.values()); !forgotten)
            return forgotten.error();
    }
    if (action == TaskAction::Retry && !done.changed.isEmpty())
        PushWatch::notePush();
    return done;
}

} // namespace

QList<TaskState> statesFor(TaskAction action)
{
    using enum TaskState;
    switch (action) {
    case TaskAction::Retry:
        return {Scheduled, Dead, Cancelled}; // of the scheduled ones those that failed
    case TaskAction::Cancel:
        return {Scheduled, Ready, Sent, Running};
    case TaskAction::Delete:
        return {Done, Dead, Cancelled};
    }
    Q_UNREACHABLE();
}

Result<> TaskBulk::applyBatch(TaskAction action, const QList<qint64> &ids, BulkResult &result) const
{
    if (ids.isEmpty())
        return {};
    const auto done
        = m_database.write([action, ids](Connection &connection) { return change(connection, action, ids); }).result();
    if (!done)
        return done.error();
    result.matches += ids.size();
    result.changed += done->changed.size();
    result.refusedCount += done->refused.size();
    result.refused += done->refused.first(std::min(done->refused.size(), mostReasons - result.refused.size()));
    return {};
}

Result<BulkResult> TaskBulk::apply(TaskAction action, const QList<qint64> &ids) const
{
    BulkResult result;
    for (qsizetype first = 0; first < ids.size(); first += batch) {
        if (const auto done = applyBatch(action, ids.mid(first, batch), result); !done)
            return done.error();
    }
    return result;
}

Result<RowSearch> TaskBulk::searchFor(TaskAction action, TaskFilter filter, const TaskListing &listing) const
{
    QList<TaskState> states = statesFor(action);
    if (!filter.states.isEmpty())
        states.removeIf([&filter](TaskState state) { return !filter.states.contains(state); });
    filter.states = states;
    RowSelection selection = listing.selection(filter);
    if (states.isEmpty()) // IN () is no SQL
        selection.condition = u"1 = 0"_s, selection.values.clear();
    else if (action == TaskAction::Retry)
        selection.condition += u" AND "_s + failedOrOver;
    selection.isDescending = false;
    const auto last = m_database
                          .read([](Connection &connection) {
                              return firstInteger(connection, u"SELECT max(id) FROM task"_s);
                          })
                          .result();
    if (!last)
        return last.error();
    selection.highest = *last;
    return RowSearch(m_database, selection);
}

Result<BulkResult> TaskBulk::apply(TaskAction action, TaskFilter filter, const TaskListing &listing,
                                   const Patience &patience) const
{
    auto search = searchFor(action, std::move(filter), listing);
    if (!search)
        return search.error();
    BulkResult result;
    while (!search->isAtEnd()) {
        if (patience.isOver()) {
            result.hasMore = true;
            break;
        }
        const auto ids = search->step({}, batch, [](const Rows &row) { return row.integer(0); });
        if (!ids)
            return ids.error();
        if (const auto done = applyBatch(action, *ids, result); !done)
            return done.error();
    }
    return result;
}

Result<qint64> TaskBulk::count(TaskAction action, TaskFilter filter, const TaskListing &listing,
                               const Patience &patience) const
{
    auto search = searchFor(action, std::move(filter), listing);
    if (!search)
        return search.error();
    qint64 count = 0;
    while (!search->isAtEnd()) {
        if (patience.isOver())
            return Error::unavailable(u"Counting the tasks took too long: narrow the filter."_s);
        const auto ids = search->step({}, 20'000, [](const Rows &row) { return row.integer(0); });
        if (!ids)
            return ids.error();
        count += ids->size();
    }
    return count;
}

} // namespace quoin::queue
