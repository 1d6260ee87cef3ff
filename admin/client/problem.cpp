// SPDX-License-Identifier: GPL-3.0-only
#include "client/problem.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("Problem", text); }

Problem::Kind kindOf(int status)
{
    using enum Problem::Kind;
    switch (status) {
    case 401:
        return Unauthorized;
    case 403:
        return Forbidden;
    case 404:
        return NotFound;
    default:
        return status >= 500 ? Server : Refused;
    }
}

QString titleOf(int status)
{
    switch (status) {
    case 401:
        return tr("The server does not accept the token");
    case 403:
        return tr("This token may not do that");
    case 404:
        return tr("It is not there");
    case 409:
        return tr("Not possible as things stand");
    case 413:
        return tr("That is too large for the server");
    case 429:
        return tr("Too many attempts");
    case 503:
        return tr("The server is not ready");
    default:
        return status >= 500 ? tr("The server failed") : tr("The server refused this");
    }
}

QString remedyOf(int status)
{
    switch (status) {
    case 401:
        return tr("Make a token with `quoin token create --name NAME --scope admin` and enter it in this connection.");
    case 403:
        return tr("Use a token with the scope that is named, or ask who runs this server.");
    case 404:
        return tr("Refresh the list: somebody else may have removed it.");
    case 429:
        return tr("Wait a minute before the next attempt.");
    case 503:
        return tr("Wait a moment; this window tries again by itself.");
    default:
        return status >= 500 ? tr("Look for the request's id in the server's log.") : QString();
    }
}

} // namespace

QString Problem::sentence() const
{
    QStringList parts;
    for (const QString &part : {title, detail, remedy}) {
        if (!part.isEmpty())
            parts << (part.endsWith(u'.') || part.endsWith(u'?') || part.endsWith(u'!') ? part : part + u'.');
    }
    return parts.join(u' ');
}

Problem Problem::ofAnswer(int status, const QByteArray &body, const QByteArray &requestId)
{
    Problem problem{kindOf(status), status, titleOf(status), {}, remedyOf(status), QString::fromUtf8(requestId)};
    const auto json = QJsonDocument::fromJson(body).object();
    problem.detail = json[u"detail"_s].toString(json[u"title"_s].toString());
    if (const auto remedy = json[u"remedy"_s].toString(); !remedy.isEmpty())
        problem.remedy = remedy;
    if (problem.detail.isEmpty())
        problem.detail = tr("The server answered with status %1 and said nothing more").arg(status);
    return problem;
}

Problem Problem::ofNetwork(QNetworkReply::NetworkError error, const QString &text, const QString &host)
{
    using enum Kind;
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
        return {Offline,
                0,
                tr("The server cannot be reached"),
                tr("Nothing listens at %1").arg(host),
                tr("Start it (`quoin serve`), or check the address of this connection."),
                {}};
    case QNetworkReply::HostNotFoundError:
        return {Offline,
                0,
                tr("The server cannot be reached"),
                tr("There is no host of the name in %1").arg(host),
                tr("Check the address of this connection, and the network."),
                {}};
    case QNetworkReply::TimeoutError:
        return {Timeout,
                0,
                tr("The server does not answer"),
                tr("%1 was silent for too long").arg(host),
                tr("Try again; if it stays so, look at the server's load and its log."),
                {}};
    case QNetworkReply::SslHandshakeFailedError:
        return {Offline,
                0,
                tr("The connection is not safe"),
                text,
                tr("Check the certificate of the server, or the address of this connection."),
                {}};
    case QNetworkReply::OperationCanceledError:
        return {Cancelled, 0, tr("Cancelled"), {}, {}, {}};
    default:
        return {Offline, 0, tr("The connection to the server broke"), text, tr("This window tries again by itself."),
                {}};
    }
}

Problem Problem::readOnly()
{
    return {Kind::ReadOnly,
            0,
            tr("This connection is read-only"),
            tr("Nothing was sent"),
            tr("Switch read-only off first, if you want to change something on this server."),
            {}};
}

Problem Problem::malformed(const QString &detail)
{
    return {Kind::Malformed,
            0,
            tr("The server answered with something else"),
            detail,
            tr("Check that the address is that of a Quoin server of the same version as this program."),
            {}};
}

} // namespace admin
