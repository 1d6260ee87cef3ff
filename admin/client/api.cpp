// SPDX-License-Identifier: GPL-3.0-only
#include "client/api.h"

#include <QCoreApplication>
#include <QNetworkRequest>

using namespace Qt::StringLiterals;

namespace admin {

namespace {
constexpr qsizetype remembered = 100;
}

Api::Api(const QUrl &baseUrl, QObject *parent)
    : QObject(parent)
    , m_baseUrl(baseUrl)
{
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy); // the token goes to this server only
    m_network.setAutoDeleteReplies(false);
}

ApiReply *Api::send(const Request &request, QObject *parent)
{
    Q_ASSERT(parent);
    auto *reply = new ApiReply(request, parent);
    connect(reply, &ApiReply::finished, this, [this, reply] { Q_EMIT answered(reply->problem()); });
    if (m_isReadOnly && request.changes()) {
        reply->refuse(Problem::readOnly());
        return reply;
    }
    remember(request, parent);
    auto *network = m_network.sendCustomRequest(networkRequest(request), request.method, request.body);
    reply->start(network, m_baseUrl.toDisplayString());
    Q_EMIT sent(reply);
    return reply;
}

ApiReply *Api::get(const QString &path, const Query &query, QObject *parent)
{
    return send({.path = path, .query = query}, parent);
}

ApiReply *Api::post(const QString &path, const Query &query, const QByteArray &body, QObject *parent)
{
    return send({.method = "POST", .path = path, .query = query, .body = body}, parent);
}

ApiReply *Api::put(const QString &path, const Query &query, const QByteArray &body, QObject *parent)
{
    return send({.method = "PUT", .path = path, .query = query, .body = body}, parent);
}

ApiReply *Api::remove(const QString &path, const Query &query, QObject *parent)
{
    return send({.method = "DELETE", .path = path, .query = query}, parent);
}

QNetworkRequest Api::networkRequest(const Request &request) const
{
    QNetworkRequest network(request.url(m_baseUrl));
    network.setRawHeader("Accept", "application/json, application/problem+json, */*;q=0.1");
    network.setHeader(QNetworkRequest::UserAgentHeader,
                      QString(u"quoin-admin/"_s + QCoreApplication::applicationVersion()));
    if (!request.body.isEmpty())
        network.setHeader(QNetworkRequest::ContentTypeHeader, request.contentType);
    if (!request.ifMatch.isNull())
        network.setRawHeader("If-Match", request.ifMatch);
    if (!m_token.isEmpty())
        network.setRawHeader("Authorization", "Bearer " + m_token.toUtf8());
    network.setTransferTimeout(static_cast<int>(request.patience.count()));
    network.setAttribute(QNetworkRequest::CacheLoadControlAttribute, QNetworkRequest::AlwaysNetwork);
    network.setAttribute(QNetworkRequest::CookieLoadControlAttribute, QNetworkRequest::Manual);
    network.setAttribute(QNetworkRequest::CookieSaveControlAttribute, QNetworkRequest::Manual);
    return network;
}

void Api::remember(const Request &request, const QObject *parent)
{
    Sent sent{request, {}};
    sent.request.body.truncate(8192); // Request::curl() names longer ones as a file
    for (; parent; parent = parent->parent())
        sent.owners << parent;
    m_recent.prepend(sent);
    if (m_recent.size() > remembered)
        m_recent.removeLast();
}

QList<Request> Api::recent(const QObject *owner) const
{
    QList<Request> requests;
    for (const Sent &sent : m_recent) {
        if (sent.owners.contains(owner) && !requests.contains(sent.request))
            requests << sent.request;
    }
    return requests;
}

} // namespace admin
