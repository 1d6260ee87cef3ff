// SPDX-License-Identifier: GPL-3.0-only
#include "database/migrations.h"

#include "database/databaselog.h"
#include "database/sqlconnection.h"

#include <quoin/database.h>

#include <QCryptographicHash>
#include <QDateTime>
#include <QSet>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

// Another process may be at a long migration: its lock is waited for longer than one that a write holds.
constexpr std::chrono::minutes lockPatience{10};
constexpr auto lockStatement
    = "SELECT pg_advisory_xact_lock(8101814263717981540)"_L1; // Any number, the same everywhere.
constexpr auto markTable = "CREATE TABLE IF NOT EXISTS quoin_migration ("
                           "name TEXT PRIMARY KEY, checksum TEXT NOT NULL, applied TEXT NOT NULL)"_L1;

const QStringList &statementsOf(const MigrationStep &step, Dialect dialect)
{
    return dialect == Dialect::Sqlite ? step.sqlite : step.postgresql;
}

QString checksumOf(const QStringList &statements)
{
    const QByteArray text = statements.join(QChar::Null).toUtf8();
    return QString::fromLatin1(QCryptographicHash::hash(text, QCryptographicHash::Sha256).toHex());
}

/// The steps as one job on one connection: what is not marked yet is run and marked.
class Migrator
{
public:
    explicit Migrator(SqlConnection &connection)
        : m_session(connection)
        , m_connection(&connection)
    {
    }

    Result<> makeMarkTable();
    Result<> apply(const MigrationStep &step);

private:
    Result<> tryToApply(const MigrationStep &step);
    Result<> begin();
    Result<> commit(const QString &what);
    Result<bool> isApplied(const MigrationStep &step);
    Result<> run(const MigrationStep &step);
    Result<> mark(const MigrationStep &step);
    Result<> rolledBack(Result<> failure);

    SqlConnection &m_session;
    quoin::Connection m_connection;
};

Result<> Migrator::begin()
{
    if (const auto fault = m_session.begin())
        return fault->error;
    if (m_connection.dialect() == Dialect::Sqlite)
        return {}; // BEGIN IMMEDIATE is the lock.
    const auto locked = m_connection.query(lockStatement);
    return locked ? Result<>() : rolledBack(locked.error());
}

Result<> Migrator::commit(const QString &what)
{
    if (const auto fault = m_session.commit())
        return rolledBack(
            Error(fault->error.kind(), u"%1 could not be committed: %2"_s.arg(what, fault->error.message())));
    return {};
}

Result<> Migrator::rolledBack(Result<> failure)
{
    m_session.rollback();
    return failure;
}

Result<> Migrator::makeMarkTable()
{
    if (auto begun = begin(); !begun)
        return begun;
    if (const auto made = m_connection.execute(markTable); !made)
        return rolledBack(made.error());
    return commit(u"the table quoin_migration"_s);
}

/// Who does not take our lock, such as SQLAlchemy's create_all(), may be making the same table at this moment. For
/// PostgreSQL "IF NOT EXISTS" then waits for the other and fails when it commits (a duplicate key in its catalogue);
/// once more, and the table is there.
Result<> Migrator::apply(const MigrationStep &step)
{
    constexpr int attempts = 3;
    Result<> applied = tryToApply(step);
    for (int i = 1; i < attempts && !applied && applied.error().kind() == ErrorKind::Conflict; ++i)
        applied = tryToApply(step);
    return applied;
}

Result<> Migrator::tryToApply(const MigrationStep &step)
{
    if (auto begun = begin(); !begun)
        return begun;
    const auto applied = isApplied(step);
    if (!applied)
        return rolledBack(applied.error());
    if (*applied)
        return rolledBack({});
    if (auto done = run(step); !done)
        return rolledBack(done);
    if (auto marked = mark(step); !marked)
        return rolledBack(marked);
    if (auto committed = commit(u"migration \"%1\""_s.arg(step.name)); !committed)
        return committed;
    qCInfo(databaseLog).noquote().nospace() << "migration applied name=" << step.name;
    return {};
}

Result<bool> Migrator::isApplied(const MigrationStep &step)
{
    auto rows = m_connection.query(u"SELECT checksum, applied FROM quoin_migration WHERE name = ?"_s, {step.name});
    if (!rows)
        return rows.error();
    if (!rows->next()) {
        if (auto stepped = rows->error(); !stepped)
            return stepped.error();
        return false;
    }
    if (QString::fromUtf8(rows->text(0)) == checksumOf(statementsOf(step, m_connection.dialect())))
        return true;
    return Error::conflict(
        u"migration \"%1\" was applied on %2 with other statements than it has now; a migration must not change "
        "once it was applied: restore its statements and add a new one"_s.arg(step.name,
                                                                              QString::fromUtf8(rows->text(1))));
}

Result<> Migrator::run(const MigrationStep &step)
{
    const QStringList &statements = statementsOf(step, m_connection.dialect());
    for (qsizetype i = 0; i < statements.size(); ++i) {
        if (const auto done = m_connection.execute(statements[i]); !done)
            return Error(done.error().kind(),
                         u"migration \"%1\", statement %2 of %3: %4"_s.arg(step.name)
                             .arg(i + 1)
                             .arg(statements.size())
                             .arg(done.error().message()));
    }
    return {};
}

Result<> Migrator::mark(const MigrationStep &step)
{
    const auto marked = m_connection.execute(
        u"INSERT INTO quoin_migration (name, checksum, applied) VALUES (?, ?, ?)"_s,
        {step.name, checksumOf(statementsOf(step, m_connection.dialect())),
         QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs)});
    return marked ? Result<>() : marked.error();
}

Result<> checkNames(const QList<MigrationStep> &steps)
{
    QSet<QString> names;
    for (const MigrationStep &step : steps) {
        if (step.name.isEmpty())
            return Error::invalid(u"a migration has no name"_s);
        if (names.contains(step.name))
            return Error::invalid(u"two migrations are called \"%1\""_s.arg(step.name));
        names.insert(step.name);
    }
    return {};
}

} // namespace

Result<> runMigrations(const DatabaseUrl &url, const DatabaseOptions &options, const QList<MigrationStep> &steps)
{
    if (auto named = checkNames(steps); !named)
        return named;
    DatabaseOptions patient = options;
    patient.busyTimeout = lockPatience;
    SqlConnection connection(url, Purpose::Write, patient);
    if (auto opened = connection.open(); !opened)
        return opened;

    Migrator migrator(connection);
    if (auto made = migrator.makeMarkTable(); !made)
        return made;
    for (const MigrationStep &step : steps) {
        if (auto applied = migrator.apply(step); !applied)
            return applied;
    }
    return {};
}

} // namespace quoin::database
