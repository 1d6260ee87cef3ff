// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QNetworkReply>
#include <QString>

namespace admin {

/// Why a request has no answer, in words for the person in front of the window: what happened, where, and what to do.
struct Problem
{
    enum class Kind {
        None,
        Offline,      ///< no connection to the server, or it broke
        Timeout,      ///< the server said nothing for as long as the request was willing to wait
        Unauthorized, ///< 401: the token is missing, unknown, expired or revoked
        Forbidden,    ///< 403: the token lacks a scope, or a setting of the server is against it
        NotFound,     ///< 404
        Refused,      ///< another 4xx: what was asked cannot be done
        Server,       ///< 5xx
        ReadOnly,     ///< this program refused to send it: the connection is read-only
        Cancelled,    ///< aborted by this program or its user
        Malformed,    ///< an answer that is not what the API promises
    };

    Kind kind = Kind::None;
    int status = 0;         ///< HTTP status; 0 without one
    QString title = {};     ///< a few words: "The server cannot be reached"
    QString detail = {};    ///< one or two sentences of the server or the network
    QString remedy = {};    ///< what to do; may be empty
    QString requestId = {}; ///< the server's id of the request, to be looked up in its log; may be empty

    explicit operator bool() const { return kind != Kind::None; }
    /// All in one line, for a message box or a log.
    QString sentence() const;

    /// From an answer with a status of 400 and above: RFC 9457 if the body is one, else by the status alone.
    static Problem ofAnswer(int status, const QByteArray &body, const QByteArray &requestId);
    /// From a connection that failed.
    static Problem ofNetwork(QNetworkReply::NetworkError error, const QString &text, const QString &host);
    static Problem readOnly();
    static Problem malformed(const QString &detail);
};

} // namespace admin
