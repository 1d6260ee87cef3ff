// SPDX-License-Identifier: GPL-3.0-only
// Supervision, second half: what it tells of the host, and what is asked of it.
#include "supervision.h"

#include "log/log.h"
#include "settings/pluginsettings.h"

#include <QJsonArray>
#include <QLoggingCategory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

Q_DECLARE_LOGGING_CATEGORY(lcSupervisor)

// ---- Reports ------------------------------------------------------------------------------------------------------

Result<> Supervision::openMemory()
{
    auto memory = supervisor::HostMemory::create();
    if (!memory)
        return memory.error();
    m_memory.emplace(*std::move(memory));
    supervisor::open(m_memory->board());
    m_tap.emplace(m_memory->log());
    m_log.writer().setTap(&*m_tap);
    return {};
}

void Supervision::startReports()
{
    m_reporter = std::make_unique<HostReporter>(*m_memory, [this] {
        QList<supervisor::WorkerRow> rows;
        for (const supervisor::WorkerState &worker : m_fleet->workers()) {
            rows.append({worker.slot, worker.pid, static_cast<quint32>(worker.generation), worker.role, worker.phase,
                         worker.started.toMSecsSinceEpoch() * 1000});
        }
        return rows;
    });
    connect(m_fleet.get(), &supervisor::Fleet::workersChanged, m_reporter.get(), &HostReporter::update);
    connect(m_fleet.get(), &supervisor::Fleet::leaving, m_reporter.get(), &HostReporter::collect);
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

void Supervision::rescan()
{
    auto trust = plugins::Trust::open(trustOptions(m_settings));
    if (!trust) {
        qCCritical(lcSupervisor).noquote() << "whom to trust stays as it was:" << trust.error().message();
        m_pipeline->rescan();
    } else if (trust->mode() == plugins::TrustOptions::Mode::Off) {
        m_pipeline->rescan();
    } else {
        m_pipeline->rescan(std::make_shared<const plugins::Trust>(*std::move(trust)));
    }
}

// ---- The end ------------------------------------------------------------------------------------------------------

void Supervision::stop()
{
    if (std::exchange(m_isStopping, true))
        return;
    m_retry.stop();
    const auto delay = m_settings.duration(u"shutdown.delay"_s);
    QTimer::singleShot(delay, Qt::PreciseTimer, this, [this] {
        for (const auto &acceptor : m_acceptors)
            acceptor->close();
    });
    m_fleet->stop(delay, m_settings.duration(u"shutdown.timeout"_s));
}

void Supervision::hurry()
{
    m_isStopping = true;
    m_fleet->hurry();
}

} // namespace quoin::server
