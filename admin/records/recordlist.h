// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/jsonpath.h"

#include <QByteArray>
#include <QStringList>

#include <optional>

namespace admin {

/// A record as the server lists it; its data byte for byte.
struct ListedRecord
{
    qint64 id = 0, size = 0;
    QString created; ///< RFC 3339; empty if the server does not know
    QByteArray data; ///< empty if it was too large for the list
    bool isTruncated = false;
    bool isInvalid = false; ///< another program stored something that is not JSON: data is that text
};

struct RecordList
{
    QList<ListedRecord> records;
    QString next; ///< cursor; empty at the end
};

/// Reads an answer to GET /admin/v1/records. Nothing if it is not one.
std::optional<RecordList> readRecordList(QByteArrayView json);
/// The data in an answer to GET /record/{id}, `{"id":1,"data":...}`, as it was stored, even if that is not JSON.
/// Nothing if it is not such an answer.
std::optional<QByteArray> recordData(const QByteArray &answer);

/// A record as a row of a table: only what is shown, so that thousands of them are small.
struct RecordRow
{
    qint64 id = 0, size = 0;
    QString created;
    QString preview;   ///< the beginning of the data on one line
    QStringList cells; ///< one for each path
    bool isTruncated = false, isInvalid = false;
};

/// How the data of a record are shown in a row.
RecordRow rowOf(const ListedRecord &record, const QList<JsonPath> &paths);
QList<RecordRow> rowsOf(const QList<ListedRecord> &records, const QList<JsonPath> &paths);
/// The names in the objects of these records, the most frequent first; those of simple values before others.
QStringList namesIn(const QList<ListedRecord> &records);

} // namespace admin
