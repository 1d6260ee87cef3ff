// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/apireply.h"
#include "client/request.h"

#include <QNetworkAccessManager>
#include <QObject>
#include <QUrl>

namespace admin {

/// The way to one server: where it is, who we are, and whether we may change something. Nothing in here waits: every
/// request goes on by itself and tells by signals. Lives in the thread of the window.
class Api : public QObject
{
    Q_OBJECT

public:
    explicit Api(const QUrl &baseUrl, QObject *parent = nullptr);

    const QUrl &baseUrl() const { return m_baseUrl; }
    const QString &token() const { return m_token; }
    void setToken(const QString &token) { m_token = token; }
    /// A read-only Api sends GET and HEAD only; anything else ends with Problem::Kind::ReadOnly and does not leave the
    /// program.
    bool isReadOnly() const { return m_isReadOnly; }
    void setReadOnly(bool readOnly) { m_isReadOnly = readOnly; }

    /// Sends it. The reply belongs to `parent`, which must not be null: with the page, its requests end.
    ApiReply *send(const Request &request, QObject *parent);
    ApiReply *get(const QString &path, const Query &query, QObject *parent);
    ApiReply *post(const QString &path, const Query &query, const QByteArray &body, QObject *parent);
    ApiReply *put(const QString &path, const Query &query, const QByteArray &body, QObject *parent);
    ApiReply *remove(const QString &path, const Query &query, QObject *parent);

    /// The request for the network, token and all. EventStream has a connection of its own and uses this.
    QNetworkRequest networkRequest(const Request &request) const;
    /// What was sent last for `owner` or an object below it, newest first, without repetitions. Some 100 are
    /// remembered.
    QList<Request> recent(const QObject *owner) const;

Q_SIGNALS:
    /// It is on its way.
    void sent(admin::ApiReply *reply);
    /// After the reply told its end, whoever asked: for the banner.
    void answered(const admin::Problem &problem);

private:
    struct Sent
    {
        Request request;
        QList<const QObject *> owners; ///< the parent and those above it; compared, never looked into
    };
    void remember(const Request &request, const QObject *parent);

    QUrl m_baseUrl;
    QString m_token;
    QNetworkAccessManager m_network;
    QList<Sent> m_recent;
    bool m_isReadOnly = false;
};

} // namespace admin
