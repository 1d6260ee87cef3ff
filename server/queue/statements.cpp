// SPDX-License-Identifier: GPL-3.0-only
#include "queue/statements.h"

#include <QStringList>

namespace quoin::queue::statements {

using namespace Qt::StringLiterals;

namespace {

bool isSqlite(Dialect dialect) { return dialect == Dialect::Sqlite; }

const QList<Field> settlementFields{{"rid", "bigint"},        {"rattempt", "integer"}, {"rstate", "text"},
                                    {"uncounted", "integer"}, {"due", "bigint"},       {"rsent", "bigint"},
                                    {"rstarted", "bigint"},   {"rfinished", "bigint"}, {"rerror", "text"}};

} // namespace

/// Rows another transaction is at work on are passed over: it will look after them. SQLite has one writer at a time.
QString skipLocked(Dialect dialect) { return isSqlite(dialect) ? QString() : u" FOR UPDATE SKIP LOCKED"_s; }

/// The inner select is run once, before the update. (As a plain IN, PostgreSQL may run it again for each row and lock
/// more.)
QString idIn(Dialect dialect, const QString &select)
{
    return isSqlite(dialect) ? u"id IN (%1)"_s.arg(select) : u"id = ANY (ARRAY (%1))"_s.arg(select);
}

QString boundIds(Dialect dialect)
{
    return isSqlite(dialect) ? u"SELECT value FROM json_each(?)"_s
                             : u"SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(? AS json))"_s;
}

QString boundRows(Dialect dialect, const QList<Field> &fields)
{
    QStringList columns;
    for (const auto &[name, type] : fields) {
        columns += isSqlite(dialect) ? u"json_extract(value, '$.%1') AS %1"_s.arg(QLatin1StringView(name))
                                     : u"%1 %2"_s.arg(QLatin1StringView(name), QLatin1StringView(type));
    }
    const QString rows = isSqlite(dialect) ? u"(SELECT %1 FROM json_each(?)) AS r"_s
                                           : u"json_to_recordset(CAST(? AS json)) AS r (%1)"_s;
    return rows.arg(columns.join(u", "_s));
}

QString idsJson(const QList<qint64> &ids)
{
    QByteArray json;
    for (const qint64 id : ids)
        json += ',' + QByteArray::number(id);
    return u'[' + QString::fromLatin1(json.mid(1)) + u']';
}

/// SQLite gives a text to Qt as UTF-16 and replaces U+FFFE and U+FFFF on the way (its READ_UTF8 macro); as a blob it is
/// the bytes.
QString argumentsColumn(Dialect dialect, const QString &table)
{
    const QString column = table + u".arguments"_s;
    return isSqlite(dialect) ? u"CAST(%1 AS BLOB)"_s.arg(column) : column;
}

QString settle(Dialect dialect)
{
    return u"UPDATE task SET state = r.rstate, attempt = attempt - r.uncounted, not_before = coalesce(r.due, "
           u"not_before), "
           "sent = coalesce(r.rsent, sent), started = coalesce(r.rstarted, started), finished = r.rfinished, error = "
           "coalesce(r.rerror, error), "
           "lease_owner = NULL, lease_until = NULL FROM %1 "
           "WHERE id = r.rid AND attempt = r.rattempt AND state = 'running' AND lease_owner = ? RETURNING id"_s.arg(
               boundRows(dialect, settlementFields));
}

QString renew(Dialect dialect)
{
    return u"UPDATE task SET lease_until = ? WHERE state = 'running' AND lease_owner = ? AND id IN (%1) RETURNING id, attempt"_s
        .arg(boundIds(dialect));
}

QString reclaim(Dialect dialect)
{
    const QString expired = u"SELECT id FROM task WHERE state = 'running' AND lease_until < ? "
                            "AND NOT (lease_owner = ? AND id IN (%1)) ORDER BY lease_until LIMIT 200%2"_s.arg(
                                boundIds(dialect), skipLocked(dialect));
    return u"UPDATE task SET state = 'ready', lease_owner = NULL, lease_until = NULL, "
           "error = 'Attempt ' || attempt || ' did not end: its worker ' || coalesce(worker, '') || ' was killed or "
           "stalled.' "
           "WHERE state = 'running' AND %1 RETURNING id, name, attempt, worker"_s.arg(idIn(dialect, expired));
}

QString promote(Dialect dialect)
{
    const QString due
        = u"SELECT id FROM task WHERE state = 'scheduled' AND not_before <= ? ORDER BY not_before LIMIT 500"_s
        + skipLocked(dialect);
    return u"UPDATE task SET state = 'ready' WHERE state = 'scheduled' AND "_s + idIn(dialect, due);
}

QString claim(Dialect dialect, qsizetype names)
{
    // The head of each known name, then the best of these: what nobody here knows is never even read, however much of
    // it there is.
    // Of a paused name nothing is read either: what says so is asked before the rows, which in SQLite is true of a
    // LIMIT alone.
    const QString paused = u"EXISTS (SELECT 1 FROM queue_pause WHERE queue_pause.name = ?)"_s;
    const QString head = isSqlite(dialect)
        ? u"SELECT id, priority FROM (SELECT id, priority FROM task WHERE state = 'ready' AND name = ? "
          "ORDER BY priority DESC, id LIMIT CASE WHEN %1 THEN 0 ELSE ? END) AS head"_s.arg(paused)
        : u"SELECT id, priority FROM (SELECT id, priority FROM task WHERE state = 'ready' AND name = ? AND NOT %1 "
          "ORDER BY priority DESC, id LIMIT ? FOR UPDATE SKIP LOCKED) AS head"_s.arg(paused);
    const QString heads = QStringList(names, head).join(u" UNION ALL "_s);
    const QString best = u"SELECT id FROM (%1) AS heads ORDER BY priority DESC, id LIMIT ?"_s.arg(heads);
    return u"UPDATE task SET state = 'running', attempt = attempt + 1, lease_owner = ?, lease_until = ?, worker = ?, "
           u"started = ? "
           "WHERE state = 'ready' AND %1 RETURNING id, name, %2, attempt, priority, created, trace"_s.arg(
               idIn(dialect, best), argumentsColumn(dialect));
}

QString look(qsizetype names)
{
    const QString ready = u"(EXISTS (SELECT 1 FROM task WHERE state = 'ready' AND name = ?) "
                          "AND NOT EXISTS (SELECT 1 FROM queue_pause WHERE queue_pause.name = ?))"_s;
    const QString known = names == 0 ? u"1 = 0"_s : QStringList(names, ready).join(u" OR "_s);
    return u"SELECT CASE WHEN %1 THEN 1 ELSE 0 END, "
           "(SELECT min(not_before) FROM task WHERE state = 'scheduled'), "
           "(SELECT min(lease_until) FROM task WHERE state = 'running')"_s.arg(known);
}

QString now() { return u"SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS bigint)"_s; }

} // namespace quoin::queue::statements
