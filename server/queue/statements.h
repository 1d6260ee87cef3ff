// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

namespace quoin::queue::statements {

// The SQL of the queue, where the dialects differ. Lists of ids and of settlements are bound as one JSON text, so that
// each statement has one text, is prepared once, and takes one round trip however long the list is.

/// ? settlements (JSON array of objects), ? owner. Returns id.
QString settle(Dialect dialect);
/// ? lease until, ? owner, ? ids. Returns id, attempt.
QString renew(Dialect dialect);
/// ? now, ? owner, ? ids held. Returns id, name, attempt, worker.
QString reclaim(Dialect dialect);
/// ? now.
QString promote(Dialect dialect);
/// ? owner, ? lease until, ? worker, ? now; then ? name, ? name, ? wanted for each of the names; then ? wanted.
/// Returns id, name, arguments, attempt, priority, created, trace, in any order.
QString claim(Dialect dialect, qsizetype names);
/// ? name, ? name for each of the names. Returns whether one is ready and not paused, the first not_before of what is
/// scheduled, the first lease_until.
QString look(qsizetype names);
/// PostgreSQL only. Returns its clock.
QString now();

// Parts of statements.

/// A select of ids that are bound as one JSON text (idsJson()).
QString boundIds(Dialect dialect);
QString idsJson(const QList<qint64> &ids);
/// A table r for a FROM: rows that are bound as one JSON text, an array of objects with these fields. Names must differ
/// from those of the columns they meet.
struct Field
{
    const char *name;
    const char *type; ///< PostgreSQL's.
};
QString boundRows(Dialect dialect, const QList<Field> &fields);
/// A condition: the id is among those that the select names, which is run once.
QString idIn(Dialect dialect, const QString &select);
/// To end a select of rows to be changed: passes over those that another transaction is at work on.
QString skipLocked(Dialect dialect);
/// The column arguments, so that Rows::text() has it byte for byte.
QString argumentsColumn(Dialect dialect, const QString &table = QStringLiteral("task"));

} // namespace quoin::queue::statements
