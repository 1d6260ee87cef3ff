// SPDX-License-Identifier: GPL-3.0-only
#include "database/sqlstatement.h"

#include "database/sqlsession.h"

#include <QSqlError>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

constexpr int largeResult = 4096; ///< Rows.

/// The drivers know int, qint64, double, bool, QString and QByteArray; other numbers they would bind as text.
QVariant plain(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::Short:
    case QMetaType::UShort:
    case QMetaType::UInt:
    case QMetaType::Long:
    case QMetaType::Char:
    case QMetaType::SChar:
    case QMetaType::UChar:
        return value.toLongLong();
    case QMetaType::Float:
        return value.toDouble();
    case QMetaType::Nullptr:
        return {};
    default:
        return value;
    }
}

QByteArray textOf(const QVariant &value)
{
    if (value.typeId() == QMetaType::QByteArray)
        return *static_cast<const QByteArray *>(value.constData());
    if (value.typeId() == QMetaType::QString)
        return static_cast<const QString *>(value.constData())->toUtf8();
    return value.toString().toUtf8();
}

/// QPSQL gives an int, a qint64 or, for a positive bigint, a quint64.
bool isInteger(const QVariant &value)
{
    const int type = value.typeId();
    return type == QMetaType::Int || type == QMetaType::LongLong || type == QMetaType::ULongLong;
}

std::optional<SqlFault> unfit(const QVariant &value, Dialect dialect)
{
    if (dialect == Dialect::Postgresql && value.typeId() == QMetaType::QString
        && static_cast<const QString *>(value.constData())->contains(QChar::Null))
        return SqlFault{FaultKind::Statement, Error::invalid(u"PostgreSQL cannot store U+0000 in a text"_s)};
    if ((value.typeId() == QMetaType::ULongLong || value.typeId() == QMetaType::ULong)
        && value.toULongLong() > quint64(std::numeric_limits<qint64>::max()))
        return SqlFault{FaultKind::Statement,
                        Error::invalid(u"%1 is larger than a database's integer can be"_s.arg(value.toULongLong()))};
    return {};
}

} // namespace

SqlStatement::SqlStatement(const SqlSession &session, std::optional<SqlFault> *sink)
    : m_session(session)
    , m_sink(sink)
    , m_query(session.driver())
{
    // SQLite: rows are stepped as they are read. PostgreSQL: the whole result is fetched, because a second statement
    // would end a forward-only one that is still being read (doc.qt.io, "QPSQL Forward-only query support").
    m_query.setForwardOnly(session.dialect() == Dialect::Sqlite);
}

std::optional<SqlFault> SqlStatement::prepare(const QString &sql)
{
    if (m_session.isOpen() && m_query.prepare(sql)) // Qt warns of what is done without a connection.
        return {};
    return faultOf(m_query.lastError(), m_session.dialect(), sql, m_session.isOpen());
}

std::optional<SqlFault> SqlStatement::run(const QVariantList &values)
{
    m_busy = true;
    m_failure.reset();
    if (const auto fault = bind(values))
        return fault;
    if (m_session.isOpen() && m_query.exec())
        return {};
    return faultOf(m_query.lastError(), m_session.dialect(), m_query.lastQuery(), m_session.isOpen());
}

std::optional<SqlFault> SqlStatement::bind(const QVariantList &values)
{
    for (qsizetype i = 0; i < values.size(); ++i) {
        if (auto fault = unfit(values[i], m_session.dialect()))
            return fault;
        m_query.bindValue(static_cast<int>(i), plain(values[i]));
    }
    m_valueCount = values.size();
    return {};
}

qint64 SqlStatement::changedRows() const { return m_query.numRowsAffected(); }

void SqlStatement::release() noexcept
{
    m_large = m_query.size() > largeResult;
    m_query.finish();
    m_busy = false;
}

bool SqlStatement::next()
{
    if (m_query.next())
        return true;
    if (!m_failure && m_query.lastError().isValid()) {
        const SqlFault fault = faultOf(m_query.lastError(), m_session.dialect(), m_query.lastQuery(),
                                       m_session.isOpen());
        m_failure = fault.error;
        if (!*m_sink)
            *m_sink = fault;
    }
    return false;
}

bool SqlStatement::isNull(int column) { return m_query.isNull(column); }

qint64 SqlStatement::integer(int column) { return m_query.value(column).toLongLong(); }

QByteArray SqlStatement::text(int column)
{
    const QVariant value = m_query.value(column);
    if (value.isNull())
        return {};
    const QByteArray text = textOf(value);
    return text.isNull() ? QByteArray("") : text; // The drivers make a null value of an empty one.
}

QVariant SqlStatement::value(int column)
{
    const QVariant value = m_query.value(column);
    if (m_query.isNull(column))
        return {};
    return isInteger(value) ? QVariant(value.toLongLong()) : value;
}

bool SqlStatement::failure(Error *error) const
{
    if (m_failure)
        *error = *m_failure;
    return m_failure.has_value();
}

} // namespace quoin::database
