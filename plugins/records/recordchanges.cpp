// SPDX-License-Identifier: GPL-3.0-only
#include "recordchanges.h"

#include "recordrow.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace records {

using quoin::Connection;
using quoin::Dialect;
using quoin::Error;
using quoin::Events;
using quoin::JsonText;
using quoin::Request;
using quoin::Response;
using quoin::Result;

namespace {

constexpr qsizetype bytesAtOnce = 4 * 1024 * 1024; ///< Of records that are archived in one transaction.

/// Of the text, byte for byte: who has the text can make it.
QByteArray tagOf(const JsonText &data)
{
    return '"' + QCryptographicHash::hash(data.text(), QCryptographicHash::Sha256).toHex() + '"';
}

/// Whether the change may be made: no If-Match, "*", or one that names the tag.
bool fits(const QByteArray &ifMatch, const QByteArray &tag)
{
    if (ifMatch.isNull() || ifMatch.trimmed() == "*")
        return true;
    const auto tags = ifMatch.split(',');
    return std::any_of(tags.begin(), tags.end(), [&](const QByteArray &one) { return one.trimmed() == tag; });
}

Response otherValue(qint64 id)
{
    return Response::problem(412,
                             u"Record %1 is not as If-Match says: somebody changed it meanwhile. Read it again, "
                             "and send what shall replace that."_s.arg(id));
}

Response answer(qint64 id, const JsonText &data)
{
    return Response::json("{\"id\":" + QByteArray::number(id) + ",\"data\":" + data.text() + '}')
        .header("ETag", tagOf(data));
}

Result<> store(Connection &connection, qint64 id, const JsonText &data)
{
    // As a QString, so that SQLite stores TEXT and Python reads it.
    const auto changed = connection.execute(connection.dialect() == Dialect::Sqlite
                                                ? u"UPDATE record SET json = ? WHERE id = ?"_s
                                                : u"UPDATE record SET json = CAST(? AS JSON) "
                                                  "WHERE id = CAST(? AS BIGINT)"_s,
                                            {QString::fromUtf8(data.text()), id});
    return changed ? Result<>() : changed.error();
}

/// A table that SQLAlchemy made in SQLite gives the highest id again once its row is away: the packages of two records
/// would be mixed up.
Result<> expectNumberIsUsedUp(Connection &connection, qint64 id)
{
    if (connection.dialect() != Dialect::Sqlite)
        return {};
    auto rows = connection.query(u"SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'record' "
                                 "AND upper(sql) NOT LIKE '%AUTOINCREMENT%' AND ? = (SELECT max(id) FROM record)"_s,
                                 {id});
    if (!rows)
        return rows.error();
    if (rows->next())
        return Error::conflict(u"Record %1 is the newest one, and the table was made without AUTOINCREMENT: the next "
                               "record would get its number, and its packages. Store another record first."_s.arg(id));
    return rows->error();
}

/// What came of a part of the records that are to be archived.
struct Archived
{
    qsizetype looked = 0; ///< So many of the ids are done with.
    qsizetype told = 0;
    QList<qint64> missing;
    QList<qint64> invalid;
};

Result<Archived> archiveSome(Connection &connection, const Events &events, const QList<qint64> &ids)
{
    Archived archived;
    QByteArrayList arguments;
    qsizetype bytes = 0;
    for (const qint64 id : ids) {
        const auto record = readRecord(connection, id, ReadFor::Change);
        if (!record && record.error().kind() != quoin::ErrorKind::NotFound)
            return record.error();
        ++archived.looked;
        if (!record) {
            archived.missing += id;
        } else if (!record->isJson) {
            archived.invalid += id;
        } else {
            arguments += quoin::jsonArray(id, record->data);
            bytes += record->data.text().size();
        }
        if (bytes >= bytesAtOnce)
            break;
    }
    archived.told = arguments.size();
    if (const auto told = events.publishEach(connection, u"record.archive"_s, arguments); !told)
        return told.error();
    return archived;
}

Result<QList<qint64>> idsOf(const Request &request)
{
    const auto wrong = [] {
        return Error::invalid(
            u"The body must be {\"ids\":[1,2,...]} with 1 to %1 ids of records."_s.arg(RecordChanges::mostIds));
    };
    const QJsonValue given = QJsonDocument::fromJson(request.body()).object().value(u"ids"_s);
    if (!given.isArray() || given.toArray().isEmpty() || given.toArray().size() > RecordChanges::mostIds)
        return wrong();
    QList<qint64> ids;
    for (const QJsonValue &value : given.toArray()) {
        const qint64 id = value.toInteger(-1);
        if (id < 0)
            return wrong();
        if (!ids.contains(id))
            ids += id;
    }
    return ids;
}

QByteArray listed(const char *name, const QList<qint64> &ids)
{
    QByteArrayList numbers;
    for (const qint64 id : ids)
        numbers += QByteArray::number(id);
    return numbers.isEmpty() ? QByteArray() : QByteArray(",\"") + name + "\":[" + numbers.join(',') + ']';
}

} // namespace

