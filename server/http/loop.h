// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/limits.h"
#include "http/mailbox.h"
#include "http/peer.h"
#include "http/proxies.h"

#include <QBasicTimer>
#include <QObject>

#include <atomic>
#include <chrono>
#include <memory>
#include <vector>

namespace quoin::http {

class AccessSink;
class Commons;
class Connection;
class Dispatcher;

/// Serves connections on the thread it was made on: all of their descriptors in one epoll set, watched by one notifier
/// of Qt's event loop, so that idle connections cost memory and no time. Knows nothing of where descriptors come from.
class Loop final : public QObject, private Recipient
{
    Q_OBJECT

public:
    /// limits, dispatcher and sink (which may be null) are lent. Needs an event dispatcher on this thread.
    Loop(const Limits &limits, Dispatcher &dispatcher, AccessSink *sink, QObject *parent = nullptr);
    ~Loop() override;

    /// Before the first connection: the connections of these begin with a PROXY protocol header, those of others do
    /// not.
    void setProxies(Proxies proxies) { m_proxies = std::move(proxies); }

    /// Takes a connected stream socket over. note: of the process that had it before. Any thread.
    void adopt(int descriptor, const QByteArray &note = {});

    /// Closes what is between two requests, lets the others end and cuts them off at the deadline; then drained(). A
    /// connection that has not sent its first request yet keeps its time for it. The loop's thread.
    /// With handBack, which then owns the descriptor, no client notices: connections are not closed but given to it as
    /// soon as they are between two requests.
    void drain(std::chrono::milliseconds hardDeadline, HandBack handBack = {});

    int connections() const { return m_open.load(std::memory_order_relaxed); } ///< Open now. Any thread.
    quint64 requests() const;                                                  ///< Since the start. Any thread.
    /// Connections over a limit, since the start. Any thread.
    quint64 refused() const;

Q_SIGNALS:
    /// Once, after drain(): there is no connection left and none on its way.
    void drained();

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    // Recipient
    bool isReadyFor(const Token &token) const override;
    void deliver(const Token &token, Answer &&answer) override;
    void deliver(const Token &token, Segment &&segment) override;
    void adoptNow(Arrival &&arrival) override;

    template <class Thing>
    void deliverNow(const Token &token, Thing &&thing);
    void turn();
    int handleEvents();
    void sendGathered();
    void endTurn();
    Connection *find(const Token &token) const;
    Token nextName();
    void remove(Connection *connection);

    const Limits &m_limits;
    const int m_connectionCap;
    Proxies m_proxies;
    const int m_epoll;
    std::shared_ptr<Mailbox> m_mailbox; ///< Shared with replies, which may outlive this.
    std::unique_ptr<Commons> m_commons;
    QBasicTimer m_tick;
    bool m_isTurning = false;

    std::vector<Connection *> m_slots; ///< Owned; null: free.
    std::vector<quint32> m_freeSlots;
    quint64 m_lastConnection = 0;
    int m_served = 0; ///< Open and not refused.
    int m_refused = 0;
    std::atomic<int> m_open = 0;

    qint64 m_drainDeadline = -1; ///< -1: not draining.
    bool m_hasDrained = false;
};

} // namespace quoin::http
