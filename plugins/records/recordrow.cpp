// SPDX-License-Identifier: GPL-3.0-only
#include "recordrow.h"

using namespace Qt::StringLiterals;

namespace records {

using quoin::Connection;
using quoin::Dialect;
using quoin::Error;
using quoin::JsonText;
using quoin::Result;
using quoin::Rows;

// Why the casts. PostgreSQL takes a parameter's type from the column: json, and integer for SERIAL, which a larger
// number would overflow. SQLite gives a text to Qt as UTF-16 and replaces U+FFFE and U+FFFF on the way (its READ_UTF8
// macro); as a blob it is the bytes.

QString dataColumn(Dialect dialect)
{
    return dialect == Dialect::Sqlite ? u"CAST(json AS BLOB)"_s : u"CAST(json AS TEXT)"_s;
}

QByteArray textOf(const Rows &rows, int column)
{
    const QByteArray text = rows.text(column);
    return text.isNull() ? QByteArrayLiteral("null") : text;
}

namespace {

QString showStatement(Dialect dialect)
{
    return u"SELECT %1 FROM record WHERE id = CAST(? AS BIGINT)"_s.arg(dataColumn(dialect));
}

/// SQLite has one writer at a time, who needs no lock on a row.
QString changeStatement(Dialect dialect)
{
    const bool isSqlite = dialect == Dialect::Sqlite;
    return u"SELECT %1, %2 FROM record WHERE id = CAST(? AS BIGINT)%3"_s.arg(
        dataColumn(dialect), isSqlite ? u"json IS NULL OR json_valid(CAST(json AS TEXT))"_s : u"1"_s,
        isSqlite ? QString() : u" FOR UPDATE"_s);
}

} // namespace

Result<StoredRecord> readRecord(Connection &connection, qint64 id, ReadFor purpose)
{
    const bool isForChange = purpose == ReadFor::Change;
    auto rows = connection.query(
        isForChange ? changeStatement(connection.dialect()) : showStatement(connection.dialect()), {id});
    if (!rows)
        return rows.error();
    if (rows->next())
        return StoredRecord{JsonText(textOf(*rows, 0)), !isForChange || rows->integer(1) != 0};
    if (const auto read = rows->error(); !read)
        return read.error();
    return Error::notFound(u"There is no record %1."_s.arg(id));
}

} // namespace records
