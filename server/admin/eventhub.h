// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminhost.h"
#include "admin/eventstate.h"

#include <quoin/services.h>

#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace quoin::server {

/// Everybody of this process who listens to events, and the one look at the server that is taken for all of them, once
/// a second, and only while somebody listens. What other processes and hosts change is seen in the database, in the
/// memory of the host and in the records of the plugins. Nothing queues up for a slow client: it is told how things
/// are when it can take it. Main thread.
class EventHub final : public QObject
{
public:
    static constexpr int mostListeners = 100; ///< In one process.

    /// host is lent; services are valid until stop().
    EventHub(const AdminHost &host, const Services &services);
    ~EventHub() override;

    /// A body of events without an end of its own. lastId: Last-Event-ID, or empty. Unavailable while the process
    /// drains, or if there are too many.
    Result<NextPiece> listen(const QByteArray &lastId);

    /// Ends them all, cleanly; from now on nobody can listen.
    void drain();
    /// Nothing is asked any more.
    void stop() { m_services.reset(); }

private:
    class Stream;

    Future<QByteArray> next(Stream &stream);
    QByteArray newsFor(Stream &stream) const;
    void look();
    void flush();
    void lookAtHost();
    void lookAtPlugins();
    void lookAtChecks();
    void lookAtRows(const QString &kind, const QString &sql);
    void lookAtTasks();
    bool begin(const QString &kind);
    void end(const QString &kind, const std::function<void()> &take);
    bool hasLive(const QString &id) const;

    const AdminHost &m_host;
    std::optional<Services> m_services;
    EventState m_state;
    QJsonArray m_checks;
    std::vector<std::weak_ptr<Stream>> m_streams; ///< Owned by their connections.
    QTimer m_timer;
    QElapsedTimer m_sinceChecks;
    QHash<QString, QDeadlineTimer> m_notBefore; ///< Of what took long.
    QHash<QString, QElapsedTimer> m_asked;      ///< What is being asked, and since when.
    std::shared_ptr<EventHub *> m_self;         ///< Shared with answers on their way, which may come too late.
    bool m_isDraining = false;
};

} // namespace quoin::server
