// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/database.h>

#include <QByteArray>
#include <QList>
#include <QString>

#include <optional>

namespace quoin::auth {

/// One change through the admin API, as the table `audit` has it. A value.
struct AuditRow
{
    qint64 id = 0;
    qint64 at = 0; ///< Microseconds since 1970 UTC.
    qint64 tokenId = 0;
    QString token; ///< Its name.
    QByteArray peer;
    QByteArray method;
    QByteArray path;           ///< As received.
    QString detail;            ///< The query and the beginning of a JSON body; may be empty.
    std::optional<int> status; ///< What it was answered; nothing while it is not, or if the process ended before.
    QByteArray requestId;
};

/// The table `audit`. A cheap value; any thread.
class AuditLog
{
public:
    explicit AuditLog(Database database)
        : m_database(database)
    {
    }

    /// Its id, once it is durable: only then the change may be made.
    Future<qint64> begin(const AuditRow &row) const;
    Future<qint64> complete(qint64 id, int status) const;

    /// Newest first: those with an id below `before`, or all.
    Future<QList<AuditRow>> page(std::optional<qint64> before, int limit) const;

private:
    Database m_database;
};

/// The detail of a request: "?state=dead {"ids":[1,2]}". Of a body that is not JSON nothing, of a long one its
/// beginning.
QString auditDetail(const QByteArray &query, const QByteArray &contentType, const QByteArray &body);

} // namespace quoin::auth
