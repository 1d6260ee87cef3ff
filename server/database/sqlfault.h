// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>
#include <quoin/result.h>

class QSqlError;

namespace quoin::database {

/// Why a statement failed, as far as it decides what happens next.
enum class FaultKind {
    Statement, ///< The statement's or its values' own fault: running it again alone fails again.
    Transient, ///< It clashed with another transaction (deadlock, serialization): running it again may succeed.
    Busy,      ///< SQLite: another process held the write lock for the whole busy timeout.
    Storage,   ///< Disk full, read-only, damaged, out of resources: the server's trouble, not the job's.
    Lost,      ///< The connection is gone.
};

struct SqlFault
{
    FaultKind kind = FaultKind::Statement;
    Error error;
};

/// Sorts a driver's error by its native code (SQLite result code; SQLSTATE, PostgreSQL documentation, Appendix A). sql
/// is the statement, for the message of an Internal error; isOpen is whether the driver still sees its connection.
SqlFault faultOf(const QSqlError &error, Dialect dialect, const QString &sql, bool isOpen);

} // namespace quoin::database
