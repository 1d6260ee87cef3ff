// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/databasecounters.h"
#include "database/sqldatabase.h"
#include "databaseswitch.h"
#include "health.h"
#include "http/server.h"
#include "plugins/metadata.h"
#include "plugins/pluginhost.h"
#include "plugins/pluginservices.h"
#include "queue/outbox.h"
#include "queue/pushwatch.h"
#include "queue/subscriptions.h"
#include "settings/settings.h"
#include "taskdesk.h"
#include "testclock.h"
#include "trace/hosttraces.h"

#include <QThreadPool>

#include <atomic>
#include <memory>
#include <vector>

namespace quoin::testhost {

/// The server's parts around one plugin, joined as the server joins them, but for the listening socket, and for the
/// queue, which runs when it is told to. Members are ended in reverse. One thread, the main one.
class Stage
{
public:
    Stage(const plugins::Metadata &metadata, const server::Settings &settings, const TestClock &clock);
    /// Waits for handlers, stops the plugin and finishes what the database was given.
    ~Stage();
    Stage(const Stage &) = delete;
    Stage &operator=(const Stage &) = delete;

    /// The steps of a start, in their order. An Error ends it. Once.
    Result<> start(Plugin &plugin, const QStringList &listened);

    TestResponse request(const QByteArray &bytes, bool isHead);

    TaskDesk &tasks() { return *m_tasks; }
    abi::Tasks &outbox() { return *m_outbox; }
    abi::Events &events() { return *m_subscriptions; }
    abi::Database &database() { return *m_watchedDatabase; }
    DatabaseSwitch &pluginDatabase() { return *m_pluginDatabase; }
    QString pluginDataDirectory() const { return m_services ? m_services->pluginDataDirectory() : QString(); }

private:
    Result<> describe(Plugin &plugin);
    Result<> openDatabase();
    void joinTasks(const QStringList &listened);
    Result<> startPlugin();
    Result<> serve();
    abi::Services *servicesFor(const plugins::HostedPlugin &plugin);
    QList<const plugins::HostedPlugin *> described() const;
    std::chrono::milliseconds longestDeadline() const;

    const plugins::Metadata m_metadata;
    const server::Settings m_settings;
    const TestClock m_clock;
    std::atomic<bool> m_isStopping = false;

    QThreadPool m_pool;
    server::Health m_health;
    std::vector<std::unique_ptr<plugins::PluginServices>> m_allServices;
    plugins::PluginServices *m_services = nullptr; ///< The plugin's.
    plugins::PluginHost m_plugins;

    std::unique_ptr<database::SqlDatabase> m_database;
    std::unique_ptr<queue::PushWatch> m_watchedDatabase;
    std::unique_ptr<DatabaseSwitch> m_pluginDatabase;
    std::unique_ptr<database::DatabaseCounters> m_counters;
    trace::HostTraces m_traces;
    std::unique_ptr<queue::Outbox> m_outbox;
    std::unique_ptr<queue::Subscriptions> m_subscriptions;
    std::unique_ptr<TaskDesk> m_tasks;

    std::unique_ptr<http::Server> m_http;
};

} // namespace quoin::testhost
