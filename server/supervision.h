// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "hostreporter.h"
#include "http/acceptor.h"
#include "passedsockets.h"
#include "plugins/pipeline.h"
#include "plugins/prober.h"
#include "plugins/trust.h"
#include "ringtap.h"
#include "settings/reload.h"
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
class ServiceManager;

/// `quoin serve` and `quoin worker`: the process that maps no plugin. The pipeline says which plugins a generation of
/// workers has, the fleet has the workers, the acceptors bring connections; here each is told what the others found
/// out. Main thread.
class Supervision final : public QObject
{
    Q_OBJECT

public:
    enum class Role { Serve, TasksOnly };

    /// What it stands on. A value; what it points to is lent.
    struct Ground
    {
        Role role = Role::Serve;
        Log *log = nullptr;
        ServiceManager *manager = nullptr;
        QList<PassedSocket> sockets = {}; ///< To accept from, instead of opening those of http.listen.
    };

    Supervision(const Configuration &configuration, const Ground &ground);
    ~Supervision() override;

    /// Opens what is needed and starts the first generation; its outcome is told by stopped() or a line in the log.
    Result<> start();

    void stop();
    void hurry();

    /// Reads the settings again and looks again at everything else, also at whom the operator trusts. New workers have
    /// what has changed, and the log says what cannot change. What is wrong, or what no worker can start with, changes
    /// nothing, and the log says why.
    void reload();

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

    /// What a generation was started with.
    struct Start
    {
        plugins::Plan plan;
        Configuration configuration;
        int reading = 0; ///< Of the settings: its number.
    };

    http::Acceptor &addAcceptor();
    supervisor::Posts posts() const;
    void rescan();
    void use(const Configuration &configuration);
    bool fallBack(const Start &refused, const QString &why);
    void tellReady();

    void roll(const plugins::Plan &plan);
    void onReady(quint64 generation);
    void onRefused(quint64 generation, const QJsonObject &report, const supervisor::Verdict &verdict);
    void onWorkerDied(const supervisor::Verdict &verdict);
    void onStuck(const supervisor::Stuck &stuck);
    void giveUp(const QString &why);
    void openDoor();
    void startReports();
    void countEvents();
    void offer(int descriptor);
    void onEndAsked(const QString &why);
    void onAgainAsked(const QString &why);
    void tellWorkers();

    const Settings &settings() const { return m_configuration.settings; }

    const Ground m_ground;
    const Role m_role;
    const SettingSources m_atStart;
    Configuration m_configuration; ///< For generations from now on, and for this process.
    int m_reading = 0;             ///< Its number.
    int m_readings = 0;            ///< How many there were.
    bool m_asksWhoVouches = false; ///< The pipeline does, for plugins.
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

    QHash<quint64, Start> m_starts; ///< Of generations that are starting, and of the one that serves.
    std::optional<Start> m_serving;
    QTimer m_retry; ///< Of a plan that could not be rolled out for a reason outside of it.
    bool m_isOpen = false;
    bool m_isStopping = false;
    int m_exitCode = 0;
};

} // namespace quoin::server
