// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/eventparser.h"
#include "client/problem.h"

#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QObject>
#include <QPointer>
#include <QTimer>

class QNetworkReply;

namespace admin {

class Api;

/// What the server tells by itself: `GET /admin/v1/events`, over a connection of its own, so that it takes no place
/// away from requests. Comes back by itself after a break, with Last-Event-ID, so that nothing is missed; the waiting
/// time doubles from the server's `retry` up to 30 s while it is in vain.
class EventStream : public QObject
{
    Q_OBJECT

public:
    explicit EventStream(Api &api, QObject *parent = nullptr);
    ~EventStream() override;

    void start();
    /// Ends it for good, until start().
    void stop();
    /// Tries at once, if it is waiting for its turn.
    void retryNow();
    bool isOpen() const { return m_isOpen; }
    /// Open, or on its way to it.
    bool isRunning() const { return m_reply || m_again.isActive(); }
    /// How long a stream may be silent; the server sends a comment every 15 s.
    void setSilence(std::chrono::milliseconds longest) { m_silence.setInterval(longest); }

Q_SIGNALS:
    void opened();
    /// It broke, or could not be opened; it is tried again unless the problem is of kind NotFound, Unauthorized or
    /// Forbidden.
    void closed(const admin::Problem &problem);
    void event(const QString &name, const QJsonObject &data);

private:
    void open();
    void read();
    void end();
    void drop();

    Api &m_api;
    QNetworkAccessManager m_network;
    QPointer<QNetworkReply> m_reply;
    EventParser m_parser;
    QTimer m_again, m_silence;
    int m_failures = 0;
    bool m_isOpen = false;
};

} // namespace admin
