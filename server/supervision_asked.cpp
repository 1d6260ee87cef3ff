// SPDX-License-Identifier: GPL-3.0-only
// Supervision, second part: what it tells of the host, and what is asked of it.
#include "supervision.h"

#include "log/log.h"
#include "servicemanager.h"

#include <QJsonArray>
#include <QLoggingCategory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

Q_DECLARE_LOGGING_CATEGORY(lcSupervisor)

namespace {

constexpr auto graceToEnd = 10s; // for workers that have to be killed, and for the last lines of the log

} // namespace

// ---- Reports ------------------------------------------------------------------------------------------------------

Result<> Supervision::openMemory()
{
    auto memory = supervisor::HostMemory::create();
    if (!memory)
        return memory.error();
    m_memory.emplace(*std::move(memory));
    supervisor::open(m_memory->board());
    m_tap.emplace(m_memory->log());
    m_ground.log->writer().setTap(&*m_tap);
    return {};
}

void Supervision::startReports()
{
    m_reporter = std::make_unique<HostReporter>(*m_memory, [this] {
        m_memory->board().waitingConnections = static_cast<quint64>(m_fleet->waitingConnections());
        m_memory->board().turnedAway = m_fleet->turnedAwayConnections();
        QList<supervisor::WorkerRow> rows;
        for (const supervisor::WorkerState &worker : m_fleet->workers()) {
            rows.append({worker.slot, worker.pid, static_cast<quint32>(worker.generation), worker.role, worker.phase,
                         worker.started.toMSecsSinceEpoch() * 1000});
        }
        return rows;
    });
    connect(m_fleet.get(), &supervisor::Fleet::workersChanged, m_reporter.get(), &HostReporter::update);
    connect(m_fleet.get(), &supervisor::Fleet::joining, m_reporter.get(), &HostReporter::enlist);
    connect(m_fleet.get(), &supervisor::Fleet::leaving, m_reporter.get(), &HostReporter::collect);
    countEvents();
}

/// For GET /metrics.
void Supervision::countEvents()
{
    supervisor::HostBoard &board = m_memory->board();
    connect(m_fleet.get(), &supervisor::Fleet::ready, this, [&board] { meters::addAlone(board.generationsServed); });
    connect(m_fleet.get(), &supervisor::Fleet::refused, this, [&board] { meters::addAlone(board.generationsRefused); });
    connect(m_fleet.get(), &supervisor::Fleet::workerDied, this,
            [&board](quint64, const supervisor::Verdict &verdict) { supervisor::addDeath(board, verdict.module); });
    connect(m_pipeline.get(), &plugins::Pipeline::statusChanged, this, [this, &board] {
        QList<supervisor::PluginRow> rows;
        for (const plugins::PluginStatus &plugin : m_pipeline->status().plugins)
            rows.append({plugin.id, plugin.current.version, plugins::stateName(plugin.current.state)});
        supervisor::setPlugins(board, rows);
    });
}

void Supervision::offer(int descriptor)
{
    meters::addAlone(m_memory->board().accepted);
    m_fleet->offer(descriptor);
}

// ---- Asked for ----------------------------------------------------------------------------------------------------

/// The files are looked at again; what is served is started again, whether they have changed or not.
void Supervision::onAgainAsked(const QString &why)
{
    qCInfo(lcSupervisor).noquote().nospace() << "plugins are started anew why=\"" << why << '"';
    rescan();
    if (m_isOpen)
        roll(m_pipeline->plannedPlan());
}

/// Whoever may end the task workers may not end the service of requests.
void Supervision::onEndAsked(const QString &why)
{
    if (m_role != Role::TasksOnly)
        return;
    qCInfo(lcSupervisor).noquote().nospace() << "stopping why=\"" << why << '"';
    stop();
}

void Supervision::tellWorkers()
{
    QJsonArray workers;
    for (const supervisor::WorkerState &worker : m_fleet->workers()) {
        workers.append(QJsonObject{{u"pid"_s, worker.pid},
                                   {u"generation"_s, static_cast<qint64>(worker.generation)},
                                   {u"role"_s, worker.role == supervisor::Role::Web ? u"web"_s : u"tasks"_s}});
    }
    m_pipeline->setWorkers(workers);
}

// ---- The end ------------------------------------------------------------------------------------------------------

void Supervision::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    m_retry.stop();
    const auto delay = settings().duration(u"shutdown.delay"_s);
    const auto timeout = settings().duration(u"shutdown.timeout"_s);
    m_ground.manager->stopping(delay + timeout + graceToEnd);
    QTimer::singleShot(delay, Qt::PreciseTimer, this, [this] {
        for (const auto &acceptor : m_acceptors)
            acceptor->close();
    });
    m_fleet->stop(delay, timeout);
}

void Supervision::hurry()
{
    m_isStopping = true;
    m_fleet->hurry();
}

} // namespace quoin::server
