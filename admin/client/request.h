// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>
#include <QString>
#include <QUrl>

#include <chrono>
#include <utility>

namespace admin {

/// Parameters of an address in order, as people write them; they are percent-encoded when sent, a "+" too.
using Query = QList<std::pair<QString, QString>>;

/// One request to the server, as a value: what is sent, and what "Copy as curl" shows.
struct Request
{
    QByteArray method = "GET";
    QString path; ///< from the root, its variable parts made by Request::segment()
    Query query = {};
    QByteArray body = {};
    QByteArray contentType = "application/json";
    QByteArray ifMatch = {}; ///< The entity tag that must still be the thing's (RFC 9110 §13.1.1); null: any.
    /// Bytes of the answer are handed out by ApiReply::received() as they come and not kept.
    bool streamed = false;
    /// Longest silence. A slow server is not a dead one.
    std::chrono::milliseconds patience = std::chrono::seconds(30);

    bool operator==(const Request &) const = default;
    /// Whether it may change something on the server, so that a read-only connection does not send it.
    bool changes() const { return method != "GET" && method != "HEAD"; }
    QUrl url(const QUrl &base) const;
    /// A command line for a shell that sends the same. The token is not in it: "$TOKEN" stands for it.
    QString curl(const QUrl &base) const;

    /// A text as one segment of a path: "a/b" becomes "a%2Fb".
    static QString segment(const QString &text);
};

} // namespace admin
