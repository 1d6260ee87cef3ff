// SPDX-License-Identifier: GPL-3.0-only
#include "queue/taskadmin.h"

#include "queue/clock.h"
#include "queue/pushwatch.h"
#include "queue/taskattempts.h"

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

struct Found
{
    QString state;
    int attempt = 0;
    bool keyTaken = false; ///< Another unfinished task has its unique key.
    QString message;       ///< Null: it has none.

    bool is(TaskState other) const { return state == toString(other); }
    /// It failed and waits for its next attempt. What a broker keeps until then is the broker's.
    bool waitsAfterFailure() const { return is(TaskState::Scheduled) && attempt > 0 && message.isNull(); }
};

Result<Found> find(Connection &connection, qint64 id)
{
    const QString forUpdate = connection.dialect() == Dialect::Postgresql ? u" FOR UPDATE"_s : QString();
    auto rows = connection.query(
        u"SELECT state, attempt, EXISTS (SELECT 1 FROM task AS other WHERE other.unique_key = task.unique_key "
        "AND other.id <> task.id AND other.unique_key IS NOT NULL "
        "AND other.state IN ('scheduled', 'ready', 'sent', 'running')), message FROM task WHERE id = ?"_s
            + forUpdate,
        {id});
    if (!rows)
        return rows.error();
    if (rows->next())
        return Found{QString::fromUtf8(rows->text(0)), static_cast<int>(rows->integer(1)), rows->value(2).toBool(),
                     QString::fromUtf8(rows->text(3))};
    if (const auto stepped = rows->error(); !stepped)
        return stepped.error();
    return Error::notFound(u"There is no task %1; it may have been pruned."_s.arg(id));
}

/// A copy of the old message may be in the broker still: its row says that it must not run.
Result<> keepMessage(Connection &connection, qint64 id, const QString &message)
{
    const auto kept = connection.execute(
        u"INSERT INTO task (name, arguments, state, created, finished, message, error) "
        "SELECT name, '[]', 'cancelled', created, ?, ?, ? FROM task WHERE id = ?"_s,
        {systemMicroseconds(), message, u"An earlier message of task %1, which was retried by hand."_s.arg(id), id});
    return kept ? Result<>() : kept.error();
}

Result<TaskState> stateOf(const QString &text)
{
    if (const auto state = taskState(text))
        return *state;
    return Error::internal(u"The table task has a state \"%1\", which this version does not know."_s.arg(text));
}

Result<TaskAdmin::Figures> count(Connection &connection)
{
    auto rows = connection.query(u"SELECT (SELECT count(*) FROM task WHERE state = 'ready'), "
                                 "(SELECT count(*) FROM task WHERE state = 'scheduled'), "
                                 "(SELECT count(*) FROM task WHERE state = 'sent'), "
                                 "(SELECT count(*) FROM task WHERE state = 'running'), "
                                 "(SELECT count(*) FROM task WHERE state = 'dead'), "
                                 "(SELECT min(created) FROM task WHERE state = 'ready')"_s);
    if (!rows)
        return rows.error();
    if (!rows->next())
        return rows->error() ? Error::internal(u"Counting the tasks brought no row."_s) : rows->error().error();
    TaskAdmin::Figures figures;
    int column = 0;
    for (qint64 *figure :
         {&figures.ready, &figures.scheduled, &figures.sent, &figures.running, &figures.dead, &figures.oldestReady})
        *figure = rows->integer(column++);
    return figures;
}

} // namespace

Result<> TaskAdmin::retryIn(Connection &connection, qint64 id)
{
    const auto found = find(connection, id);
    if (!found)
        return found.error();
    if (!found->is(TaskState::Dead) && !found->is(TaskState::Cancelled) && !found->waitsAfterFailure())
        return Error::conflict(
            u"Task %1 is %2; only one that failed or was cancelled can be retried."_s.arg(id).arg(found->state));
    if (found->keyTaken)
        return Error::conflict(
            u"Task %1 cannot be retried while another unfinished task has its unique key."_s.arg(id));
    const auto changed = connection.execute(
        u"UPDATE task SET state = 'ready', attempt = 0, not_before = 0, finished = NULL, message = NULL, sent = NULL "
        "WHERE id = ?"_s,
        {id});
    if (!changed)
        return changed.error();
    if (const auto kept = found->message.isNull() ? Result<>() : keepMessage(connection, id, found->message); !kept)
        return kept;
    PushWatch::notePush();
    return {};
}

Result<TaskState> TaskAdmin::cancelIn(Connection &connection, qint64 id)
{
    const auto found = find(connection, id);
    if (!found)
        return found.error();
    const auto state = stateOf(found->state);
    if (state && (*state == TaskState::Done || *state == TaskState::Cancelled))
        return Error::conflict(u"Task %1 is %2 already."_s.arg(id).arg(found->state));
    // Without its lease, a worker that is at it cannot settle it.
    const auto changed = connection.execute(
        u"UPDATE task SET state = 'cancelled', lease_owner = NULL, lease_until = NULL, finished = ? "
        "WHERE id = ?"_s,
        {systemMicroseconds(), id});
    if (!changed)
        return changed.error();
    return state;
}

Result<> TaskAdmin::removeIn(Connection &connection, qint64 id)
{
    const auto found = find(connection, id);
    if (!found)
        return found.error();
    const auto state = taskState(found->state);
    if (state != TaskState::Done && state != TaskState::Dead && state != TaskState::Cancelled)
        return Error::conflict(u"Task %1 is %2; cancel it first."_s.arg(id).arg(found->state));
    if (state == TaskState::Cancelled && !found->message.isNull())
        return Error::conflict(
            u"Task %1 was cancelled as a message that the broker may still have: it is kept until it "
            "is pruned, so that it does not run."_s.arg(id));
    const auto removed = connection.execute(u"DELETE FROM task WHERE id = ?"_s, {id});
    return removed ? forgetAttempts(connection, {id}) : removed.error();
}

Future<> TaskAdmin::retry(qint64 id) const
{
    return m_database.write([id](Connection &connection) { return retryIn(connection, id); });
}

Future<TaskState> TaskAdmin::cancel(qint64 id) const
{
    return m_database.write([id](Connection &connection) { return cancelIn(connection, id); });
}

Future<> TaskAdmin::remove(qint64 id) const
{
    return m_database.write([id](Connection &connection) { return removeIn(connection, id); });
}

Future<TaskAdmin::Figures> TaskAdmin::figures() const
{
    return m_database.read([](Connection &connection) { return count(connection); });
}

} // namespace quoin::queue
