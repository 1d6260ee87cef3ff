// SPDX-License-Identifier: GPL-3.0-only
#include "recordstore.h"

#include "recordrow.h"

#include <algorithm>
#include <chrono>

using namespace Qt::StringLiterals;

namespace records {

using quoin::Connection;
using quoin::Dialect;
using quoin::Error;
using quoin::Events;
using quoin::Future;
using quoin::JsonText;
using quoin::Result;
using quoin::Rows;

namespace {

/// PostgreSQL sends the whole result at once, so it is made to stop where the page is full.
QString pageStatement(Dialect dialect)
{
    if (dialect == Dialect::Sqlite)
        return u"SELECT id, %1 FROM record WHERE id > ? AND id <= ? ORDER BY id LIMIT ?"_s.arg(dataColumn(dialect));
    return u"SELECT id, data FROM ("
           "SELECT id, data, sum(size) OVER (ORDER BY id) - size AS ahead FROM ("
           "SELECT id, data, coalesce(octet_length(data), 0) AS size FROM ("
           "SELECT id, %1 AS data FROM record WHERE id > CAST(? AS BIGINT) AND id <= CAST(? AS BIGINT) "
           "ORDER BY id LIMIT CAST(? AS BIGINT)) AS chunk) AS sized) AS counted "
           "WHERE ahead < %2 ORDER BY id"_s.arg(dataColumn(dialect))
               .arg(RecordStore::pageBytes);
}

Result<RecordPage> readPage(Connection &connection, const PageBounds &bounds)
{
    auto rows = connection.query(pageStatement(connection.dialect()), {bounds.after, bounds.last, bounds.rows});
    if (!rows)
        return rows.error();
    RecordPage page;
    while (page.json.size() < RecordStore::pageBytes && rows->next()) {
        page.lastId = rows->integer(0);
        page.json += page.rows++ ? ",{\"id\":" : "{\"id\":";
        page.json += QByteArray::number(page.lastId);
        page.json += ",\"data\":";
        page.json += textOf(*rows, 1);
        page.json += '}';
    }
    if (const auto read = rows->error(); !read)
        return read.error();
    return page;
}

/// The highest id above after, or nothing.
Result<std::optional<qint64>> highestId(Connection &connection, qint64 after)
{
    auto rows = connection.query(u"SELECT max(id) FROM record WHERE id > CAST(? AS BIGINT)"_s, {after});
    if (!rows)
        return rows.error();
    std::optional<qint64> highest;
    if (rows->next() && !rows->isNull(0))
        highest = rows->integer(0);
    if (const auto read = rows->error(); !read)
        return read.error();
    return highest;
}

/// The id of the limit-th record above after and of the one that follows it, as far as there are such.
Result<QList<qint64>> idsAtLimit(Connection &connection, qint64 after, qint64 limit)
{
    auto rows = connection.query(
        u"SELECT id FROM record WHERE id > CAST(? AS BIGINT) ORDER BY id LIMIT 2 OFFSET CAST(? AS BIGINT)"_s,
        {after, limit - 1});
    if (!rows)
        return rows.error();
    QList<qint64> ids;
    while (rows->next())
        ids.append(rows->integer(0));
    if (const auto read = rows->error(); !read)
        return read.error();
    return ids;
}

/// Sets last and hasMore; false if there is no record at all.
Result<bool> findEnd(Connection &connection, qint64 after, std::optional<qint64> limit, RecordListing &listing)
{
    if (limit) {
        const auto ids = idsAtLimit(connection, after, *limit);
        if (!ids)
            return ids.error();
        if (!ids->isEmpty()) {
            listing.last = ids->first();
            listing.hasMore = ids->size() > 1;
            return true;
        }
    }
    const auto highest = highestId(connection, after);
    if (!highest)
        return highest.error();
    listing.last = highest->value_or(0);
    return highest->has_value();
}

Result<RecordListing> readListing(Connection &connection, qint64 after, std::optional<qint64> limit)
{
    RecordListing listing;
    const auto isAny = findEnd(connection, after, limit, listing);
    if (!isAny)
        return isAny.error();
    if (*isAny) {
        auto page = readPage(connection, {after, listing.last, RecordStore::firstRows});
        if (!page)
            return page.error();
        listing.first = *std::move(page);
    }
    listing.isComplete = listing.first.rows == 0 || listing.first.lastId >= listing.last;
    return listing;
}

/// One statement for all on PostgreSQL, where each is a round trip: the elements of a JSON array keep their own text,
/// and ids are given in the order of the SELECT. There the column created has the time as its default.
QString insertStatement(Dialect dialect)
{
    if (dialect == Dialect::Sqlite)
        return u"INSERT INTO record (json, created) VALUES (?, ?) RETURNING id"_s;
    return u"INSERT INTO record (json) SELECT value FROM json_array_elements(CAST(? AS JSON)) "
           "WITH ORDINALITY AS given (value, place) ORDER BY place RETURNING id"_s;
}

qint64 microsecondsNow()
{
    using namespace std::chrono;
    return floor<microseconds>(system_clock::now()).time_since_epoch().count();
}

/// The ids of the rows, one for each of the texts, lowest first.
Result<QList<qint64>> insertRows(Connection &connection, const QVariantList &values, qsizetype count)
{
    auto rows = connection.query(insertStatement(connection.dialect()), values);
    if (!rows)
        return rows.error();
    QList<qint64> ids;
    while (rows->next())
        ids.append(rows->integer(0));
    if (const auto read = rows->error(); !read)
        return read.error();
    if (ids.size() != count)
        return Error::internal(u"the database gave %1 ids to %2 new records"_s.arg(ids.size()).arg(count));
    std::sort(ids.begin(), ids.end()); // RETURNING promises no order
    return ids;
}

// The texts are bound as QString, so that SQLite stores TEXT and Python reads it.

Result<QList<qint64>> insertTogether(Connection &connection, const QList<JsonText> &records)
{
    QByteArray array;
    for (const JsonText &json : records)
        array += ',' + json.text();
    return insertRows(connection, {QString(u'[' + QString::fromUtf8(array).sliced(1) + u']')}, records.size());
}

Result<QList<qint64>> insertEach(Connection &connection, const QList<JsonText> &records)
{
    QList<qint64> ids;
    const qint64 now = microsecondsNow();
    for (const JsonText &json : records) {
        const auto inserted = insertRows(connection, {QString::fromUtf8(json.text()), now}, 1);
        if (!inserted)
            return inserted.error();
        ids += *inserted;
    }
    return ids;
}

Result<QList<qint64>> insertRecords(Connection &connection, const Events &events, const QList<JsonText> &records)
{
    auto ids = connection.dialect() == Dialect::Sqlite ? insertEach(connection, records)
                                                       : insertTogether(connection, records);
    if (!ids)
        return ids.error();
    QByteArrayList arguments;
    for (qsizetype i = 0; i < records.size(); ++i)
        arguments += quoin::jsonArray((*ids)[i], records[i]);
    if (const auto told = events.publishEach(connection, u"record.created"_s, arguments); !told)
        return told.error();
    return ids;
}

} // namespace

RecordStore::RecordStore(const quoin::Database &database, const Events &events, const quoin::Traces &traces)
    : m_database(database)
    , m_events(events)
    , m_inserts(
          database,
          [events](Connection &connection, const QList<JsonText> &records) {
              return insertRecords(connection, events, records);
          },
          traces)
{
}

QList<quoin::Migration> RecordStore::migrations()
{
    // As SQLAlchemy makes it: whoever comes first, the other finds the table it expects.
    const quoin::Migration create{
        u"records/0001-create-record"_s,
        {u"CREATE TABLE IF NOT EXISTS record (id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, json TEXT)"_s},
        {u"CREATE TABLE IF NOT EXISTS record (id SERIAL PRIMARY KEY, json JSON)"_s}};
    // Microseconds since 1970; null in rows that are older, or that another program inserts into SQLite, which cannot
    // add a column whose default is the time. In PostgreSQL the default is set apart, so that older rows have none.
    const QString byTime = u"CREATE INDEX record_by_created ON record (%1) WHERE created IS NOT NULL"_s;
    const quoin::Migration addTime{u"records/0002-created"_s,
                                   {u"ALTER TABLE record ADD COLUMN created BIGINT"_s, byTime.arg(u"created"_s)},
                                   {u"ALTER TABLE record ADD COLUMN IF NOT EXISTS created BIGINT"_s,
                                    u"ALTER TABLE record ALTER COLUMN created "
                                    "SET DEFAULT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"_s,
                                    byTime.arg(u"created, id"_s)}};
    return {create, addTime};
}

Result<> RecordStore::check() const
{
    if (m_database.dialect() != Dialect::Sqlite)
        return {};
    auto encoding = m_database
                        .read([](Connection &connection) -> Result<QByteArray> {
                            auto rows = connection.query(u"PRAGMA encoding"_s);
                            if (!rows)
                                return rows.error();
                            return rows->next() ? rows->text(0) : QByteArray();
                        })
                        .result();
    if (!encoding)
        return encoding.error();
    if (*encoding != "UTF-8")
        return Error::invalid(u"the database's encoding is %1, and records needs UTF-8: make the file anew"_s.arg(
            QString::fromUtf8(*encoding)));
    return {};
}

Future<qint64> RecordStore::insert(const JsonText &json) const
{
    if (json.text().size() <= largestGathered)
        return m_inserts.write(json);
    return m_database
        .write([events = m_events, json](Connection &connection) { return insertRecords(connection, events, {json}); })
        .then([](const QList<qint64> &ids) { return ids.first(); });
}

Future<JsonText> RecordStore::find(qint64 id) const
{
    return m_database.read([id](Connection &connection) -> Result<JsonText> {
        const auto record = readRecord(connection, id, ReadFor::Show);
        return record ? Result<JsonText>(record->data) : record.error();
    });
}

Future<RecordListing> RecordStore::list(qint64 after, std::optional<qint64> limit) const
{
    return m_database.read([after, limit](Connection &connection) { return readListing(connection, after, limit); });
}

Future<RecordPage> RecordStore::page(const PageBounds &bounds) const
{
    return m_database.read([bounds](Connection &connection) { return readPage(connection, bounds); });
}

} // namespace records
