// SPDX-License-Identifier: GPL-3.0-only
#include "redis/url.h"

#include <QFile>
#include <QStringList>
#include <QUrl>

#include <sys/un.h>

using namespace Qt::StringLiterals;

namespace quoin::redis {

namespace {

QString decoded(QStringView text) { return QUrl::fromPercentEncoding(text.toUtf8()); }

Error expected(const QString &fault)
{
    return Error::invalid(
        u"Redis URL: %1; expected redis://user:password@host:6379/0, the same with rediss:// for TLS, "
        "or redis+socket:///path?virtual_host=0"_s.arg(fault));
}

/// Of redis-py and kombu: how their own client behaves. Ours has its own ways.
bool isTuning(const QString &option)
{
    static const QStringList names{
        u"client_name"_s,      u"decode_responses"_s, u"encoding"_s,         u"health_check_interval"_s,
        u"max_connections"_s,  u"protocol"_s,         u"retry_on_timeout"_s, u"socket_connect_timeout"_s,
        u"socket_keepalive"_s, u"socket_timeout"_s,   u"timeout"_s,          u"visibility_timeout"_s};
    return names.contains(option);
}

/// Cuts what follows the first mark off rest.
QStringView takeBehind(QStringView *rest, QChar mark)
{
    const qsizetype place = rest->indexOf(mark);
    if (place < 0)
        return {};
    const QStringView behind = rest->sliced(place + 1);
    *rest = rest->first(place);
    return behind;
}

Result<> takeLogin(Url *url, QStringView login)
{
    QStringView user = login;
    const QStringView password = takeBehind(&user, u':');
    url->user = decoded(user);
    url->password = decoded(password);
    if (!url->user.isEmpty() && url->password.isEmpty())
        return expected(
            u"the user \"%1\" has no password (a password alone is written redis://:password@host)"_s.arg(url->user));
    return {};
}

Result<> takePort(Url *url, QStringView text)
{
    bool isNumber = false;
    const int port = text.toInt(&isNumber);
    if (!isNumber || port < 1 || port > 65535)
        return expected(u"the port is \"%1\", which is no number from 1 to 65535"_s.arg(text));
    url->port = static_cast<quint16>(port);
    return {};
}

Result<> takePlace(Url *url, QStringView place)
{
    QStringView host = place;
    QStringView port;
    if (place.startsWith(u'[')) {
        const qsizetype end = place.indexOf(u']');
        if (end < 0 || (end + 1 < place.size() && place[end + 1] != u':'))
            return expected(u"\"%1\" is no IPv6 address in brackets"_s.arg(place));
        host = place.first(end).sliced(1);
        port = place.sliced(std::min(end + 2, place.size()));
    } else {
        port = takeBehind(&host, u':');
        if (port.contains(u':'))
            return expected(u"the IPv6 address in \"%1\" wants brackets around it"_s.arg(place));
    }
    url->host = host.isEmpty() ? u"127.0.0.1"_s : decoded(host);
    return port.isEmpty() ? Result<>() : takePort(url, port);
}

Result<> takeDatabase(Url *url, const QString &text)
{
    bool isNumber = false;
    url->database = text.toInt(&isNumber);
    if (!isNumber || url->database < 0)
        return expected(u"the database is \"%1\", which is no number from 0 on"_s.arg(text));
    return {};
}

Result<> takeTlsOption(Url *url, const QString &option, const QString &value)
{
    if (!url->tls)
        return expected(u"the option \"%1\" needs rediss://"_s.arg(option));
    const QString lower = value.toLower();
    if (option == "ssl_ca_certs"_L1)
        url->authorities = value;
    else if (option == "ssl_certfile"_L1)
        url->certificate = value;
    else if (option == "ssl_keyfile"_L1)
        url->key = value;
    else if (option == "ssl_cert_reqs"_L1 && lower != "required"_L1 && lower != "cert_required"_L1)
        return expected(u"ssl_cert_reqs is \"%1\", but certificates are always verified; name the CA in "
                        "ssl_ca_certs"_s.arg(value));
    else if (option == "ssl_check_hostname"_L1 && lower != "true"_L1 && lower != "1"_L1)
        return expected(u"ssl_check_hostname is \"%1\", but the host's name is always checked"_s.arg(value));
    else if (option != "ssl_cert_reqs"_L1 && option != "ssl_check_hostname"_L1)
        return expected(u"there is no option \"%1\""_s.arg(option));
    return {};
}

Result<> takeOption(Url *url, const QString &option, const QString &value)
{
    if (option == "db"_L1 || option == "virtual_host"_L1)
        return takeDatabase(url, value);
    if (option.startsWith("ssl_"_L1))
        return takeTlsOption(url, option, value);
    if (option == "username"_L1)
        url->user = value;
    else if (option == "password"_L1)
        url->password = value;
    else if (!isTuning(option))
        return expected(u"there is no option \"%1\""_s.arg(option));
    return {};
}

Result<> takeOptions(Url *url, QStringView query)
{
    for (const QStringView item : query.split(u'&', Qt::SkipEmptyParts)) {
        const qsizetype equals = item.indexOf(u'=');
        if (equals < 0)
            return expected(u"the option \"%1\" has no value"_s.arg(item));
        if (auto taken = takeOption(url, decoded(item.first(equals)), decoded(item.sliced(equals + 1))); !taken)
            return taken;
    }
    return {};
}

Result<> takeSocket(Url *url, QStringView path)
{
    if (path.isEmpty())
        return expected(u"there is no path of a socket; three slashes begin it"_s);
    url->socket = u'/' + decoded(path);
    // unix(7): sun_path has 108 bytes with its final zero.
    if (static_cast<std::size_t>(QFile::encodeName(url->socket).size()) >= sizeof(sockaddr_un::sun_path))
        return expected(u"the path of the socket is longer than 107 bytes: %1"_s.arg(url->socket));
    return {};
}

Result<> takeServer(Url *url, QStringView place, QStringView path)
{
    if (auto taken = takePlace(url, place); !taken)
        return taken;
    while (path.startsWith(u'/')) // kombu writes /0 behind a slash
        path = path.sliced(1);
    return path.isEmpty() ? Result<>() : takeDatabase(url, decoded(path));
}

/// Behind the scheme.
Result<> takeRest(Url *url, QStringView rest, bool isSocket)
{
    if (rest.contains(u'#'))
        return expected(u"a \"#\" in it must be written as %23"_s);
    const QStringView query = takeBehind(&rest, u'?');
    QStringView place = rest;
    const QStringView path = takeBehind(&place, u'/');
    // Of a password that was cut in two, nothing may be shown.
    if (!isSocket && (path.contains(u'@') || query.contains(u'@')))
        return expected(u"a \"/\", \"?\" or \"@\" in the user or password must be written as %2F, %3F or %40"_s);
    if (const qsizetype at = place.lastIndexOf(u'@'); at >= 0) {
        if (auto taken = takeLogin(url, place.first(at)); !taken)
            return taken;
        place = place.sliced(at + 1);
    }
    if (isSocket && !place.isEmpty())
        return expected(
            u"a socket has no host, but \"%1\" stands where one would; three slashes begin the path"_s.arg(place));
    if (auto taken = isSocket ? takeSocket(url, path) : takeServer(url, place, path); !taken)
        return taken;
    return takeOptions(url, query);
}

} // namespace

Result<Url> Url::parse(const QString &text)
{
    const QString trimmed = text.trimmed();
    const qsizetype colon = trimmed.indexOf("://"_L1);
    if (colon < 0)
        return expected(trimmed.isEmpty() ? u"it is empty"_s : u"it has no \"://\""_s);
    if (trimmed.contains(";redis"_L1))
        return expected(u"it names several servers, and only one can be used"_s);

    const QString scheme = trimmed.first(colon).toLower();
    const bool isSocket = scheme == "redis+socket"_L1 || scheme == "socket"_L1 || scheme == "unix"_L1;
    if (!isSocket && scheme != "redis"_L1 && scheme != "rediss"_L1)
        return expected(u"the scheme \"%1\" is not known"_s.arg(scheme));

    Url url;
    url.tls = scheme == "rediss"_L1;
    if (auto taken = takeRest(&url, QStringView(trimmed).sliced(colon + 3), isSocket); !taken)
        return taken.error();
    return url;
}

QString Url::toDisplayString() const
{
    QString login = user;
    if (!password.isEmpty())
        login += ":***"_L1;
    if (!login.isEmpty())
        login += u'@';
    if (!socket.isEmpty())
        return u"redis+socket://%1%2?virtual_host=%3"_s.arg(login, socket).arg(database);
    const QString place = host.contains(u':') ? u'[' + host + u']' : host;
    return u"%1://%2%3:%4/%5"_s.arg(tls ? u"rediss"_s : u"redis"_s, login, place).arg(port).arg(database);
}

} // namespace quoin::redis
