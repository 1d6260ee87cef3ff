// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "support/postgresserver.h"

#include <QTest>

namespace quoin::test {

/// The rows "SQLite" and, where Debian's server is installed, "PostgreSQL" for a column
/// "postgresql".
inline void addDatabaseRows()
{
    QTest::addColumn<bool>("postgresql");
    QTest::newRow("SQLite") << false;
    if (!PostgresServer::binaries().isEmpty())
        QTest::newRow("PostgreSQL") << true;
    else
        qWarning("PostgreSQL is not tried: install the Debian package postgresql");
}

} // namespace quoin::test
