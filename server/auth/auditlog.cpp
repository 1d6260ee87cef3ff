// SPDX-License-Identifier: GPL-3.0-only
#include "auth/auditlog.h"

#include <limits>

using namespace Qt::StringLiterals;

namespace quoin::auth {

namespace {

QVariant orNull(const QString &text)
{
    return text.isEmpty() ? QVariant(QMetaType::fromType<QString>()) : QVariant(text);
}

QString latin1(const QByteArray &bytes) { return QString::fromLatin1(bytes); }

AuditRow row(Rows &rows)
{
    AuditRow row;
    row.id = rows.integer(0);
    row.at = rows.integer(1);
    row.tokenId = rows.integer(2);
    row.token = QString::fromUtf8(rows.text(3));
    row.peer = rows.text(4);
    row.method = rows.text(5);
    row.path = rows.text(6);
    row.detail = QString::fromUtf8(rows.text(7));
    if (!rows.isNull(8))
        row.status = static_cast<int>(rows.integer(8));
    row.requestId = rows.text(9);
    return row;
}

} // namespace

Future<qint64> AuditLog::begin(const AuditRow &row) const
{
    return m_database.write([row](Connection &connection) -> Result<qint64> {
        auto rows = connection.query(u"INSERT INTO audit (at, token_id, token, peer, method, path, detail, request_id) "
                                     "VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id"_s,
                                     {row.at, row.tokenId, row.token, latin1(row.peer), latin1(row.method),
                                      latin1(row.path), orNull(row.detail), latin1(row.requestId)});
        if (!rows)
            return rows.error();
        if (rows->next())
            return rows->integer(0);
        const auto stepped = rows->error();
        return stepped ? Error::internal(u"the database returned no id for a row of audit"_s) : stepped.error();
    });
}

Future<qint64> AuditLog::complete(qint64 id, int status) const
{
    return m_database.write([id, status](Connection &connection) {
        return connection.execute(u"UPDATE audit SET status = ? WHERE id = ? AND status IS NULL"_s, {status, id});
    });
}

Future<QList<AuditRow>> AuditLog::page(std::optional<qint64> before, int limit) const
{
    const qint64 below = before.value_or(std::numeric_limits<qint64>::max());
    return m_database.read([below, limit](Connection &connection) -> Result<QList<AuditRow>> {
        auto rows = connection.query(u"SELECT id, at, token_id, token, peer, method, path, detail, status, request_id "
                                     "FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?"_s,
                                     {below, limit});
        if (!rows)
            return rows.error();
        QList<AuditRow> page;
        while (rows->next())
            page.append(row(*rows));
        if (const auto stepped = rows->error(); !stepped)
            return stepped.error();
        return page;
    });
}

QString auditDetail(const QByteArray &query, const QByteArray &contentType, const QByteArray &body)
{
    constexpr qsizetype longest = 1000;
    QString detail = query.isEmpty() ? QString() : u'?' + QString::fromUtf8(query);
    if (contentType.startsWith("application/json") && !body.isEmpty())
        detail += (detail.isEmpty() ? u""_s : u" "_s)
            + QString::fromUtf8(body.first(std::min(longest + 1, body.size())));
    detail.remove(QChar(0)); // which PostgreSQL has no text for
    if (detail.size() > longest)
        detail = detail.first(longest - 1) + u'\u2026';
    return detail;
}

} // namespace quoin::auth
