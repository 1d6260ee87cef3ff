// SPDX-License-Identifier: GPL-3.0-only
#pragma once

class QSqlDatabase;

namespace quoin::database {

/// Sends what the server remarks on a QPSQL connection to the log (debug), where libpq would print it on stderr in the
/// midst of a structured log. Does nothing when libpq cannot be found under its usual name.
void logNotices(const QSqlDatabase &driver);

} // namespace quoin::database
