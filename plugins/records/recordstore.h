// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/batchwrite.h>
#include <quoin/database.h>
#include <quoin/json.h>
#include <quoin/registry.h>
#include <quoin/result.h>
#include <quoin/tasks.h>

#include <QByteArray>

#include <limits>
#include <optional>

namespace records {

/// Some records in the order of their ids, already as the JSON they are answered with.
struct RecordPage
{
    QByteArray json; ///< {"id":1,"data":...},{"id":2,"data":...}: no brackets around it.
    qint64 rows = 0;
    qint64 lastId = 0; ///< Of the last one; unset without rows.
};

/// Which records to read: those with after < id <= last, at most so many.
struct PageBounds
{
    qint64 after = std::numeric_limits<qint64>::min();
    qint64 last = 0;
    qint64 rows = 0;
};

/// What a list holds at the moment it is asked for, and the beginning of it. Later records have higher ids and do not
/// belong to it.
struct RecordListing
{
    qint64 last = 0;      ///< The highest id of the list.
    bool hasMore = false; ///< Whether the limit left records out.
    RecordPage first;
    bool isComplete = false; ///< Whether first is all of it.
};

/// The table "record": the one that the Python tutorial makes, so that both can use one database. Any thread.
class RecordStore
{
public:
    /// A page ends with the record that fills this many bytes.
    static constexpr qint64 pageBytes = 262'144;
    /// The rows to ask for first: few, so that the first byte leaves soon.
    static constexpr qint64 firstRows = 256;
    static constexpr qint64 mostRows = 4096;
    /// Larger records are not inserted together with others, so that one statement stays within some megabytes.
    static constexpr qsizetype largestGathered = 65'536;

    RecordStore(const quoin::Database &database, const quoin::Events &events,
                const quoin::Traces &traces = quoin::Traces());

    static QList<quoin::Migration> migrations();

    /// Whether the database can hold records; blocks. An SQLite file of another encoding than UTF-8 would be misread.
    quoin::Result<> check() const;

    /// Stores the text untouched and publishes "record.created" with the new id and the text, in one commit. The id.
    quoin::Future<qint64> insert(const quoin::JsonText &json) const;

    /// The text as it was stored; NotFound if there is no such record. SQL NULL is null.
    quoin::Future<quoin::JsonText> find(qint64 id) const;

    /// The records with an id above after, all or the first so many.
    quoin::Future<RecordListing> list(qint64 after, std::optional<qint64> limit) const;

    /// At least one record if there is one within the bounds, then as many as fit into pageBytes.
    quoin::Future<RecordPage> page(const PageBounds &bounds) const;

private:
    quoin::Database m_database;
    quoin::Events m_events;
    quoin::BatchWrite<quoin::JsonText, qint64> m_inserts;
};

} // namespace records
