// SPDX-License-Identifier: GPL-3.0-only
#include "queue/taskattempts.h"

#include "queue/rows.h"
#include "queue/statements.h"

#include <quoin/json.h>

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

const QString columns = u"(task, attempt, started, finished, worker, outcome, error)"_s;

QByteArray toJson(const Settlement &settlement, qint64 now)
{
    const bool isRetried = settlement.state == TaskState::Scheduled || settlement.state == TaskState::Sent;
    return "{\"rid\":" + QByteArray::number(settlement.id) + ",\"rattempt\":" + QByteArray::number(settlement.attempt)
        + ",\"rstarted\":" + (settlement.started > 0 ? QByteArray::number(settlement.started) : QByteArray("null"))
        + ",\"rended\":" + QByteArray::number(settlement.finished > 0 ? settlement.finished : now)
        + ",\"routcome\":" + jsonString(isRetried ? u"failed"_s : toString(settlement.state))
        + ",\"rreason\":" + jsonString(settlement.error) + '}';
}

Result<> succeeded(const Result<qint64> &changed) { return changed ? Result<>() : changed.error(); }

} // namespace

Result<> noteFailedAttempts(Connection &connection, const QString &owner, const QList<Settlement> &settlements,
                            qint64 now)
{
    static const QList<statements::Field> fields{{"rid", "bigint"},    {"rattempt", "integer"}, {"rstarted", "bigint"},
                                                 {"rended", "bigint"}, {"routcome", "text"},    {"rreason", "text"}};
    QByteArray failed;
    for (const Settlement &settlement : settlements) {
        if (!settlement.error.isNull() && settlement.counted)
            failed += ',' + toJson(settlement, now);
    }
    if (failed.isEmpty())
        return {};
    return succeeded(connection.execute(
        u"INSERT INTO task_attempt %1 SELECT task.id, task.attempt, coalesce(r.rstarted, task.started), r.rended, "
        "task.worker, r.routcome, r.rreason FROM task, %2 WHERE task.id = r.rid AND task.attempt = r.rattempt "
        "AND task.state = 'running' AND task.lease_owner = ?"_s.arg(
            columns, statements::boundRows(connection.dialect(), fields)),
        {QString::fromUtf8('[' + failed.sliced(1) + ']'), owner}));
}

Result<> noteLostAttempts(Connection &connection, const QList<Reclaimed> &tasks, qint64 now)
{
    if (tasks.isEmpty())
        return {};
    QList<qint64> ids;
    for (const Reclaimed &task : tasks)
        ids += task.id;
    return succeeded(connection.execute(
        u"INSERT INTO task_attempt %1 SELECT id, attempt, started, CAST(? AS BIGINT), worker, 'lost', error "
        "FROM task WHERE id IN (%2)"_s.arg(columns, statements::boundIds(connection.dialect())),
        {now, statements::idsJson(ids)}));
}

Result<> forgetAttempts(Connection &connection, const QList<qint64> &tasks)
{
    if (tasks.isEmpty())
        return {};
    return succeeded(connection.execute(
        u"DELETE FROM task_attempt WHERE task IN (%1)"_s.arg(statements::boundIds(connection.dialect())),
        {statements::idsJson(tasks)}));
}

Result<QList<TaskAttempt>> attemptsOf(Connection &connection, qint64 task)
{
    return eachRow(connection,
                   u"SELECT attempt, started, finished, worker, outcome, error FROM task_attempt WHERE task = ? "
                   "ORDER BY id"_s,
                   {task}, [](const Rows &row) {
                       return TaskAttempt{static_cast<int>(row.integer(0)),
                                          row.integer(1),
                                          row.integer(2),
                                          QString::fromUtf8(row.text(3)),
                                          QString::fromUtf8(row.text(4)),
                                          QString::fromUtf8(row.text(5))};
                   });
}

} // namespace quoin::queue
