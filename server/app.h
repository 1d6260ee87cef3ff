// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/admin.h"
#include "database/databasecounters.h"
#include "database/sqldatabase.h"
#include "doorkeeper.h"
#include "health.h"
#include "http/accesssink.h"
#include "http/server.h"
#include "metrics/metrics.h"
#include "passedsockets.h"
#include "plugins/plan.h"
#include "plugins/pluginhost.h"
#include "plugins/pluginservices.h"
#include "redis/counters.h"
#include "settings/settings.h"
#include "supervisor/hostmemory.h"
#include "supervisor/workermemory.h"
#include "taskservice.h"
#include "trace/hosttraces.h"
#include "witness.h"

#include <QDeadlineTimer>
#include <QObject>
#include <QThreadPool>
#include <QTimer>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace quoin::server {

/// What of the server a process is: by default all of it (`serve --single`).
struct AppPart
{
    const plugins::Plan *plan = nullptr; ///< What to load, lent; null: what is in plugins.dir.
    bool serves = true;                  ///< Requests.
    bool hasPage = false;                ///< Without serving: of health and metrics alone.
    bool runsTasks = true;
    int index = 0;                              ///< Of the process in its fleet.
    supervisor::WorkerMemory *memory = nullptr; ///< Of a worker process, lent. Without one, the app listens itself.
    supervisor::HostMemory *host = nullptr;     ///< Of all processes of the host, lent.
    QList<PassedSocket> sockets = {};           ///< To listen on instead of opening those of http.listen.
    meters::Meters *meters = nullptr;           ///< Where this process counts, lent and opened; null: nowhere.
};

/// Of this moment.
struct AppFigures
{
    quint32 connections = 0;
    quint32 waitingJobs = 0;
    quint32 runningTasks = 0;
    quint64 requests = 0; ///< Since the start, as are the others.
    quint64 tasksDone = 0;
    quint64 tasksFailed = 0;
    quint64 accepted = 0; ///< Connections, where the process listens itself.
    quint64 refusedConnections = 0;

    void writeTo(supervisor::WorkerSlot &slot) const;
};

/// The server within one process: the parts, started in the order of the members and ended in reverse. Lives on the
/// main thread.
class App final : public QObject
{
    Q_OBJECT

public:
    /// accessLog is lent; null: requests are not logged.
    explicit App(const Settings &settings, const AppPart &part = {}, http::AccessSink *accessLog = nullptr,
                 QObject *parent = nullptr);
    ~App() override;

    /// Blocks until requests are served, or says why they cannot be. Once.
    Result<> start();

    /// The plugins that could not be loaded or started.
    const QList<plugins::Refusal> &refusals() const { return m_plugins.refusals(); }
    AppFigures figures() const;
    /// Those that were loaded from files, and those that were refused.
    QList<supervisor::PluginRow> pluginRows() const;
    bool isServing() const { return m_stage == Stage::Serving; }
    /// Where it listens itself: "127.0.0.1:5000".
    const QStringList &addresses() const { return m_addresses; }

    /// Serves a connection that somebody else accepted. Owns the descriptor. note: what came with it.
    void adopt(int descriptor, const QByteArray &note = {});

    /// Begins to stop: unready at once; after shutdown.delay no new connections; requests, then tasks end within
    /// shutdown.timeout; stopped() follows.
    void stop();
    /// Says so to load balancers and goes on serving.
    void turnUnready();
    /// Requests and tasks end within the deadline; stopped() follows. With handBack, connections between two requests
    /// go there instead of being closed, and no task is begun any more. Called again, it can change both.
    void leave(std::chrono::milliseconds deadline, http::HandBack handBack = {});
    /// Gives requests and tasks no more time.
    void hurry();
    /// After stopped(): whether handlers still run that no deadline could end. The process must then leave without
    /// destroying anything.
    bool hasStuckHandlers() const { return m_pool.activeThreadCount() > 0; }

    /// There may be tasks that another process has pushed.
    void wakeQueue();

Q_SIGNALS:
    /// Tasks were pushed that other processes are to run; once for many.
    void pushed();
    /// Something holds this process up for ever: another should take its place.
    void replaceWanted(const QString &why);
    /// Remote control asked for the end of what runs tasks. Here they are drained already.
    void endWanted(const QString &why);
    /// A client of the admin API wants another worker in the place of this one.
    void drainAsked(qint64 pid, const QString &why);
    /// ... that plugins are looked at again and started anew.
    void againAsked(const QString &why);
    /// All that was acknowledged is stored, all that was not finished is given back.
    void stopped();

private:
    QList<HealthCheck> healthChecks();
    MetricsHost metricsHost();
    AdminHost adminHost();
    Result<> loadPlugins();
    Result<> openDatabase();
    void provideAdminToken() const;
    Result<> startWork();
    Result<> serveHttp();
    Result<> addRoutes(http::Router &router);
    bool isServed(const plugins::HostedPlugin &plugin) const;
    Result<> withhold(const plugins::WithheldPlugin &plugin, http::Router &router);
    Result<> listen();

    QList<const plugins::HostedPlugin *> described() const;
    void tellPlugins() const;
    Result<> startCounters();
    Result<> startTasks();
    abi::Services *servicesFor(const plugins::HostedPlugin &plugin);
    void closeDoor();
    void drainAll();
    void advanceStop();
    void finish();
    std::chrono::milliseconds timeLeft() const;

    const Settings m_settings;
    const AppPart m_part;
    http::AccessSink *const m_accessLog;
    const QString m_dataFolder;
    enum class Stage { Serving, Unready, Closing, Stopped };
    std::atomic<Stage> m_stage = Stage::Serving;
    QDeadlineTimer m_stopDeadline;
    http::HandBack m_handBack;
    bool m_hasHttpDrained = false;
    bool m_hasQueueDrained = false;
    QTimer m_handlersTimer;

    QThreadPool m_pool; ///< Blocking handlers.
    Health m_health;
    Metrics m_metrics;
    Admin m_admin;
    QList<http::RouteEntry> m_routes; ///< That are served.
    trace::HostTraces m_traces;
    std::vector<std::unique_ptr<plugins::PluginServices>> m_services;
    std::optional<Witness> m_witness; ///< In a worker process.
    plugins::PluginHost m_plugins;

    std::unique_ptr<database::SqlDatabase> m_database;
    std::unique_ptr<database::DatabaseCounters> m_databaseCounters; ///< One of the two.
    std::unique_ptr<redis::Counters> m_redisCounters;
    abi::Counters *m_counters = nullptr;
    std::unique_ptr<TaskService> m_tasks;

    std::unique_ptr<Doorkeeper> m_doorkeeper;
    std::vector<std::unique_ptr<abi::Handler>> m_withheld; ///< Of plugins that are not loaded.
    std::unique_ptr<http::Server> m_http;
    QStringList m_addresses;
};

} // namespace quoin::server
