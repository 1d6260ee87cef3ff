// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/relayround.h"

#include "queue/celery/envelope.h"
#include "queue/rows.h"
#include "queue/statements.h"

namespace quoin::celery {

using namespace Qt::StringLiterals;
using queue::eachRow;

namespace {

constexpr int mostRows = 200;

/// Has PostgreSQL look each id up, whatever it thinks of a table that has just grown.
QString boundIn(Dialect dialect) { return queue::statements::idIn(dialect, queue::statements::boundIds(dialect)); }

/// Takes or keeps the lease; false: another has it.
Result<bool> takeLease(Connection &connection, const RoundOrder &order, qint64 now)
{
    const qint64 until = order.release ? 0 : now + queue::toMicroseconds(order.lease);
    const auto changed = connection.execute(
        u"INSERT INTO lease (name, owner, until, note) VALUES ('relay', ?, ?, ?) ON CONFLICT (name) DO UPDATE "
        "SET owner = excluded.owner, until = excluded.until, note = excluded.note "
        "WHERE lease.owner = excluded.owner OR lease.until < CAST(? AS bigint)"_s,
        {order.owner, until, order.note, now});
    if (!changed)
        return changed.error();
    return *changed > 0 && !order.release;
}

/// A node may have taken the message before this: then its row runs, or is done, and stays so.
Result<> markSent(Connection &connection, const QList<qint64> &ids, qint64 now)
{
    if (ids.isEmpty())
        return {};
    const auto changed = connection.execute(
        u"UPDATE task SET state = 'sent', sent = ? WHERE state = 'ready' AND message IS NOT NULL AND %1"_s.arg(
            boundIn(connection.dialect())),
        {now, queue::statements::idsJson(ids)});
    return changed ? Result<>() : changed.error();
}

Result<> markRefused(Connection &connection, const QList<QPair<qint64, QString>> &refused, qint64 now)
{
    for (const auto &[id, reason] : refused) {
        const auto changed = connection.execute(
            u"UPDATE task SET state = 'dead', error = ?, finished = ? WHERE state = 'ready' AND id = ?"_s,
            {reason, now, id});
        if (!changed)
            return changed.error();
    }
    return {};
}

Result<qint64> nextDue(Connection &connection)
{
    return queue::firstInteger(connection, u"SELECT min(not_before) FROM task WHERE state = 'scheduled'"_s);
}

Result<qint64> promote(Connection &connection, qint64 now)
{
    const auto due = nextDue(connection);
    if (!due || *due == 0 || *due > now)
        return due;
    const auto promoted = connection.execute(queue::statements::promote(connection.dialect()), {now});
    if (!promoted)
        return promoted.error();
    return nextDue(connection);
}

/// Ids and sizes: the arguments themselves may be large.
Result<QList<QPair<qint64, qint64>>> heads(Connection &connection, const QStringList &names, qsizetype most)
{
    // The head of each known name, then the best of these, as the database queue claims.
    const QString head = u"SELECT id, priority FROM (SELECT id, priority FROM task WHERE state = 'ready' AND name = ? "
                         "ORDER BY priority DESC, id LIMIT ?) AS head"_s;
    const QString all = QStringList(names.size(), head).join(u" UNION ALL "_s);
    QVariantList values;
    for (const QString &name : names)
        values << name << most;
    values << most;
    return eachRow(connection,
                   u"SELECT task.id, length(task.arguments) FROM (%1) AS heads JOIN task ON task.id = heads.id "
                   "ORDER BY task.priority DESC, task.id LIMIT ?"_s.arg(all),
                   values, [](const Rows &row) { return QPair(row.integer(0), row.integer(1)); });
}

/// Those that have no message yet get one.
Result<> nameMessages(Connection &connection, const QList<qint64> &ids)
{
    QByteArray json;
    for (const qint64 id : ids)
        json += ",{\"rid\":" + QByteArray::number(id) + ",\"rmessage\":\"" + freshId().toLatin1() + "\"}";
    const auto named = connection.execute(
        u"UPDATE task SET message = r.rmessage FROM %1 WHERE id = r.rid AND state = 'ready' AND message IS NULL AND %2"_s
            .arg(queue::statements::boundRows(connection.dialect(), {{"rid", "bigint"}, {"rmessage", "text"}}),
                 boundIn(connection.dialect())),
        {u'[' + QString::fromLatin1(json.mid(1)) + u']', queue::statements::idsJson(ids)});
    return named ? Result<>() : named.error();
}

Result<> fetch(Connection &connection, const RoundOrder &order, RoundAnswer &answer)
{
    const auto found = heads(connection, order.names, order.most);
    if (!found)
        return found.error();
    QList<qint64> ids;
    qint64 bytes = 0;
    for (const auto &[id, size] : *found) {
        if (!ids.isEmpty() && bytes + size > order.bytes)
            break;
        bytes += size;
        ids += id;
    }
    answer.isMore = ids.size() == order.most || ids.size() < found->size();
    if (ids.isEmpty())
        return {};
    if (const auto named = nameMessages(connection, ids); !named)
        return named;
    auto rows = eachRow(
        connection,
        u"SELECT id, name, %1, priority, message, trace FROM task WHERE state = 'ready' AND message IS NOT "
        "NULL AND %2 ORDER BY priority DESC, id"_s.arg(queue::statements::argumentsColumn(connection.dialect()),
                                                       boundIn(connection.dialect())),
        {queue::statements::idsJson(ids)}, [](const Rows &row) {
            return RelayRow{row.integer(0),
                            QString::fromUtf8(row.text(1)),
                            row.text(2),
                            static_cast<int>(row.integer(3)),
                            QString::fromUtf8(row.text(4)),
                            row.text(5)};
        });
    if (!rows)
        return rows.error();
    answer.rows = *std::move(rows);
    return {};
}

/// What was sent into a Redis that has lost it is ready again, under the same messages.
Result<qint64> recoverFromLoss(Connection &connection, const QString &epoch)
{
    const auto known = eachRow(connection, u"SELECT owner FROM lease WHERE name = 'epoch'"_s, {},
                               [](const Rows &row) { return QString::fromUtf8(row.text(0)); });
    if (!known)
        return known.error();
    if (known->value(0) == epoch)
        return 0;
    const auto noted = connection.execute(u"INSERT INTO lease (name, owner, until) VALUES ('epoch', ?, 0) "
                                          "ON CONFLICT (name) DO UPDATE SET owner = excluded.owner"_s,
                                          {epoch});
    if (!noted)
        return noted.error();
    return known->isEmpty() ? Result<qint64>(0)
                            : connection.execute(u"UPDATE task SET state = 'ready' WHERE state = 'sent'"_s);
}

SentRow readSent(const Rows &row)
{
    return {row.integer(0), QString::fromUtf8(row.text(1)), QString::fromUtf8(row.text(2)), row.integer(3),
            QString::fromUtf8(row.text(4))};
}

} // namespace

Result<RoundAnswer> relayRound(Connection connection, const RoundOrder &order)
{
    const auto now = queue::databaseTime(connection, order.clock);
    if (!now)
        return now.error();
    RoundAnswer answer;
    answer.now = *now;
    if (const auto done = markSent(connection, order.pushed, *now); !done)
        return done.error();
    if (const auto done = markRefused(connection, order.refused, *now); !done)
        return done.error();
    const auto isActive = takeLease(connection, order, *now);
    if (!isActive)
        return isActive.error();
    answer.isActive = *isActive;
    if (!answer.isActive)
        return answer;
    const auto lost = order.epoch.isEmpty() ? Result<qint64>(0) : recoverFromLoss(connection, order.epoch);
    if (!lost)
        return lost.error();
    answer.lost = *lost;
    const auto due = promote(connection, *now);
    if (!due)
        return due.error();
    answer.nextDue = *due;
    if (!order.names.isEmpty()) {
        if (const auto done = fetch(connection, order, answer); !done)
            return done.error();
    }
    return answer;
}

Result<bool> isLeaseFree(Connection connection, const queue::Clock &clock)
{
    const auto now = queue::databaseTime(connection, clock);
    if (!now)
        return now.error();
    const auto until = queue::firstInteger(connection, u"SELECT until FROM lease WHERE name = 'relay'"_s);
    if (!until)
        return until.error();
    return *until < *now;
}

Result<QList<SentRow>> sentRows(Connection connection, qint64 before, qint64 after)
{
    return eachRow(connection,
                   u"SELECT id, name, message, sent, NULL FROM task WHERE state = 'sent' AND message IS NOT NULL AND "
                   "sent < ? AND id > ? ORDER BY id LIMIT ?"_s,
                   {before, after, mostRows}, readSent);
}

Result<QList<SentRow>> runningRows(Connection connection, qint64 before)
{
    return eachRow(connection,
                   u"SELECT id, name, message, started, lease_owner FROM task WHERE state = 'running' AND lease_until "
                   "IS NULL AND message IS NOT NULL AND started < ? ORDER BY id LIMIT ?"_s,
                   {before, mostRows}, readSent);
}

Result<qint64> makeReady(Connection connection, const QList<SentRow> &rows)
{
    qint64 count = 0;
    for (const SentRow &row : rows) {
        const bool isRunning = !row.owner.isEmpty();
        const auto changed = isRunning
            ? connection.execute(u"UPDATE task SET state = 'ready', lease_owner = NULL, error = 'Attempt ' || attempt "
                                 "|| ' did not end: its worker ' || coalesce(worker, '') || ' was killed or stalled.' "
                                 "WHERE id = ? AND state = 'running' AND lease_owner = ?"_s,
                                 {row.id, row.owner})
            : connection.execute(u"UPDATE task SET state = 'ready' WHERE id = ? AND state = 'sent' AND sent = ?"_s,
                                 {row.id, row.sent});
        if (!changed)
            return changed.error();
        count += *changed;
    }
    return count;
}

Result<qint64> makeDone(Connection connection, const QList<SentRow> &rows, qint64 now)
{
    qint64 count = 0;
    for (const SentRow &row : rows) {
        const auto changed = connection.execute(
            u"UPDATE task SET state = 'done', finished = ?, worker = 'celery', error = ? "
            "WHERE id = ? AND state = 'sent' AND sent = ?"_s,
            {now, u"A worker of Celery took it; without queue.results nobody tells how it ended."_s, row.id, row.sent});
        if (!changed)
            return changed.error();
        count += *changed;
    }
    return count;
}

Result<qint64> storeForeignEnds(Connection connection, const QList<ForeignEnd> &ends)
{
    qint64 count = 0;
    for (const ForeignEnd &end : ends) {
        const auto changed = connection.execute(
            u"UPDATE task SET state = ?, error = ?, finished = ?, worker = 'celery' WHERE id = ? AND state = 'sent'"_s,
            {end.state, end.error.isNull() ? QVariant(QMetaType::fromType<QString>()) : QVariant(end.error),
             end.finished, end.id});
        if (!changed)
            return changed.error();
        count += *changed;
    }
    return count;
}

} // namespace quoin::celery
