// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/database.h>
#include <quoin/json.h>

namespace records {

/// The column that gives the text of a record, byte for byte, as text of the database's own JSON type or none.
QString dataColumn(quoin::Dialect dialect);

/// What that column gave; "null" for a row without a value, as the tutorial answers.
QByteArray textOf(const quoin::Rows &rows, int column);

/// One record, as it is stored.
struct StoredRecord
{
    quoin::JsonText data;
    bool isJson = true; ///< Asked for with ReadFor::Change only. False in SQLite alone, where anybody stores anything.
};

enum class ReadFor { Show, Change }; ///< Change: nobody else changes the row before this transaction ends.

/// NotFound if there is no such record.
quoin::Result<StoredRecord> readRecord(quoin::Connection &connection, qint64 id, ReadFor purpose);

} // namespace records
