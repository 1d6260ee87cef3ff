// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

namespace quoin::celery::statements {

// The SQL of the ledger. Entries are bound as one JSON text, an array of {"n", "rmessage", "rname", "rarguments",
// "rpriority", "rretries", "rcreated"}.

/// Begins what has a row and may be run. ? owner, ? worker, ? started, ? entries (in SQLite; in PostgreSQL entries
/// first). Returns message, id, attempt, created, error.
QString take(Dialect dialect);
/// Makes running rows of messages that have none. ? owner, ? worker, ? started, ? entries. Returns message, id,
/// attempt, created.
QString add(Dialect dialect);
/// ? entries. Returns message, id, attempt, created, error, state.
QString see(Dialect dialect);
/// Writes down one that cannot be run: ? name, ? priority, ? created, ? finished, ? message, ? error. Returns id,
/// attempt, created; no row if it had ended before.
QString refuse();
/// ? owner, ? ids. Returns id, attempt.
QString stillHeld(Dialect dialect);

} // namespace quoin::celery::statements
