// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/sqlfault.h"

#include <QSqlQuery>

#include <optional>

namespace quoin::database {

class SqlSession;

/// One prepared statement and the cursor over its rows. On the thread of its session.
class SqlStatement final : public abi::Cursor
{
public:
    /// A failure while stepping is also put into *sink, which outlives the statement: the transaction has failed then,
    /// whatever the job makes of it.
    SqlStatement(const SqlSession &session, std::optional<SqlFault> *sink);

    std::optional<SqlFault> prepare(const QString &sql);
    /// Binds the values and runs. Leaves it busy until release(), also on failure.
    std::optional<SqlFault> run(const QVariantList &values);

    bool isBusy() const { return m_busy; }
    /// A statement keeps what was bound to it before: one that is run with another number of values must be prepared
    /// anew.
    bool takes(qsizetype valueCount) const { return m_valueCount < 0 || m_valueCount == valueCount; }
    qint64 changedRows() const;
    /// Whether its last rows were so many that keeping it for later would keep their memory. After release().
    bool isLarge() const { return m_large; }
    QString sql() const { return m_query.lastQuery(); }

    void release() noexcept override;
    bool next() override;
    bool isNull(int column) override;
    qint64 integer(int column) override;
    QByteArray text(int column) override;
    QVariant value(int column) override;
    bool failure(Error *error) const override;

private:
    std::optional<SqlFault> bind(const QVariantList &values);

    const SqlSession &m_session;
    std::optional<SqlFault> *m_sink;
    QSqlQuery m_query;
    std::optional<Error> m_failure;
    qsizetype m_valueCount = -1;
    bool m_busy = false;
    bool m_large = false;
};

} // namespace quoin::database
