// SPDX-License-Identifier: GPL-3.0-only
#include "client/problem.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(admin::Problem)
};

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
        return Words::tr("The server does not accept the token");
    case 403:
        return Words::tr("This token may not do that");
    case 404:
        return Words::tr("It is not there");
    case 409:
        return Words::tr("Not possible as things stand");
    case 413:
        return Words::tr("That is too large for the server");
    case 429:
        return Words::tr("Too many attempts");
    case 503:
        return Words::tr("The server is not ready");
    default:
        return status >= 500 ? Words::tr("The server failed") : Words::tr("The server refused this");
    }
}

QString remedyOf(int status)
{
    switch (status) {
    case 401:
        return Words::tr(
            "Make a token with `quoin token create --name NAME --scope admin` and enter it in this connection.");
    case 403:
        return Words::tr("Use a token with the scope that is named, or ask who runs this server.");
    case 404:
        return Words::tr("Refresh the list: somebody else may have removed it.");
    case 429:
        return Words::tr("Wait a minute before the next attempt.");
    case 503:
        return Words::tr("Wait a moment; this window tries again by itself.");
    default:
        return status >= 500 ? Words::tr("Look for the request's id in the server's log.") : QString();
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
        problem.detail = Words::tr("The server answered with status %1 and said nothing more").arg(status);
    return problem;
}

Problem Problem::ofNetwork(QNetworkReply::NetworkError error, const QString &text, const QString &host)
{
    using enum Kind;
    switch (error) {
    case QNetworkReply::ConnectionRefusedError:
        return {Offline,
                0,
                Words::tr("The server cannot be reached"),
                Words::tr("Nothing listens at %1").arg(host),
                Words::tr("Start it (`quoin serve`), or check the address of this connection."),
                {}};
    case QNetworkReply::HostNotFoundError:
        return {Offline,
                0,
                Words::tr("The server cannot be reached"),
                Words::tr("There is no host of the name in %1").arg(host),
                Words::tr("Check the address of this connection, and the network."),
                {}};
    case QNetworkReply::TimeoutError:
        return {Timeout,
                0,
                Words::tr("The server does not answer"),
                Words::tr("%1 was silent for too long").arg(host),
                Words::tr("Try again; if it stays so, look at the server's load and its log."),
                {}};
    case QNetworkReply::SslHandshakeFailedError:
        return {Offline,
                0,
                Words::tr("The connection is not safe"),
                text,
                Words::tr("Check the certificate of the server, or the address of this connection."),
                {}};
    case QNetworkReply::OperationCanceledError:
        return {Cancelled, 0, Words::tr("Cancelled"), {}, {}, {}};
    default:
        return {Offline,
                0,
                Words::tr("The connection to the server broke"),
                text,
                Words::tr("This window tries again by itself."),
                {}};
    }
}

Problem Problem::readOnly()
{
    return {Kind::ReadOnly,
            0,
            Words::tr("This connection is read-only"),
            Words::tr("Nothing was sent"),
            Words::tr("Switch read-only off first, if you want to change something on this server."),
            {}};
}

Problem Problem::malformed(const QString &detail)
{
    return {Kind::Malformed,
            0,
            Words::tr("The server answered with something else"),
            detail,
            Words::tr("Check that the address is that of a Quoin server of the same version as this program."),
            {}};
}

} // namespace admin
