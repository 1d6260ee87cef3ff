// SPDX-License-Identifier: GPL-3.0-only
#include "database/sqlconnection.h"

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

/// PostgreSQL prepares only these (documentation, PREPARE); everything else, such as CREATE TABLE, is sent as it is.
bool isPreparable(const QString &sql)
{
    constexpr std::array words{"SELECT"_L1, "INSERT"_L1, "UPDATE"_L1, "DELETE"_L1, "WITH"_L1, "VALUES"_L1, "MERGE"_L1};
    const QStringView text = QStringView(sql).trimmed();
    return std::any_of(words.begin(), words.end(),
                       [text](QLatin1StringView word) { return text.startsWith(word, Qt::CaseInsensitive); });
}

} // namespace

SqlConnection::SqlConnection(const DatabaseUrl &url, Purpose purpose, const DatabaseOptions &options)
    : m_session(url, purpose, options.busyTimeout)
    , m_cache(static_cast<std::size_t>(std::max(1, options.statementLimit)))
{
}

SqlConnection::~SqlConnection() { close(); }

Result<> SqlConnection::open()
{
    close();
    return m_session.open();
}

void SqlConnection::close()
{
    endStatements();
    m_session.close(); // Before the statements, see there.
    m_cache.clear();
    m_fault.reset();
}

std::optional<SqlFault> SqlConnection::begin()
{
    m_fault.reset();
    auto fault = m_session.begin();
    // QSQLITE sizes its row before SQLite prepares a statement anew, and writes past its end if the table has more
    // columns by then.
    m_cacheStale = m_cacheStale || (!fault && m_session.hasNewSchema());
    return fault;
}

std::optional<SqlFault> SqlConnection::commit() { return m_session.commit(); }

void SqlConnection::rollback()
{
    m_session.rollback();
    m_fault.reset();
}

std::optional<SqlFault> SqlConnection::run(abi::Job &job)
{
    const bool wanted = job.run(this);
    endStatements();
    if (m_fault)
        return m_fault;
    if (!wanted)
        return SqlFault{FaultKind::Statement, Error::internal(u"the job asked for its rollback"_s)};
    return {};
}

abi::Cursor *SqlConnection::query(const QString &sql, const QVariantList &values, Error *error)
{
    return start(sql, values, error);
}

qint64 SqlConnection::execute(const QString &sql, const QVariantList &values, Error *error)
{
    if (dialect() == Dialect::Postgresql && values.isEmpty() && !isPreparable(sql)) {
        const auto fault = m_fault ? m_fault : m_session.run(sql);
        if (fault)
            fail(*fault, error);
        return fault ? -1 : 0;
    }

    SqlStatement *statement = start(sql, values, error);
    if (!statement)
        return -1;
    const qint64 changed = statement->changedRows();
    statement->release();
    m_cacheStale = m_cacheStale || !isPreparable(sql); // Most likely it changed a table.
    return std::max<qint64>(changed, 0);
}

SqlStatement *SqlConnection::start(const QString &sql, const QVariantList &values, Error *error)
{
    if (m_fault) {
        fail(*m_fault, error);
        return nullptr;
    }
    std::optional<SqlFault> fault;
    SqlStatement *ready = statement(sql, values.size(), &fault);
    if (ready) {
        m_started.push_back(ready);
        fault = ready->run(values);
    }
    if (!fault)
        return ready;
    if (ready)
        ready->release();
    fail(*fault, error);
    return nullptr;
}

SqlStatement *SqlConnection::statement(const QString &sql, qsizetype valueCount, std::optional<SqlFault> *fault)
{
    if (m_cacheStale
        && std::none_of(m_started.begin(), m_started.end(), [](auto *started) { return started->isBusy(); })) {
        m_started.clear();
        m_cache.clear();
        m_cacheStale = false;
    }
    SqlStatement *cached = m_cacheStale ? nullptr : m_cache.find(sql);
    if (cached && !cached->isBusy() && cached->takes(valueCount))
        return cached;

    auto made = std::make_unique<SqlStatement>(m_session, &m_fault);
    if ((*fault = made->prepare(sql)))
        return nullptr;
    if (m_cacheStale || (cached && cached->isBusy()))
        return m_spares.emplace_back(std::move(made)).get();
    return m_cache.insert(sql, std::move(made));
}

void SqlConnection::fail(const SqlFault &fault, Error *error)
{
    if (!m_fault)
        m_fault = fault;
    m_cacheStale = m_cacheStale || fault.kind == FaultKind::Transient;
    *error = fault.error;
}

void SqlConnection::endStatements()
{
    // A job should have released its cursors; one that did not must not keep a snapshot open, or a COMMIT from
    // succeeding.
    QStringList large;
    for (SqlStatement *statement : m_started) {
        if (statement->isBusy())
            statement->release();
        if (statement->isLarge())
            large += statement->sql();
    }
    m_started.clear();
    m_spares.clear();
    for (const QString &sql : std::as_const(large))
        m_cache.remove(sql);
}

} // namespace quoin::database
