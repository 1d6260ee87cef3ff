// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/databaseurl.h"
#include "database/sqlfault.h"

#include <QSqlDatabase>
#include <QSqlQuery>

#include <chrono>
#include <optional>

namespace quoin::database {

/// What a session is for: a reader cannot write, and sees one snapshot for each transaction.
enum class Purpose { Read, Write };

/// One driver connection and its transactions. It belongs to the thread that opened it (doc.qt.io, "Threads and the SQL
/// Module").
class SqlSession
{
public:
    SqlSession(DatabaseUrl url, Purpose purpose, std::chrono::milliseconds busyTimeout);
    ~SqlSession();
    Q_DISABLE_COPY_MOVE(SqlSession)

    /// Connects and sets the session up. Unavailable or Invalid, with what to do.
    Result<> open();
    void close();
    /// False also when the driver has seen its connection die.
    bool isOpen() const;

    Dialect dialect() const { return m_url.dialect(); }
    const DatabaseUrl &url() const { return m_url; }
    const QSqlDatabase &driver() const { return m_driver; }

    std::optional<SqlFault> begin();
    std::optional<SqlFault> commit();
    void rollback();

    /// Whether another process or this one changed the tables since the last call. In a transaction, for which it stays
    /// true or false.
    bool hasNewSchema();

    /// Runs a statement that has no values and is not worth preparing.
    std::optional<SqlFault> run(const QString &sql);

private:
    void configureDriver();
    Result<> setUp();
    Result<> setUpSqlite();
    Result<> useWriteAheadLog();
    Result<> setUpPostgresql();
    std::optional<SqlFault> runPrepared(std::optional<QSqlQuery> *query, const QString &sql);
    Error openError(const SqlFault &fault) const;

    const DatabaseUrl m_url;
    const Purpose m_purpose;
    const std::chrono::milliseconds m_busyTimeout;
    const QString m_name; ///< Of the connection, unique in the process.
    QSqlDatabase m_driver;
    // Prepared once: the cheapest transaction of SQLite is three statements, and two are always these.
    std::optional<QSqlQuery> m_begin;
    std::optional<QSqlQuery> m_commit;
    std::optional<QSqlQuery> m_schema;
    qint64 m_schemaVersion = -1;
    bool m_inTransaction = false;
};

} // namespace quoin::database
