// SPDX-License-Identifier: GPL-3.0-only
#include "supervision.h"

#include "admin/admin.h"
#include "datafolder.h"
#include "health.h"
#include "log/log.h"
#include "metrics/metrics.h"
#include "plugins/describer.h"
#include "plugins/metadataschema.h"
#include "plugins/refusaljson.h"
#include "servicemanager.h"
#include "settings/listenaddress.h"
#include "settings/pluginsettings.h"
#include "settings/settingkeys.h"
#include "settings/sourcesjson.h"
#include "startlog.h"

#include <QCoreApplication>
#include <QDir>
#include <QJsonArray>
#include <QLoggingCategory>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

Q_LOGGING_CATEGORY(lcSupervisor, "quoin.supervisor")

namespace {

plugins::HostClaim claimOf(const QString &id, Plugin &builtIn)
{
    plugins::HostClaim claim{id, QVersionNumber::fromString(QStringLiteral(QUOIN_VERSION)), {}};
    if (const auto description = plugins::describe(builtIn, claim.id))
        claim.facts = description->facts();
    return claim;
}

/// The host's own routes are taken before any plugin comes.
QList<plugins::HostClaim> hostClaims()
{
    Health health({});
    Metrics metrics({});
    Admin admin;
    return {claimOf(u"quoin"_s, health), claimOf(u"metrics"_s, metrics), claimOf(u"admin"_s, admin)};
}

QList<plugins::Refusal> refusalsOf(const QJsonObject &report)
{
    QList<plugins::Refusal> refusals;
    const QJsonArray told = report.value(u"refusals"_s).toArray();
    for (const auto value : told) {
        plugins::ObjectReader reader(value.toObject(), u"refusal"_s);
        const plugins::Refusal refusal = plugins::readRefusal(reader);
        if (reader.fault().isEmpty()) // else the worker is not what it should be
            refusals.append(refusal);
    }
    return refusals;
}

} // namespace

Supervision::Supervision(const Configuration &configuration, const Ground &ground)
    : m_ground(ground)
    , m_role(ground.role)
    , m_atStart(configuration.sources)
    , m_configuration(configuration)
    , m_dataFolder(QDir(settings().text(u"data.dir"_s)).absolutePath())
{
    m_retry.setSingleShot(true);
    m_retry.callOnTimeout(this, [this] { roll(m_pipeline->plannedPlan()); });
}

Supervision::~Supervision() { m_ground.log->writer().setTap(nullptr); }

Result<> Supervision::start()
{
    if (const auto made = openMemory(); !made) // first, so that it has the log from the beginning
        return made;
    logStart(settings());
    if (const auto made = prepareDataFolder(m_dataFolder); !made)
        return made;
    for (const auto step : {&Supervision::openPlugins, &Supervision::openFleet, &Supervision::bind}) {
        if (Result<> result = (this->*step)(); !result)
            return result;
    }
    m_pipeline->start();
    return {};
}

Result<> Supervision::openPlugins()
{
    auto trust = plugins::Trust::open(trustOptions(settings()));
    if (!trust)
        return trust.error();
    m_asksWhoVouches = trust->mode() != plugins::TrustOptions::Mode::Off;
    m_prober = std::make_unique<plugins::Prober>();
    plugins::PipelineOptions options;
    options.trust = std::make_shared<const plugins::Trust>(*std::move(trust));
    options.folder = settings().text(u"plugins.dir"_s);
    auto store = StoreClaim::take(m_dataFolder);
    if (!store)
        return store.error();
    m_store.emplace(*std::move(store));
    options.store = m_store->path;
    options.probes = m_prober.get();
    options.settingsFault = [this](const plugins::Metadata &metadata) { return settingsFault(metadata); };
    options.hostClaims = hostClaims();
    m_pipeline = std::make_unique<plugins::Pipeline>(std::move(options));
    connect(m_pipeline.get(), &plugins::Pipeline::planned, this, &Supervision::roll);
    return m_pipeline->open();
}

Result<> Supervision::openFleet()
{
    supervisor::FleetOptions options;
    options.program = u"/proc/self/exe"_s; // this very program, also when its file has been replaced
    options.arguments = QStringList{u"worker-process"_s};
    options.posts = posts();
    options.drainTimeout = settings().duration(u"shutdown.timeout"_s);
    m_fleet = std::make_unique<supervisor::Fleet>(options, *m_memory);
    connect(m_fleet.get(), &supervisor::Fleet::ready, this, &Supervision::onReady);
    connect(m_fleet.get(), &supervisor::Fleet::refused, this, &Supervision::onRefused);
    connect(m_fleet.get(), &supervisor::Fleet::workerDied, this,
            [this](quint64, const supervisor::Verdict &verdict) { onWorkerDied(verdict); });
    connect(m_fleet.get(), &supervisor::Fleet::stuck, this,
            [this](quint64, const supervisor::Stuck &stuck) { onStuck(stuck); });
    connect(m_fleet.get(), &supervisor::Fleet::endAsked, this, &Supervision::onEndAsked);
    connect(m_fleet.get(), &supervisor::Fleet::againAsked, this, &Supervision::onAgainAsked);
    connect(m_fleet.get(), &supervisor::Fleet::stopped, this, &Supervision::stopped);
    startReports();
    return {};
}

