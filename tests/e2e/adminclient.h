// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "support/httpclient.h"
#include "support/quoinprocess.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>

#include <chrono>
#include <optional>

namespace quoin::test {

/// Who asks the admin API, with the token that a server writes for programs of its user.
class AdminClient
{
public:
    explicit AdminClient(const QuoinProcess &server)
        : m_server(server)
    {
    }

    HttpReply get(const QByteArray &target) const { return request("GET", target); }
    HttpReply post(const QByteArray &target, const QByteArray &body = {}) const
    {
        return request("POST", target, body);
    }
    HttpReply remove(const QByteArray &target) const { return request("DELETE", target); }
    /// On a connection of its own.
    HttpReply request(const QByteArray &method, const QByteArray &target, const QByteArray &body = {}) const;

    /// "Authorization: Bearer ...\r\n"
    QByteArray header() const;

private:
    const QuoinProcess &m_server;
};

inline QJsonObject jsonOf(const HttpReply &reply) { return QJsonDocument::fromJson(reply.body).object(); }
inline QJsonArray resultsOf(const HttpReply &reply) { return jsonOf(reply)[QLatin1String("results")].toArray(); }

/// One server-sent event.
struct ServerEvent
{
    QByteArray id;
    QString kind;
    QJsonObject data;
};

/// A client of GET /admin/v1/events that reads when it is asked to. One thread; blocks.
class EventClient
{
public:
    EventClient(const QuoinProcess &server, const QByteArray &lastId = {});

    /// The next event of that kind, passing over others; nothing if the stream ends before, or in this time.
    std::optional<ServerEvent> next(const QString &kind, std::chrono::milliseconds patience = std::chrono::seconds(30));
    /// Reads on until the stream ends cleanly. False if it does not in this time, or is cut off.
    bool waitForEnd(std::chrono::milliseconds patience = std::chrono::seconds(30));
    /// Sends another request on the same connection, once the stream has ended; the status line.
    QByteArray askAgain(const QByteArray &target);

    QByteArray head() const { return m_head; }
    QByteArray lastId() const { return m_lastId; } ///< Of the events that next() gave.
    QString everything() const { return QString::fromUtf8(m_all); }

private:
    bool read(std::chrono::milliseconds patience);
    void takeChunks();
    std::optional<ServerEvent> takeEvent();

    QTcpSocket m_socket;
    QByteArray m_raw;  ///< Received, framing and all.
    QByteArray m_body; ///< Without framing, not yet read.
    QByteArray m_head;
    QByteArray m_all;
    QByteArray m_lastId;
    bool m_hasEnded = false;
};

} // namespace quoin::test
