// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/databaseoptions.h"
#include "database/sqlsession.h"
#include "database/statementcache.h"

#include <memory>
#include <optional>
#include <vector>

namespace quoin::database {

/// A session as jobs see it: statements are prepared once, and a failed one fails its transaction on SQLite as it does
/// on PostgreSQL, where every later statement would be refused. On the thread that opens it.
class SqlConnection final : public abi::Connection
{
public:
    SqlConnection(const DatabaseUrl &url, Purpose purpose, const DatabaseOptions &options);
    ~SqlConnection();
    Q_DISABLE_COPY_MOVE(SqlConnection)

    Result<> open();
    void close();
    bool isOpen() const { return m_session.isOpen(); }

    std::optional<SqlFault> begin();
    std::optional<SqlFault> commit();
    void rollback();

    /// Runs a job in the transaction that was begun. Nothing: it may be committed.
    std::optional<SqlFault> run(abi::Job &job);

    Dialect dialect() const override { return m_session.dialect(); }
    abi::Cursor *query(const QString &sql, const QVariantList &values, Error *error) override;
    qint64 execute(const QString &sql, const QVariantList &values, Error *error) override;

private:
    SqlStatement *start(const QString &sql, const QVariantList &values, Error *error);
    SqlStatement *statement(const QString &sql, qsizetype valueCount, std::optional<SqlFault> *fault);
    void fail(const SqlFault &fault, Error *error);
    void endStatements();

    SqlSession m_session;
    std::optional<SqlFault> m_fault; ///< The first of this transaction.
    StatementCache m_cache;
    std::vector<std::unique_ptr<SqlStatement>> m_spares; ///< Statements run while the cached one was being read.
    std::vector<SqlStatement *> m_started;               ///< By the job that runs.
    bool m_cacheStale = false;                           ///< Tables have changed since its statements were prepared.
};

} // namespace quoin::database
