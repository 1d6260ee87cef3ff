// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "hostreporter.h"
#include "http/acceptor.h"
#include "plugins/pipeline.h"
#include "plugins/prober.h"
#include "plugins/trust.h"
#include "ringtap.h"
#include "settings/settings.h"
#include "storeclaim.h"
#include "supervisor/fleet.h"

#include <QHash>
#include <QObject>
#include <QTimer>

#include <memory>
#include <optional>
#include <vector>

namespace quoin::server {

class Log;

/// `quoin serve` and `quoin worker`: the process that maps no plugin. The pipeline says which plugins a generation of
/// workers has, the fleet has the workers, the acceptors bring connections; here each is told what the others found
/// out. Main thread.
class Supervision final : public QObject
{
    Q_OBJECT

public:
    enum class Role { Serve, TasksOnly };

    /// log is lent.
    Supervision(const Settings &settings, const SettingSources &sources, Role role, Log &log);
    ~Supervision() override;

    /// Opens what is needed and starts the first generation; its outcome is told by stopped() or a line in the log.
    Result<> start();

    void stop();
    void hurry();

    /// Looks again at everything, also at whom the operator trusts. Keys and list that are not fit to be trusted
    /// change nothing, and the log says why.
    void rescan();

    /// Not 0 if the first generation could not be started.
    int exitCode() const { return m_exitCode; }

Q_SIGNALS:
    /// No worker is left.
    void stopped();

private:
    Result<> openMemory();
    Result<> openPlugins();
    Result<> openFleet();
    Result<> bind();
    std::optional<plugins::Fault> settingsFault(const plugins::Metadata &metadata) const;

    void roll(const plugins::Plan &plan);
    void onReady(quint64 generation);
    void onRefused(quint64 generation, const QJsonObject &report, const supervisor::Verdict &verdict);
    void onWorkerDied(const supervisor::Verdict &verdict);
    void onStuck(const supervisor::Stuck &stuck);
    void giveUp(const QString &why);
    void openDoor();
    void startReports();
    void onEndAsked(const QString &why);
    void onAgainAsked(const QString &why);
    void tellWorkers();

    const Settings m_settings;
    const SettingSources m_sources;
    const Role m_role;
    Log &m_log;
    const QString m_dataFolder;

    std::optional<StoreClaim> m_store;
    std::unique_ptr<plugins::Prober> m_prober;
    std::unique_ptr<plugins::Pipeline> m_pipeline;
    std::optional<supervisor::HostMemory> m_memory;
    std::optional<RingTap> m_tap; ///< Of the log.
    std::unique_ptr<supervisor::Fleet> m_fleet;
    std::unique_ptr<HostReporter> m_reporter;
    std::vector<std::unique_ptr<http::Acceptor>> m_acceptors;
    QStringList m_addresses;

    QHash<quint64, plugins::Plan> m_plans; ///< Of generations that are starting, and of the one that serves.
    QTimer m_retry;                        ///< Of a plan that could not be rolled out for a reason outside of it.
    bool m_isOpen = false;
    bool m_isStopping = false;
    int m_exitCode = 0;
};

} // namespace quoin::server
