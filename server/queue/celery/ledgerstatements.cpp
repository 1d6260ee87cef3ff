// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/ledgerstatements.h"

#include "queue/statements.h"

namespace quoin::celery::statements {

using namespace Qt::StringLiterals;
using queue::statements::boundRows;

namespace {

const QList<queue::statements::Field> messages{{"rmessage", "text"}, {"rretries", "integer"}};
const QList<queue::statements::Field> entries{{"n", "integer"},       {"rmessage", "text"},     {"rname", "text"},
                                              {"rarguments", "text"}, {"rpriority", "integer"}, {"rretries", "integer"},
                                              {"rcreated", "bigint"}, {"rtrace", "text"}};

/// What runs under a lease of the table, or is to be retried from it, is the table's: its message is a copy.
const QString runnable = u"(state IN ('ready', 'sent') OR (state = 'running' AND lease_until IS NULL))"_s;

const QString begun
    = u"state = 'running', finished = NULL, lease_until = NULL, lease_owner = ?, worker = ?, started = ?, "
      "error = CASE WHEN state = 'running' THEN 'Attempt ' || attempt || ' did not end: its worker ' || "
      "coalesce(worker, '') || ' was killed or stalled.' ELSE error END"_s;

} // namespace

QString take(Dialect dialect)
{
    if (dialect == Dialect::Sqlite)
        return u"UPDATE task SET attempt = max(attempt, rretries) + 1, %1 FROM %2 "
               "WHERE message = rmessage AND %3 RETURNING message, id, attempt, created, error, trace"_s.arg(
                   begun, boundRows(dialect, messages), runnable);
    // Locked in one order, because two nodes may claim copies of the same messages at the same time. The array has
    // PostgreSQL look each message up, whatever it thinks of a table that has just grown.
    return u"WITH claim AS MATERIALIZED (SELECT * FROM %1), found AS MATERIALIZED (SELECT task.id AS rid, rretries "
           u"FROM task "
           "JOIN claim ON message = rmessage WHERE message = ANY (ARRAY (SELECT rmessage FROM claim)) AND %2 "
           "ORDER BY task.id FOR UPDATE OF task) "
           "UPDATE task SET attempt = greatest(attempt, rretries) + 1, %3 FROM found WHERE id = rid "
           "RETURNING message, id, attempt, created, error, trace"_s.arg(boundRows(dialect, messages), runnable, begun);
}

QString add(Dialect dialect)
{
    return u"INSERT INTO task (name, arguments, state, priority, attempt, created, lease_owner, worker, started, "
           u"message, trace) "
           "SELECT rname, rarguments, 'running', rpriority, rretries + 1, rcreated, ?, ?, CAST(? AS bigint), rmessage, "
           "rtrace "
           "FROM %1 "
           "WHERE true ORDER BY n ON CONFLICT (message) WHERE message IS NOT NULL DO NOTHING "
           "RETURNING message, id, attempt, created"_s.arg(boundRows(dialect, entries));
}

QString see(Dialect dialect)
{
    return u"SELECT message, id, attempt, created, error, state FROM task JOIN %1 ON message = rmessage"_s.arg(
        boundRows(dialect, messages));
}

QString refuse()
{
    return u"INSERT INTO task (name, arguments, state, priority, created, finished, message, error) "
           "VALUES (?, '[]', 'dead', ?, ?, ?, ?, ?) ON CONFLICT (message) WHERE message IS NOT NULL DO UPDATE SET "
           "state = 'dead', finished = excluded.finished, error = excluded.error, lease_owner = NULL, lease_until = "
           "NULL "
           "WHERE task.state NOT IN ('done', 'dead', 'cancelled') RETURNING id, attempt, created"_s;
}

QString stillHeld(Dialect dialect)
{
    return u"SELECT id, attempt FROM task WHERE state = 'running' AND lease_owner = ? AND id IN (%1)"_s.arg(
        queue::statements::boundIds(dialect));
}

} // namespace quoin::celery::statements
