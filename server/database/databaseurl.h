// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>
#include <quoin/result.h>

#include <QMap>
#include <QString>

#include <chrono>
#include <optional>

namespace quoin::database {

/// Where the database is, in SQLAlchemy's spelling (docs.sqlalchemy.org, "Database URLs"), so that a Python service's
/// setting can be used as it is: sqlite:////absolute.db, sqlite:///relative.db,
/// postgresql://user:password@host:5432/name?sslmode=require, and the same with a driver, such as
/// postgresql+psycopg2://. As there, user, password and options are percent-decoded, the path is not.
class DatabaseUrl
{
public:
    /// Invalid, with what was expected, for anything else. The message never holds the password.
    static Result<DatabaseUrl> parse(const QString &text);

    Dialect dialect() const { return m_dialect; }

    /// SQLite: the path of the file, relative to the current directory unless it begins with '/'.
    const QString &path() const { return m_path; }
    /// SQLite: the option ?timeout=SECONDS.
    std::optional<std::chrono::milliseconds> busyTimeout() const { return m_busyTimeout; }

    /// PostgreSQL: the name of the database; empty: that of the user.
    const QString &databaseName() const { return m_databaseName; }
    const QString &user() const { return m_user; }
    const QString &password() const { return m_password; }
    /// PostgreSQL: a host name, an address, or the folder of a unix socket; empty: the local socket.
    const QString &host() const { return m_host; }
    int port() const { return m_port; } ///< -1: the default.
    /// PostgreSQL: what else goes to libpq, such as sslmode.
    const QMap<QString, QString> &options() const { return m_options; }

    /// For logs and pages: the URL with *** for the password.
    QString toDisplayString() const;

private:
    Result<> parseSqlite(QStringView rest);
    Result<> parsePostgresql(QStringView rest);
    Result<> parseHost(QStringView host);
    Result<> takeSqliteOption(const QString &key, const QString &value);
    Result<> takePostgresqlOption(const QString &key, const QString &value);

    Dialect m_dialect = Dialect::Sqlite;
    QString m_path;
    std::optional<std::chrono::milliseconds> m_busyTimeout;
    QString m_databaseName;
    QString m_user;
    QString m_password;
    QString m_host;
    int m_port = -1;
    QMap<QString, QString> m_options;
};

} // namespace quoin::database
