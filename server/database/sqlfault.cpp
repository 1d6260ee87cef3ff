// SPDX-License-Identifier: GPL-3.0-only
#include "database/sqlfault.h"

#include <QSqlError>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

/// The database's own words on one line, without the driver's frame around them.
QString wordsOf(const QSqlError &error)
{
    QString text = error.databaseText().isEmpty() ? error.driverText() : error.databaseText();
    if (text.startsWith(u"ERROR:"))
        text = text.sliced(6);
    return text.simplified();
}

SqlFault statementFault(const QString &words, const QString &sql)
{
    return {FaultKind::Statement,
            Error::internal(u"the statement failed: %1; it was: %2"_s.arg(words, sql.simplified().left(500)))};
}

SqlFault conflict(const QString &words)
{
    return {FaultKind::Statement, Error::conflict(u"it clashes with what is stored: %1"_s.arg(words))};
}

SqlFault storage(const QString &what)
{
    return {FaultKind::Storage, Error::unavailable(u"the database cannot work: %1; nothing was stored"_s.arg(what))};
}

// sqlite.org/rescode.html; the low byte is the primary code.
enum SqliteCode {
    Busy = 5,
    Locked = 6,
    NoMemory = 7,
    ReadOnly = 8,
    IoError = 10,
    Corrupt = 11,
    Full = 13,
    CannotOpen = 14,
    Constraint = 19,
    NotADatabase = 26
};
enum SqliteExtendedCode { ForeignKey = 787, PrimaryKey = 1555, Unique = 2067, RowId = 2579 };

SqlFault sqliteFault(int code, const QString &words, const QString &sql)
{
    switch (code & 0xff) {
    case Busy:
    case Locked:
        return {FaultKind::Busy,
                Error::unavailable(u"the database file is locked by another process (%1); nothing was stored; "
                                   "try again"_s.arg(words))};
    case Full:
        return storage(u"its disk is full (%1)"_s.arg(words));
    case ReadOnly:
        return storage(u"its file or folder is read-only (%1)"_s.arg(words));
    case Corrupt:
        return storage(u"its file is damaged (%1); stop, keep a copy and restore a backup"_s.arg(words));
    case NotADatabase:
        return storage(u"its file is no SQLite database, or is encrypted (%1)"_s.arg(words));
    case CannotOpen:
        return storage(u"its file cannot be opened (%1): check that the folder exists and may be written"_s.arg(words));
    case IoError:
        return storage(u"reading or writing its file failed (%1)"_s.arg(words));
    case NoMemory:
        return storage(u"out of memory"_s);
    case Constraint:
        if (code == Unique || code == PrimaryKey || code == ForeignKey || code == RowId)
            return conflict(words);
        return statementFault(words, sql);
    default:
        return statementFault(words, sql);
    }
}

SqlFault postgresqlFault(const QString &state, const QString &words, const QString &sql)
{
    const QStringView stateClass = QStringView(state).left(2);
    if (stateClass == u"08" || state == u"57P01" || state == u"57P02" || state == u"57P03" || state == u"57P05"
        || state == u"25P03" || state == u"25P04")
        return {FaultKind::Lost, Error::unavailable(u"the connection to the database was lost (%1)"_s.arg(words))};
    if (stateClass == u"40")
        return {FaultKind::Transient,
                Error::unavailable(u"it clashed with other work at the same time (%1); nothing was "
                                   "stored; try again"_s.arg(words))};
    // "cached plan must not change result type": the table was altered under a prepared statement, which is then
    // prepared anew.
    if (state == u"0A000" && words.contains("cached plan"_L1))
        return {FaultKind::Transient,
                Error::unavailable(u"a table was being changed; nothing was stored; try again"_s)};
    if (stateClass == u"53" || stateClass == u"58" || state == u"XX001" || state == u"XX002" || state == u"25006")
        return storage(words);
    if (state == u"23505" || state == u"23503" || state == u"23P01")
        return conflict(words);
    if (stateClass == u"22")
        return {FaultKind::Statement, Error::invalid(u"the database does not take the value: %1"_s.arg(words))};
    return statementFault(words, sql);
}

} // namespace

SqlFault faultOf(const QSqlError &error, Dialect dialect, const QString &sql, bool isOpen)
{
    const QString words = wordsOf(error);
    if (dialect == Dialect::Sqlite)
        return sqliteFault(error.nativeErrorCode().toInt(), words, sql);
    // An error that the server did not send has no SQLSTATE: it is libpq's, and the connection is of no use any more.
    // The driver finds that out only at the next statement.
    if (!isOpen || error.nativeErrorCode().isEmpty())
        return {FaultKind::Lost, Error::unavailable(u"the connection to the database was lost (%1)"_s.arg(words))};
    return postgresqlFault(error.nativeErrorCode(), words, sql);
}

} // namespace quoin::database
