// SPDX-License-Identifier: GPL-3.0-only
#include "database/databaseurl.h"

#include <QStringList>
#include <QUrl>

#include <functional>

using namespace Qt::StringLiterals;

namespace quoin::database {

namespace {

QString decoded(QStringView text) { return QUrl::fromPercentEncoding(text.toUtf8()); }

QString encoded(const QString &text) { return QString::fromLatin1(QUrl::toPercentEncoding(text)); }

Error expected(const QString &fault)
{
    return Error::invalid(u"database URL: %1; expected sqlite:////absolute/path.db, sqlite:///relative.db or "
                          "postgresql://user:password@host:5432/name"_s.arg(fault));
}

bool isPostgresql(QStringView scheme)
{
    // The drivers of SQLAlchemy that speak to a PostgreSQL server; which one it is means nothing here.
    static const QStringList names{u"postgresql"_s,
                                   u"postgres"_s,
                                   u"postgresql+psycopg2"_s,
                                   u"postgresql+psycopg"_s,
                                   u"postgresql+psycopg2cffi"_s,
                                   u"postgresql+asyncpg"_s,
                                   u"postgresql+pg8000"_s};
    return names.contains(scheme, Qt::CaseInsensitive);
}

bool isSqlite(QStringView scheme)
{
    static const QStringList names{u"sqlite"_s, u"sqlite+pysqlite"_s};
    return names.contains(scheme, Qt::CaseInsensitive);
}

// PostgreSQL documentation, 34.1.2 "Parameter Key Words", less those that have a place of their own in the URL.
const QStringList &libpqOptions()
{
    static const QStringList names{u"application_name"_s,
                                   u"channel_binding"_s,
                                   u"connect_timeout"_s,
                                   u"gssencmode"_s,
                                   u"hostaddr"_s,
                                   u"keepalives"_s,
                                   u"keepalives_count"_s,
                                   u"keepalives_idle"_s,
                                   u"keepalives_interval"_s,
                                   u"krbsrvname"_s,
                                   u"options"_s,
                                   u"passfile"_s,
                                   u"require_auth"_s,
                                   u"service"_s,
                                   u"sslcert"_s,
                                   u"sslcompression"_s,
                                   u"sslcrl"_s,
                                   u"sslcrldir"_s,
                                   u"sslkey"_s,
                                   u"sslmode"_s,
                                   u"sslpassword"_s,
                                   u"sslrootcert"_s,
                                   u"sslsni"_s,
                                   u"ssl_max_protocol_version"_s,
                                   u"ssl_min_protocol_version"_s,
                                   u"target_session_attrs"_s,
                                   u"tcp_user_timeout"_s};
    return names;
}

Result<int> parsePort(QStringView text)
{
    bool number = false;
    const int port = text.toInt(&number);
    if (!number || port < 1 || port > 65535)
        return expected(u"the port is \"%1\", which is no number from 1 to 65535"_s.arg(text));
    return port;
}

using TakeOption = std::function<Result<>(const QString &, const QString &)>;

Result<> parseOptions(QStringView query, const TakeOption &take)
{
    for (const QStringView item : query.split(u'&', Qt::SkipEmptyParts)) {
        const qsizetype equals = item.indexOf(u'=');
        if (equals < 0)
            return expected(u"the option \"%1\" has no value"_s.arg(item));
        if (auto taken = take(decoded(item.first(equals)), decoded(item.sliced(equals + 1))); !taken)
            return taken;
    }
    return {};
}

/// Cuts what follows the first '?' off rest.
QStringView takeQuery(QStringView *rest)
{
    const qsizetype mark = rest->indexOf(u'?');
    if (mark < 0)
        return {};
    const QStringView query = rest->sliced(mark + 1);
    *rest = rest->first(mark);
    return query;
}

QStringView beforeSlash(QStringView text)
{
    const qsizetype slash = text.indexOf(u'/');
    return slash < 0 ? text : text.first(slash);
}

} // namespace

Result<DatabaseUrl> DatabaseUrl::parse(const QString &text)
{
    const QString trimmed = text.trimmed();
    const qsizetype colon = trimmed.indexOf("://"_L1);
    if (colon < 0)
        return expected(trimmed.isEmpty() ? u"it is empty"_s : u"it has no \"://\""_s);

    const QStringView scheme = QStringView(trimmed).first(colon);
    const QStringView rest = QStringView(trimmed).sliced(colon + 3);
    DatabaseUrl url;
    Result<> parsed;
    if (isSqlite(scheme))
        parsed = url.parseSqlite(rest);
    else if (isPostgresql(scheme))
        parsed = url.parsePostgresql(rest);
    else
        parsed = expected(u"\"%1\" is no database there is a driver for"_s.arg(scheme));
    if (!parsed)
        return parsed.error();
    return url;
}

Result<> DatabaseUrl::parseSqlite(QStringView rest)
{
    m_dialect = Dialect::Sqlite;
    const QStringView query = takeQuery(&rest);
    if (rest.isEmpty() || rest == u"/" || rest == u"/:memory:")
        return expected(
            u"a database in memory would lose every record at the end, and its connections could not share it; "
            "name a file"_s);
    if (!rest.startsWith(u'/'))
        return expected(u"a file has no host, but \"%1\" stands where one would; three slashes begin a relative path, "
                        "four an absolute one"_s.arg(beforeSlash(rest)));
    m_path = rest.sliced(1).toString();
    if (m_path.startsWith(u"file:"))
        return expected(u"SQLite's own \"file:\" URIs are not understood"_s);
    return parseOptions(query, std::bind_front(&DatabaseUrl::takeSqliteOption, this));
}

Result<> DatabaseUrl::takeSqliteOption(const QString &key, const QString &value)
{
    if (key == u"check_same_thread")
        return {}; // Python's own; here a connection never leaves its thread.
    if (key != u"timeout")
        return expected(u"\"%1\" is no option of SQLite (timeout is one)"_s.arg(key));
    bool number = false;
    const double seconds = value.toDouble(&number);
    if (!number || !(seconds >= 0) || seconds > 3600)
        return expected(u"timeout is \"%1\", which is no number of seconds from 0 to 3600"_s.arg(value));
    m_busyTimeout = std::chrono::milliseconds(qRound64(seconds * 1000));
    return {};
}

Result<> DatabaseUrl::parsePostgresql(QStringView rest)
{
    m_dialect = Dialect::Postgresql;
    // As in SQLAlchemy, the password ends at the first '@' and may hold a bare '/', ':' or '?'; the user may hold none
    // of them.
    const qsizetype at = rest.indexOf(u'@');
    const QStringView credentials = rest.left(qMax<qsizetype>(at, 0));
    const qsizetype colon = credentials.indexOf(u':');
    const QStringView user = colon < 0 ? credentials : credentials.first(colon);
    if (at >= 0 && !user.contains(u'/') && !user.contains(u'?')) {
        m_user = decoded(user);
        m_password = colon < 0 ? QString() : decoded(credentials.sliced(colon + 1));
        rest = rest.sliced(at + 1);
    }

    const QStringView query = takeQuery(&rest);
    const qsizetype slash = rest.indexOf(u'/');
    m_databaseName = slash < 0 ? QString() : rest.sliced(slash + 1).toString();
    if (auto host = parseHost(beforeSlash(rest)); !host)
        return host;
    return parseOptions(query, std::bind_front(&DatabaseUrl::takePostgresqlOption, this));
}

Result<> DatabaseUrl::parseHost(QStringView host)
{
    QStringView port;
    if (host.startsWith(u'[')) { // An IPv6 address, RFC 3986 section 3.2.2.
        const qsizetype end = host.indexOf(u']');
        if (end < 0)
            return expected(u"the address \"%1\" has no closing bracket"_s.arg(host));
        port = host.sliced(end + 1);
        host = host.sliced(1, end - 1);
        if (!port.isEmpty() && !port.startsWith(u':'))
            return expected(u"\"%1\" follows the address where :port could"_s.arg(port));
    } else if (const qsizetype colon = host.indexOf(u':'); colon >= 0) {
        port = host.sliced(colon);
        host = host.first(colon);
    }
    m_host = decoded(host);
    if (port.isEmpty())
        return {};
    const auto number = parsePort(port.sliced(1));
    if (!number)
        return number.error();
    m_port = *number;
    return {};
}

Result<> DatabaseUrl::takePostgresqlOption(const QString &key, const QString &value)
{
    if (value.contains(u';'))
        return expected(u"the option %1 holds a ';', which the driver cannot pass on"_s.arg(key));
    if (key == u"host") {
        m_host = value;
        return {};
    }
    if (key == u"user") {
        m_user = value;
        return {};
    }
    if (key == u"password") {
        m_password = value;
        return {};
    }
    if (key == u"dbname") {
        m_databaseName = value;
        return {};
    }
    if (key == u"port") {
        const auto number = parsePort(value);
        if (!number)
            return number.error();
        m_port = *number;
        return {};
    }
    if (key == u"client_encoding")
        return {}; // Always UTF-8.
    if (!libpqOptions().contains(key))
        return expected(u"\"%1\" is no option of a PostgreSQL connection (sslmode and host are two)"_s.arg(key));
    m_options.insert(key, value);
    return {};
}

QString DatabaseUrl::toDisplayString() const
{
    if (m_dialect == Dialect::Sqlite)
        return u"sqlite:///"_s + m_path;

    QString text = u"postgresql://"_s;
    if (!m_user.isEmpty() || !m_password.isEmpty())
        text += encoded(m_user) + (m_password.isEmpty() ? u"@"_s : u":***@"_s);
    const bool isFolder = m_host.startsWith(u'/');
    if (!isFolder)
        text += m_host.contains(u':') ? u'[' + m_host + u']' : m_host;
    if (m_port >= 0)
        text += u':' + QString::number(m_port);
    text += u'/' + m_databaseName;

    QStringList options;
    if (isFolder)
        options += u"host="_s + m_host;
    for (auto option = m_options.cbegin(); option != m_options.cend(); ++option)
        options += option.key() + u'=' + (option.key() == u"sslpassword" ? u"***"_s : option.value());
    return options.isEmpty() ? text : text + u'?' + options.join(u'&');
}

} // namespace quoin::database
