// SPDX-License-Identifier: GPL-3.0-only
#include "database/sqlsession.h"

#include "database/postgresnotices.h"

#include <QFileInfo>
#include <QSqlError>

#include <atomic>
#include <thread>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

QString uniqueName()
{
    static std::atomic<quint64> count = 0;
    return u"quoin-"_s + QString::number(++count);
}

/// A value of libpq's "key='value'" list (PostgreSQL documentation, 34.1.1.1).
QString quoted(QString value)
{
    value.replace(u'\\', "\\\\"_L1).replace(u'\'', "\\'"_L1);
    return u'\'' + value + u'\'';
}

/// What is set unless the URL says otherwise: a dead peer is noticed in seconds and not in the two hours of TCP's
/// default.
QMap<QString, QString> libpqDefaults()
{
    return {{u"application_name"_s, u"quoin"_s}, {u"connect_timeout"_s, u"2"_s},  {u"keepalives_idle"_s, u"10"_s},
            {u"keepalives_interval"_s, u"3"_s},  {u"keepalives_count"_s, u"3"_s}, {u"tcp_user_timeout"_s, u"10000"_s}};
}

/// The same for the other side, unless somebody has set its tcp_user_timeout: a host without power would leave its
/// transactions open, and all others waiting for their locks, until PostgreSQL notices. Here after 11 s. Without effect
/// on a Unix socket.
QString noticeDeadClients()
{
    return u"SELECT set_config('tcp_keepalives_idle', '5', false), set_config('tcp_keepalives_interval', '2', false), "
           "set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '10000', false) "
           "WHERE current_setting('tcp_user_timeout') = '0'"_s;
}

} // namespace

SqlSession::SqlSession(DatabaseUrl url, Purpose purpose, std::chrono::milliseconds busyTimeout)
    : m_url(std::move(url))
    , m_purpose(purpose)
    , m_busyTimeout(m_url.busyTimeout().value_or(busyTimeout))
    , m_name(uniqueName())
{
}

SqlSession::~SqlSession() { close(); }

Result<> SqlSession::open()
{
    close();
    const bool isSqlite = dialect() == Dialect::Sqlite;
    const QString plugin = isSqlite ? u"QSQLITE"_s : u"QPSQL"_s;
    if (!QSqlDatabase::isDriverAvailable(plugin))
        return Error::invalid(u"database %1: Qt's driver %2 is not installed (Debian: libqt6sql6-%3)"_s.arg(
            m_url.toDisplayString(), plugin, isSqlite ? u"sqlite"_s : u"psql"_s));

    m_driver = QSqlDatabase::addDatabase(plugin, m_name);
    configureDriver();
    Result<> opened;
    if (m_driver.open())
        opened = setUp();
    else
        opened = openError(faultOf(m_driver.lastError(), dialect(), u"open"_s, false));
    if (!opened)
        close();
    return opened;
}

void SqlSession::configureDriver()
{
    if (dialect() == Dialect::Sqlite) {
        m_driver.setDatabaseName(QFileInfo(m_url.path()).absoluteFilePath());
        m_driver.setConnectOptions(u"QSQLITE_BUSY_TIMEOUT=%1"_s.arg(m_busyTimeout.count()));
        return;
    }
    m_driver.setHostName(m_url.host());
    m_driver.setPort(m_url.port());
    m_driver.setDatabaseName(m_url.databaseName());
    m_driver.setUserName(m_url.user());
    m_driver.setPassword(m_url.password());
    auto options = libpqDefaults();
    options.insert(m_url.options());
    QStringList list;
    for (auto option = options.cbegin(); option != options.cend(); ++option)
        list += option.key() + u'=' + quoted(option.value());
    m_driver.setConnectOptions(list.join(u' '));
}

Result<> SqlSession::setUp()
{
    // Digits of a NUMERIC come as they are, not through a double.
    m_driver.setNumericalPrecisionPolicy(QSql::HighPrecision);
    return dialect() == Dialect::Sqlite ? setUpSqlite() : setUpPostgresql();
}

Result<> SqlSession::setUpSqlite()
{
    if (auto logged = useWriteAheadLog(); !logged)
        return logged;
    // FULL: a commit is on the disk when it returns, also in WAL mode (sqlite.org/pragma.html#pragma_synchronous).
    QStringList statements{u"PRAGMA synchronous=FULL"_s, u"PRAGMA foreign_keys=ON"_s,
                           u"PRAGMA journal_size_limit=67108864"_s};
    if (m_purpose == Purpose::Read)
        statements += u"PRAGMA query_only=ON"_s;
    for (const QString &statement : statements) {
        if (const auto fault = run(statement))
            return openError(*fault);
    }
    return {};
}

