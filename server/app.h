// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/databasecounters.h"
#include "database/sqldatabase.h"
#include "health.h"
#include "http/accesssink.h"
#include "http/server.h"
#include "plugins/pluginhost.h"
#include "plugins/pluginservices.h"
#include "queue/databasequeue.h"
#include "queue/outbox.h"
#include "queue/pruner.h"
#include "queue/pushwatch.h"
#include "queue/subscriptions.h"
#include "settings/settings.h"

#include <QDeadlineTimer>
#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <atomic>
#include <memory>
#include <vector>

namespace quoin::server {

/// The server in one process: the parts, started in the order of the members and ended in reverse. Lives on the main
/// thread.
class App final : public QObject
{
    Q_OBJECT

public:
    /// accessLog is lent; null: requests are not logged.
    explicit App(const Settings &settings, http::AccessSink *accessLog = nullptr, QObject *parent = nullptr);
    ~App() override;

    /// Blocks until requests are served, or says why they cannot be. Once.
    Result<> start();

    /// Begins to stop: unready at once; after shutdown.delay no new connections; requests, then tasks end within
    /// shutdown.timeout; stopped() follows.
    void stop();
    /// Gives requests and tasks no more time.
    void hurry();
    /// After stopped(): whether handlers still run that no deadline could end. The process must then leave without
    /// destroying anything.
    bool hasStuckHandlers() const { return m_pool.activeThreadCount() > 0; }

Q_SIGNALS:
    /// All that was acknowledged is stored, all that was not finished is given back.
    void stopped();

private:
    Result<> makeDataFolder();
    Result<> loadPlugins();
    Result<> openDatabase();
    Result<> startWork();
    Result<> listen();

    QList<const plugins::HostedPlugin *> described() const;
    void joinTasks();
    void startQueue();
    abi::Services *servicesFor(const plugins::HostedPlugin &plugin);
    void closeDoor();
    void awaitHandlers();
    void drainQueue();
    void finish();
    std::chrono::milliseconds timeLeft() const;

    const Settings m_settings;
    http::AccessSink *const m_accessLog;
    const QString m_dataFolder;
    enum class Stage { Serving, Unready, ClosingDoor, AwaitingHandlers, DrainingQueue, Stopped };
    std::atomic<Stage> m_stage = Stage::Serving;
    QDeadlineTimer m_stopDeadline;
    QTimer m_handlersTimer;

    QThreadPool m_pool; ///< Blocking handlers.
    Health m_health;
    std::vector<std::unique_ptr<plugins::PluginServices>> m_services;
    plugins::PluginHost m_plugins;

    std::unique_ptr<database::SqlDatabase> m_database;
    std::unique_ptr<database::DatabaseCounters> m_counters;
    std::unique_ptr<queue::Outbox> m_outbox;
    std::unique_ptr<queue::Subscriptions> m_subscriptions;
    std::unique_ptr<queue::PushWatch> m_watchedDatabase; ///< What everybody but the queue itself writes through.
    std::unique_ptr<queue::DatabaseQueue> m_queue;
    std::unique_ptr<queue::Pruner> m_pruner;
    std::atomic<queue::DatabaseQueue *> m_wakeable = nullptr;

    std::unique_ptr<http::Server> m_http;
};

} // namespace quoin::server
