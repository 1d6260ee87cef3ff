// SPDX-License-Identifier: GPL-3.0-only
#include "app.h"

#include "auth/admintoken.h"
#include "auth/clock.h"
#include "datafolder.h"
#include "settings/databasesettings.h"
#include "settings/httpsettings.h"
#include "settings/listenaddress.h"
#include "settings/proxysettings.h"
#include "wiring.h"
#include "withheldroute.h"

#include <QDir>
#include <QLoggingCategory>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcServer, "quoin.server")

} // namespace

App::App(const Settings &settings, const AppPart &part, http::AccessSink *accessLog, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_part(part)
    , m_accessLog(accessLog)
    , m_dataFolder(QDir(settings.text(u"data.dir"_s)).absolutePath())
    , m_health(healthChecks())
    , m_metrics(metricsHost())
    , m_admin(adminHost())
{
    m_pool.setMaxThreadCount(static_cast<int>(m_settings.integer(u"http.threads"_s)));
    m_handlersTimer.setSingleShot(true);
    m_handlersTimer.callOnTimeout(this, &App::advanceStop);
    m_pool.setExpiryTimeout(-1); // a thread made anew for a request would cost it more than an idle one costs us
}

QList<HealthCheck> App::healthChecks()
{
    QList<HealthCheck> checks{{u"database"_s, [this] { return m_database->check(); }},
                              {u"storage"_s, [this] { return checkStorage(m_dataFolder); }}};
    if (!m_settings.text(u"redis.url"_s).isEmpty()) // records are taken and served without it
        checks.append({u"counters"_s, [this] { return m_redisCounters->check().result(); }, false});
    return checks;
}

App::~App()
{
    m_http.reset();
    m_pool.waitForDone();
    if (m_database)
        m_database->close(); // first, so that no database thread wakes a queue that is going
}

Result<> App::start()
{
    for (const auto step : {&App::loadPlugins, &App::openDatabase, &App::startWork, &App::serveHttp, &App::listen}) {
        if (Result<> result = (this->*step)(); !result)
            return result;
    }
    return {};
}

Result<> App::loadPlugins()
{
    if (m_part.memory) {
        m_witness.emplace(*m_part.memory, httpLimits(m_settings).handlerTime);
        m_plugins.setWitness(&*m_witness);
    }
    const auto version = QVersionNumber::fromString(QStringLiteral(QUOIN_VERSION));
    if (const auto added = m_plugins.addBuiltIn(u"quoin"_s, version, m_health); !added)
        return added;
    if (const auto added = m_plugins.addBuiltIn(u"metrics"_s, version, m_metrics); !added)
        return added;
    if (const auto added = m_plugins.addBuiltIn(u"admin"_s, version, m_admin); !added)
        return added;
    if (!m_part.plan)
        return m_plugins.load(m_settings.text(u"plugins.dir"_s), pluginStore(m_dataFolder));
    m_plugins.load(*m_part.plan);
    return {};
}

Result<> App::openDatabase()
{
    const auto url = database::DatabaseUrl::parse(m_settings.text(u"database.url"_s));
    if (!url)
        return url.error();
    m_database = std::make_unique<database::SqlDatabase>(*url, databaseOptions(m_settings),
                                                         m_part.meters ? &m_part.meters->database : nullptr);
    if (const auto opened = m_database->open(); !opened)
        return opened;

    if (const auto migrated = m_database->migrate(migrationSteps(described())); !migrated)
        return migrated;
    if (m_part.serves)
        provideAdminToken();
    qCDebug(lcServer).noquote().nospace() << "database ready url=\"" << url->toDisplayString() << '"';
    return {};
}

/// Records are served without it, so it is no reason not to start.
void App::provideAdminToken() const
{
    const auto provided = auth::provideAdminToken(auth::TokenStore(Database(m_database.get())), m_dataFolder,
                                                  auth::systemMicroseconds());
    if (!provided)
        qCWarning(lcServer).noquote() << "no token for programs of this user:" << provided.error().message();
}

QList<const plugins::HostedPlugin *> App::described() const
{
    QList<const plugins::HostedPlugin *> described;
    for (const auto &plugin : m_plugins.plugins())
        described.append(plugin.get());
    return described;
}

Result<> App::startWork()
{
    if (const auto counting = startCounters(); !counting)
        return counting;
    m_tasks = std::make_unique<TaskService>(
        m_settings, TaskRole{m_part.runsTasks, m_part.serves, m_part.index, m_part.meters}, *m_database, described());
    m_plugins.start([this](const plugins::HostedPlugin &plugin) { return servicesFor(plugin); });
    if (!m_part.memory) // else the supervisor tells
        tellPlugins();
    return startTasks();
}

/// In Redis if the settings name one, else in the database.
Result<> App::startCounters()
{
    const QString text = m_settings.text(u"redis.url"_s);
    if (text.isEmpty()) {
        m_databaseCounters = std::make_unique<database::DatabaseCounters>(*m_database);
        m_counters = m_databaseCounters.get();
        return {};
    }
    const auto url = redis::Url::parse(text);
    if (!url)
        return url.error();
    m_redisCounters = std::make_unique<redis::Counters>(*url, std::chrono::milliseconds(700),
                                                        m_part.meters ? &m_part.meters->counterOutages : nullptr);
    m_counters = m_redisCounters.get();
    return {};
}

void App::tellPlugins() const
{
    for (const auto *plugin : m_plugins.live())
        qCInfo(lcServer).noquote().nospace()
            << "plugin live id=" << plugin->id() << " version=" << plugin->metadata.version.toString();
}

void App::wakeQueue()
{
    if (m_tasks)
        m_tasks->wake();
}

abi::Services *App::servicesFor(const plugins::HostedPlugin &plugin)
{
    plugins::ServicesSource source;
    source.id = plugin.id();
    source.dataDirectory = m_dataFolder;
    source.setting = [this](const QString &key) { return m_settings.value(key); };
    source.isStopping = [this] { return m_stage != Stage::Serving; };
    source.pool = &m_pool;
    source.interfaces = {{abi::Database::name, m_tasks->database()},
                         {abi::Tasks::name, m_tasks->tasks()},
                         {abi::Events::name, m_tasks->events()},
                         {abi::Counters::name, m_counters},
                         {abi::Traces::name, static_cast<abi::Traces *>(&m_traces)}};
    auto services = plugins::PluginServices::create(std::move(source));
    if (!services) {
        qCWarning(lcServer).noquote() << "no services for plugin" << plugin.id() << services.error().message();
        return nullptr;
    }
    return m_services.emplace_back(*std::move(services)).get();
}

Result<> App::startTasks()
{
    QList<const plugins::HostedPlugin *> live;
    for (const auto *plugin : m_plugins.live())
        live.append(plugin);
    connect(m_tasks.get(), &TaskService::pushed, this, &App::pushed);
    connect(m_tasks.get(), &TaskService::replaceWanted, this, &App::replaceWanted);
    connect(m_tasks.get(), &TaskService::endWanted, this, &App::endWanted);
    connect(m_tasks.get(), &TaskService::drained, this, [this] {
        m_hasQueueDrained = true;
        advanceStop();
    });
    return m_tasks->start(live);
}

Result<> App::serveHttp()
{
    if (!m_part.serves && !m_part.hasPage)
        return {};
    http::Router router;
    if (const auto added = addRoutes(router); !added)
        return added;
    m_routes = router.routes();
    for (const http::RouteEntry &route : m_routes) {
        if (m_part.meters)
            meters::addRoute(*m_part.meters, route.method.toStdString(), route.pattern.toStdString());
    }
    const QString listening = m_part.serves ? u"http.listen"_s : u"worker.listen"_s;
    m_doorkeeper = std::make_unique<Doorkeeper>(AuthPolicy::of(m_settings, listening), Database(m_database.get()));
    auto proxies = proxiesOf(m_settings);
    if (!proxies)
        return proxies.error();
    m_http = std::make_unique<http::Server>(httpLimits(m_settings), std::move(router), m_pool, m_accessLog,
                                            m_doorkeeper.get());
    m_http->setProxies(*std::move(proxies));
    connect(m_http.get(), &http::Server::drained, this, [this] {
        m_hasHttpDrained = true;
        advanceStop();
    });
    return {};
}

Result<> App::addRoutes(http::Router &router)
{
    if (m_part.plan && m_part.serves) {
        for (const plugins::WithheldPlugin &plugin : m_part.plan->withheld) {
            if (const auto added = withhold(plugin, router); !added)
                return added;
        }
    }
    for (const auto *plugin : m_plugins.live()) {
        if (!isServed(*plugin))
            continue;
        for (const auto &route : plugin->description.routes) {
            if (const auto added = router.add(routeEntry(route, plugin->id())); !added)
                return added;
        }
    }
    return {};
}

/// A page is no door: what plugins and the admin API offer is for those who serve requests.
bool App::isServed(const plugins::HostedPlugin &plugin) const
{
    return m_part.serves || plugin.plugin == &m_health || plugin.plugin == &m_metrics;
}

Result<> App::withhold(const plugins::WithheldPlugin &plugin, http::Router &router)
{
    for (const plugins::WithheldRoute &route : plugin.routes) {
        m_withheld.push_back(std::make_unique<WithheldRoute>(plugin.id, plugin.reason, plugin.retryAfter));
        http::RouteEntry entry;
        entry.method = route.method;
        entry.pattern = route.pattern;
        entry.captureTypes = route.captureTypes;
        entry.runsOn = abi::RunsOn::Loop;
        entry.handler = m_withheld.back().get();
        entry.owner = plugin.id;
        if (const auto added = router.add(entry); !added)
            return added;
    }
    return {};
}

/// In a worker process the supervisor does.
Result<> App::listen()
{
    if (m_part.memory || !m_http)
        return {};
    const auto addresses = parseListenAddresses(m_settings.text(u"http.listen"_s));
    if (!addresses)
        return addresses.error();
    for (const PassedSocket &socket : m_part.sockets)
        m_http->adoptListener(socket.descriptor);
    for (ListenAddress address : *addresses) {
        if (m_part.sockets.isEmpty()) {
            if (const auto listening = m_http->listen(address.host, address.port); !listening)
                return Error::unavailable(u"http.listen: "_s + listening.error().message());
            address.port = m_http->port();
        }
        m_addresses.append(address.toString());
        qCInfo(lcServer).noquote().nospace() << "listening address=http://" << address.toString();
    }
    return {};
}

void App::adopt(int descriptor, const QByteArray &note)
{
    if (m_http)
        m_http->adopt(descriptor, note);
    else
        ::close(descriptor);
}

} // namespace quoin::server