/// Before the workers start, so that an address that is taken is told at once. Who connects meanwhile waits.
Result<> Supervision::bind()
{
    const QString key = m_role == Role::Serve ? u"http.listen"_s : u"worker.listen"_s;
    const QString text = settings().text(key);
    if (text.isEmpty())
        return {};
    const auto addresses = parseListenAddresses(text);
    if (!addresses)
        return addresses.error();
    for (const PassedSocket &socket : m_ground.sockets)
        addAcceptor().adopt(socket.descriptor);
    for (ListenAddress address : *addresses) {
        if (m_ground.sockets.isEmpty()) { // else http.listen is where they listen
            http::Acceptor &acceptor = addAcceptor();
            if (const auto listening = acceptor.listen(address.host, address.port); !listening)
                return Error::unavailable(u"%1: %2"_s.arg(key, listening.error().message()));
            address.port = acceptor.port();
        }
        m_addresses.append(address.toString());
    }
    supervisor::setAddresses(m_memory->board(), m_addresses);
    return {};
}

http::Acceptor &Supervision::addAcceptor()
{
    m_acceptors.push_back(std::make_unique<http::Acceptor>([this](int descriptor) { offer(descriptor); }));
    return *m_acceptors.back();
}

std::optional<plugins::Fault> Supervision::settingsFault(const plugins::Metadata &metadata) const
{
    SettingSchema schema = hostSettings(Surroundings::here());
    if (const auto declared = schema.declarePlugin(metadata.id, settingKeys(metadata)); !declared)
        return plugins::Fault{declared.error().message(), u"name its settings otherwise"_s};
    const auto resolved = Settings::resolve(schema, m_configuration.sources, Settings::Unknown::Ignore);
    if (resolved)
        return std::nullopt;
    return plugins::Fault{resolved.error().message(),
                          u"mend the setting; \"quoin config\" shows where it comes from"_s};
}

// ---- Between pipeline and fleet -----------------------------------------------------------------------------------

void Supervision::roll(const plugins::Plan &plan)
{
    if (m_isStopping)
        return;
    m_retry.stop();
    const bool firstRunsTasks = m_role == Role::Serve && settings().integer(u"queue.workers"_s) == 0;
    const bool hasPage = m_role == Role::TasksOnly && !m_addresses.isEmpty();
    const quint64 generation = m_fleet->roll({{u"plan"_s, plan.toJson()},
                                              {u"firstRunsTasks"_s, firstRunsTasks},
                                              {u"hasPage"_s, hasPage},
                                              {u"settings"_s, sourcesToJson(m_configuration.sources)}});
    m_starts.insert(generation, {plan, m_configuration, m_reading});
}

void Supervision::onReady(quint64 generation)
{
    m_serving = m_starts.value(generation);
    m_starts.removeIf([generation](const auto &entry) { return entry.key() < generation; });
    m_pipeline->live(m_serving->plan, generation);
    tellWorkers();
    if (!std::exchange(m_isOpen, true))
        openDoor();
    tellReady();
}

void Supervision::openDoor()
{
    for (const QString &address : m_addresses)
        qCInfo(lcSupervisor).noquote().nospace()
            << "listening address=http://" << address
            << (m_ground.sockets.isEmpty() ? "" : " socket=\"of the service manager\"");
    if (m_role == Role::TasksOnly)
        qCInfo(lcSupervisor) << "running tasks";
}

void Supervision::onRefused(quint64 generation, const QJsonObject &report, const supervisor::Verdict &verdict)
{
    const Start start = m_starts.take(generation);
    const plugins::Plan &plan = start.plan;
    QList<plugins::Refusal> refusals = refusalsOf(report);
    if (refusals.isEmpty() && !verdict.module.isEmpty()) {
        plugins::Refusal refusal;
        refusal.id = verdict.module;
        refusal.phase = plugins::Phase::Start;
        refusal.reason = verdict.what;
        refusal.remedy = u"mend it and drop the new file in"_s;
        refusals.append(refusal);
    }
    const QString why = report.value(u"error"_s)
                            .toString(refusals.isEmpty() ? verdict.what : refusals.constFirst().toLine());
    if (fallBack(start, why))
        return;
    // What was refused only because it requires something else is no reason by itself.
    const bool isPlugins = std::any_of(refusals.begin(), refusals.end(), [&plan](const plugins::Refusal &refusal) {
        return refusal.phase != plugins::Phase::Resolve
            && std::any_of(plan.plugins.begin(), plan.plugins.end(),
                           [&refusal](const plugins::PlannedPlugin &plugin) { return plugin.id == refusal.id; });
    });
    if (isPlugins)
        m_pipeline->refused(plan, refusals);
    else
        giveUp(why);
}

/// The reason is outside of the plugins: a database that is away, a machine without memory. The first generation is
/// what the server was started for; a later one is tried again, while the one before it goes on.
void Supervision::giveUp(const QString &why)
{
    if (m_isOpen) {
        qCWarning(lcSupervisor).noquote()
            << "new workers could not start, the present ones go on; trying again soon" << why;
        m_retry.start(10s);
        return;
    }
    qCCritical(lcSupervisor).noquote() << "cannot start:" << why;
    m_ground.manager->status(u"Cannot start: "_s + why);
    m_exitCode = 1;
    m_isStopping = true;
    m_fleet->stop(0s, 0s);
}

void Supervision::onWorkerDied(const supervisor::Verdict &verdict)
{
    if (!verdict.module.isEmpty())
        m_pipeline->crashed(verdict.module, verdict.sha256, verdict.what);
    tellWorkers();
}

void Supervision::onStuck(const supervisor::Stuck &stuck)
{
    if (!stuck.module.isEmpty() && !stuck.isFatal()) // a fatal one is told again when the worker has died of it
        m_pipeline->crashed(stuck.module, stuck.sha256, stuck.sentence(supervisor::monotonicMilliseconds()));
}

} // namespace quoin::server