Result<> SqlSession::useWriteAheadLog()
{
    // The change to WAL needs the file alone and does not call the busy handler, so that processes which start at once
    // collide here.
    const auto deadline = std::chrono::steady_clock::now() + m_busyTimeout;
    while (true) {
        QSqlQuery query(m_driver);
        if (query.exec(u"PRAGMA journal_mode=WAL"_s) && query.next()) {
            if (query.value(0).toString() == u"wal")
                return {};
            return Error::unavailable(
                u"database %1: SQLite cannot keep its write-ahead log there (a network file system?)"_s.arg(
                    m_url.toDisplayString()));
        }
        const SqlFault fault = faultOf(query.lastError(), dialect(), query.lastQuery(), true);
        if (fault.kind != FaultKind::Busy || std::chrono::steady_clock::now() >= deadline)
            return openError(fault);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

Result<> SqlSession::setUpPostgresql()
{
    logNotices(m_driver);
    QStringList statements{noticeDeadClients()};
    if (m_purpose == Purpose::Read)
        statements += u"SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"_s;
    for (const QString &statement : statements) {
        if (const auto fault = run(statement))
            return openError(*fault);
    }
    return {};
}

Error SqlSession::openError(const SqlFault &fault) const
{
    return Error::unavailable(u"database %1: %2"_s.arg(m_url.toDisplayString(), fault.error.message()));
}

void SqlSession::close()
{
    m_begin.reset();
    m_commit.reset();
    m_schema.reset();
    m_schemaVersion = -1;
    m_inTransaction = false;
    if (!m_driver.isValid())
        return;
    // The last handle must be gone before the connection is removed. Statements that are still prepared die with the
    // driver, and are not given back to the server one by one.
    m_driver = QSqlDatabase();
    QSqlDatabase::removeDatabase(m_name);
}

bool SqlSession::isOpen() const { return m_driver.isValid() && m_driver.isOpen(); }

std::optional<SqlFault> SqlSession::begin()
{
    std::optional<SqlFault> fault;
    if (dialect() == Dialect::Sqlite)
        fault = runPrepared(&m_begin, m_purpose == Purpose::Write ? u"BEGIN IMMEDIATE"_s : u"BEGIN"_s);
    else if (!isOpen() || !m_driver.transaction())
        fault = faultOf(m_driver.lastError(), dialect(), u"BEGIN"_s, isOpen());
    m_inTransaction = !fault;
    return fault;
}

std::optional<SqlFault> SqlSession::commit()
{
    std::optional<SqlFault> fault;
    if (dialect() == Dialect::Sqlite)
        fault = runPrepared(&m_commit, u"COMMIT"_s);
    else if (!isOpen() || !m_driver.commit())
        fault = faultOf(m_driver.lastError(), dialect(), u"COMMIT"_s, isOpen());
    // PostgreSQL ends the transaction either way; SQLite leaves it open after some errors
    // (sqlite.org/lang_transaction.html).
    m_inTransaction = fault && dialect() == Dialect::Sqlite;
    return fault;
}

void SqlSession::rollback()
{
    // A failure means that there is no transaction any more: SQLite ends it itself on some errors, and a lost server
    // always has.
    if (std::exchange(m_inTransaction, false) && isOpen())
        static_cast<void>(run(u"ROLLBACK"_s));
}

bool SqlSession::hasNewSchema()
{
    if (dialect() != Dialect::Sqlite)
        return false; // The server says so when a statement is run: see faultOf().
    if (runPrepared(&m_schema, u"PRAGMA schema_version"_s) || !m_schema->next())
        return true; // Whatever is wrong, the next statement tells.
    const qint64 version = m_schema->value(0).toLongLong();
    m_schema->finish();
    if (std::exchange(m_schemaVersion, version) == version)
        return false;
    // SQLite itself notices only when it runs a statement over a table: without this one, a fresh statement is prepared
    // for the old schema.
    static_cast<void>(run(u"SELECT 1 FROM sqlite_master LIMIT 1"_s));
    return true;
}

std::optional<SqlFault> SqlSession::run(const QString &sql)
{
    QSqlQuery query(m_driver);
    if (isOpen() && query.exec(sql))
        return {};
    return faultOf(query.lastError(), dialect(), sql, isOpen());
}

std::optional<SqlFault> SqlSession::runPrepared(std::optional<QSqlQuery> *query, const QString &sql)
{
    if (!*query) {
        query->emplace(m_driver);
        (*query)->setForwardOnly(true);
        if (!(*query)->prepare(sql)) {
            const SqlFault fault = faultOf((*query)->lastError(), dialect(), sql, isOpen());
            query->reset();
            return fault;
        }
    }
    if ((*query)->exec())
        return {};
    return faultOf((*query)->lastError(), dialect(), sql, isOpen());
}

} // namespace quoin::database
