// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/clock.h"

#include <quoin/database.h>

#include <QList>

#include <type_traits>

namespace quoin::queue {

/// Each row of the statement, as read makes a value of it.
template <class Read>
auto eachRow(Connection &connection, const QString &sql, const QVariantList &values, Read read)
    -> Result<QList<std::invoke_result_t<Read, const Rows &>>>
{
    auto rows = connection.query(sql, values);
    if (!rows)
        return rows.error();
    QList<std::invoke_result_t<Read, const Rows &>> all;
    while (rows->next())
        all += read(*rows);
    if (const auto stepped = rows->error(); !stepped)
        return stepped.error();
    return all;
}

/// The first column of the first row; 0 for NULL and for no row.
Result<qint64> firstInteger(Connection &connection, const QString &sql, const QVariantList &values = {});

/// Microseconds since 1970 UTC by the clock if there is one, else by the one that all who share the database share: the
/// server's, or for SQLite this machine's.
Result<qint64> databaseTime(Connection &connection, const Clock &clock);

} // namespace quoin::queue
