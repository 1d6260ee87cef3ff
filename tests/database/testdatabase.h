// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/sqldatabase.h"

#include <quoin/database.h>

#include <QTemporaryDir>

#include <memory>

/// An empty database of the dialect a data row names, opened; SQLite in a temporary folder, PostgreSQL in a server of
/// the test's own.
class TestDatabase
{
public:
    /// Adds the column "dialect" and the rows "sqlite" and "postgresql".
    static void addRows();
    /// For init(): skips the row if its server is not installed, and lets warnings of the SQL module fail the test (it
    /// warns of connections left behind, statements that cannot be freed and results that were lost).
    static void prepareRow();
    /// Whether the row's server is installed here.
    static bool isAvailable(const QString &dialect);
    /// The URL of a new, empty database.
    static QString makeUrl(const QString &dialect);
    static void stopServer();

    explicit TestDatabase(const QString &dialect, const quoin::database::DatabaseOptions &options = {});
    ~TestDatabase();

    quoin::database::SqlDatabase &database() { return *m_database; }
    quoin::Database jobs() { return quoin::Database(m_database.get()); }
    const QString &url() const { return m_url; }

    /// Runs one statement and waits; fails the test with the error.
    void execute(const QString &sql, const QVariantList &values = {});
    /// The first column of the first row; -1 without one.
    qint64 integer(const QString &sql, const QVariantList &values = {});

private:
    QString m_url;
    std::unique_ptr<quoin::database::SqlDatabase> m_database;
};
