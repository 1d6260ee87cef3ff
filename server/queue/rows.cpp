// SPDX-License-Identifier: GPL-3.0-only
#include "queue/rows.h"

#include "queue/statements.h"

namespace quoin::queue {

Result<qint64> firstInteger(Connection &connection, const QString &sql, const QVariantList &values)
{
    const auto all = eachRow(connection, sql, values, [](const Rows &row) { return row.integer(0); });
    if (!all)
        return all.error();
    return all->value(0);
}

Result<qint64> databaseTime(Connection &connection, const Clock &clock)
{
    if (clock)
        return clock();
    if (connection.dialect() == Dialect::Sqlite) // all its users are on this machine
        return systemMicroseconds();
    return firstInteger(connection, statements::now());
}

} // namespace quoin::queue
