// SPDX-License-Identifier: GPL-3.0-only
// App, third part: what it tells of itself.
#include "app.h"

#include "plugins/pluginstatus.h"
#include "wiring.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

AdminHost App::adminHost()
{
    AdminHost host;
    host.version = QStringLiteral(QUOIN_VERSION);
    host.settings = &m_settings;
    host.memory = m_part.host;
    host.isSingle = !m_part.memory;
    host.routes = [this] { return m_routes; };
    host.plugins = [this] { return described(); };
    host.refusals = [this] { return m_plugins.refusals(); };
    host.tasks = [this] { return taskCatalogue(described()); };
    host.checks = healthChecks();
    host.drainWorker = [this](qint64 pid, const QString &why) { Q_EMIT drainAsked(pid, why); };
    host.startAgain = [this](const QString &why) { Q_EMIT againAsked(why); };
    return host;
}

MetricsHost App::metricsHost()
{
    MetricsHost host;
    host.memory = m_part.host;
    host.version = QStringLiteral(QUOIN_VERSION);
    return host;
}

QList<supervisor::PluginRow> App::pluginRows() const
{
    QList<supervisor::PluginRow> rows;
    for (const auto *plugin : described()) {
        if (!plugin->isBuiltIn() && plugin->state == plugins::HostedPlugin::State::Live)
            rows.append(
                {plugin->id(), plugin->metadata.version.toString(), plugins::stateName(plugins::PluginState::Live)});
    }
    for (const plugins::Refusal &refusal : refusals())
        rows.append({refusal.id, refusal.version, plugins::stateName(plugins::PluginState::Refused)});
    return rows;
}

AppFigures App::figures() const
{
    AppFigures figures;
    if (m_http) {
        figures.connections = static_cast<quint32>(m_http->connections());
        figures.requests = m_http->requests();
        figures.waitingJobs = static_cast<quint32>(m_http->waitingJobs());
        figures.accepted = m_http->accepted();
        figures.refusedConnections = m_http->refused();
    }
    if (m_tasks) {
        const queue::QueueCounters counters = m_tasks->counters();
        figures.runningTasks = static_cast<quint32>(counters.held);
        figures.tasksDone = static_cast<quint64>(counters.done);
        figures.tasksFailed = static_cast<quint64>(counters.failed);
    }
    return figures;
}

void AppFigures::writeTo(supervisor::WorkerSlot &slot) const
{
    slot.connections.store(connections, std::memory_order_relaxed);
    slot.requests.store(requests, std::memory_order_relaxed);
    slot.waitingJobs.store(waitingJobs, std::memory_order_relaxed);
    slot.runningTasks.store(runningTasks, std::memory_order_relaxed);
    slot.tasksDone.store(tasksDone, std::memory_order_relaxed);
    slot.tasksFailed.store(tasksFailed, std::memory_order_relaxed);
    slot.meters.accepted.store(accepted, std::memory_order_relaxed);
    slot.meters.refusedConnections.store(refusedConnections, std::memory_order_relaxed);
}

} // namespace quoin::server