Result<Response> RecordChanges::show(qint64 id) const
{
    const auto record
        = m_database.read([id](Connection &connection) { return readRecord(connection, id, ReadFor::Show); }).result();
    return record ? Result<Response>(answer(id, record->data)) : record.error();
}

Result<Response> RecordChanges::replace(const Request &request, qint64 id) const
{
    const auto data = request.json();
    if (!data)
        return data.error();
    const auto isDone = m_database
                            .write([events = m_events, ifMatch = request.header("If-Match"), id,
                                    data = *data](Connection &connection) -> Result<bool> {
                                const auto before = readRecord(connection, id, ReadFor::Change);
                                if (!before)
                                    return before.error();
                                if (!fits(ifMatch, tagOf(before->data)))
                                    return false;
                                if (before->data.text() == data.text())
                                    return true;
                                if (const auto stored = store(connection, id, data); !stored)
                                    return stored.error();
                                const auto told = events.publish(connection, u"record.changed"_s,
                                                                 quoin::jsonArray(id, data));
                                return told ? Result<bool>(true) : told.error();
                            })
                            .result();
    if (!isDone)
        return isDone.error();
    return *isDone ? answer(id, *data) : otherValue(id);
}

Result<Response> RecordChanges::remove(const Request &request, qint64 id) const
{
    const auto isDone = m_database
                            .write([events = m_events, ifMatch = request.header("If-Match"),
                                    id](Connection &connection) -> Result<bool> {
                                const auto before = readRecord(connection, id, ReadFor::Change);
                                if (!before)
                                    return before.error();
                                if (!fits(ifMatch, tagOf(before->data)))
                                    return false;
                                if (const auto usedUp = expectNumberIsUsedUp(connection, id); !usedUp)
                                    return usedUp.error();
                                const auto removed = connection.execute(
                                    u"DELETE FROM record WHERE id = CAST(? AS BIGINT)"_s, {id});
                                if (!removed)
                                    return removed.error();
                                const auto told = events.publish(connection, u"record.deleted"_s, quoin::jsonArray(id));
                                return told ? Result<bool>(true) : told.error();
                            })
                            .result();
    if (!isDone)
        return isDone.error();
    return *isDone ? Response::empty() : otherValue(id);
}

Result<Response> RecordChanges::archive(const Request &request) const
{
    auto ids = idsOf(request);
    if (!ids)
        return ids.error();
    Archived all;
    while (!ids->isEmpty()) {
        const auto some = m_database
                              .write([events = m_events, ids = *ids](Connection &connection) {
                                  return archiveSome(connection, events, ids);
                              })
                              .result();
        if (!some)
            return some.error();
        ids->remove(0, some->looked);
        all.told += some->told;
        all.missing += some->missing;
        all.invalid += some->invalid;
    }
    return Response::json("{\"records\":" + QByteArray::number(all.told) + listed("missing", all.missing)
                          + listed("invalid", all.invalid) + '}');
}

} // namespace records
