// SPDX-License-Identifier: GPL-3.0-only
#include "app.h"

#include "settings/databasesettings.h"
#include "settings/httpsettings.h"
#include "settings/listenaddress.h"
#include "wiring.h"

#include <QDir>
#include <QFile>
#include <QLoggingCategory>

#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

Q_LOGGING_CATEGORY(lcServer, "quoin.server")

constexpr quint64 leastFreeSpace = 16 * 1024 * 1024; // bytes; below this a commit may fail at any moment

queue::Retention retentionOf(const Settings &settings)
{
    queue::Retention retention;
    retention.age = std::chrono::ceil<std::chrono::hours>(settings.duration(u"queue.keep_done"_s));
    retention.count = settings.integer(u"queue.keep_count"_s);
    return retention;
}

/// Asks for the folder itself: QStorageInfo of Qt 6.4 looks for its mount first, which a chroot may not show.
Result<> checkStorage(const QString &folder)
{
    struct statvfs storage = {};
    if (statvfs(QFile::encodeName(folder).constData(), &storage) != 0)
        return Error::unavailable(u"data.dir cannot be looked at: %1"_s.arg(qt_error_string(errno)));
    if (storage.f_bavail * storage.f_frsize < leastFreeSpace)
        return Error::unavailable(u"less than 16 MiB are free in data.dir"_s);
    return {};
}

} // namespace

App::App(const Settings &settings, http::AccessSink *accessLog, QObject *parent)
    : QObject(parent)
    , m_settings(settings)
    , m_accessLog(accessLog)
    , m_dataFolder(QDir(settings.text(u"data.dir"_s)).absolutePath())
    , m_health({{u"database"_s, [this] { return m_database->check(); }},
                {u"storage"_s, [this] { return checkStorage(m_dataFolder); }}})
{
    m_pool.setMaxThreadCount(static_cast<int>(m_settings.integer(u"http.threads"_s)));
    m_handlersTimer.callOnTimeout(this, &App::awaitHandlers);
    m_pool.setExpiryTimeout(-1); // a thread made anew for a request would cost it more than an idle one costs us
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
    qCInfo(lcServer).noquote().nospace() << "starting version=" QUOIN_VERSION " qt=" << qVersion() << " data=\""
                                         << m_dataFolder << '"';
    for (const auto step :
         {&App::makeDataFolder, &App::loadPlugins, &App::openDatabase, &App::startWork, &App::listen}) {
        if (Result<> result = (this->*step)(); !result)
            return result;
    }
    return {};
}

Result<> App::makeDataFolder()
{
    if (!QDir().mkpath(m_dataFolder))
        return Error::internal(
            u"the folder %1 (data.dir) cannot be made: make it, or name another"_s.arg(m_dataFolder));
    const QByteArray path = QFile::encodeName(m_dataFolder);
    if (::access(path.constData(), W_OK | X_OK) != 0)
        return Error::internal(
            u"the folder %1 (data.dir) cannot be written: %2"_s.arg(m_dataFolder, qt_error_string(errno)));
    return {};
}

Result<> App::loadPlugins()
{
    if (const auto added = m_plugins.addBuiltIn(u"quoin"_s, QVersionNumber::fromString(QStringLiteral(QUOIN_VERSION)),
                                                m_health);
        !added)
        return added;
    return m_plugins.load(m_settings.text(u"plugins.dir"_s), m_dataFolder + u"/plugin-store"_s);
}

Result<> App::openDatabase()
{
    const auto url = database::DatabaseUrl::parse(m_settings.text(u"database.url"_s));
    if (!url)
        return url.error();
    m_database = std::make_unique<database::SqlDatabase>(*url, databaseOptions(m_settings));
    if (const auto opened = m_database->open(); !opened)
        return opened;

    if (const auto migrated = m_database->migrate(migrationSteps(described())); !migrated)
        return migrated;
    qCInfo(lcServer).noquote().nospace() << "database ready url=\"" << url->toDisplayString() << '"';
    return {};
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
    joinTasks();
    m_plugins.start([this](const plugins::HostedPlugin &plugin) { return servicesFor(plugin); });
    for (const auto *plugin : m_plugins.live())
        qCInfo(lcServer).noquote().nospace()
            << "plugin live id=" << plugin->id() << " version=" << plugin->metadata.version.toString();
    startQueue();
    return {};
}

/// What plugins push and publish through. It knows every task that was described, because one whose plugin does not
/// start still has to be stored: it waits for a process in which the plugin does.
void App::joinTasks()
{
    const auto described = this->described();
    m_counters = std::make_unique<database::DatabaseCounters>(*m_database);
    m_watchedDatabase = std::make_unique<queue::PushWatch>(m_database.get(), [this] {
        if (queue::DatabaseQueue *queue = m_wakeable)
            queue->wake();
    });
    queue::OutboxOptions outbox;
    outbox.largestArguments = std::max(
        outbox.largestArguments, static_cast<qsizetype>(httpLimits(m_settings).body) + 1024); // a record and its id
    m_outbox = std::make_unique<queue::Outbox>(taskCatalogue(described), std::function<void()>(), outbox);
    m_subscriptions = std::make_unique<queue::Subscriptions>(m_outbox.get());
    for (const auto *plugin : described) {
        for (const auto &subscription : plugin->description.subscriptions)
            m_subscriptions->add(subscription.event, subscription.task);
    }
}

abi::Services *App::servicesFor(const plugins::HostedPlugin &plugin)
{
    plugins::ServicesSource source;
    source.id = plugin.id();
    source.dataDirectory = m_dataFolder;
    source.setting = [this](const QString &key) { return m_settings.value(key); };
    source.isStopping = [this] { return m_stage != Stage::Serving; };
    source.pool = &m_pool;
    source.interfaces = {{abi::Database::name, static_cast<abi::Database *>(m_watchedDatabase.get())},
                         {abi::Tasks::name, static_cast<abi::Tasks *>(m_outbox.get())},
                         {abi::Events::name, static_cast<abi::Events *>(m_subscriptions.get())},
                         {abi::Counters::name, static_cast<abi::Counters *>(m_counters.get())}};
    auto services = plugins::PluginServices::create(std::move(source));
    if (!services) {
        qCWarning(lcServer).noquote() << "no services for plugin" << plugin.id() << services.error().message();
        return nullptr;
    }
    return m_services.emplace_back(*std::move(services)).get();
}

void App::startQueue()
{
    QList<const plugins::HostedPlugin *> live;
    for (const auto *plugin : m_plugins.live())
        live.append(plugin);

    queue::QueueOptions options;
    options.concurrency = static_cast<int>(m_settings.integer(u"queue.concurrency"_s));
    options.lease = m_settings.duration(u"queue.lease"_s);
    options.renewal = options.lease / 4;
    options.poll = m_settings.duration(u"queue.poll"_s);
    m_queue = std::make_unique<queue::DatabaseQueue>(m_database.get(), taskCatalogue(live), options);
    connect(m_queue.get(), &queue::DatabaseQueue::drained, this, &App::finish);
    m_wakeable = m_queue.get();
    m_queue->start();
    m_pruner = std::make_unique<queue::Pruner>(m_database.get(), retentionOf(m_settings));
    m_pruner->start();
    qCInfo(lcServer).nospace() << "queue ready kind=database concurrency=" << options.concurrency;
}

Result<> App::listen()
{
    http::Router router;
    for (const auto *plugin : m_plugins.live()) {
        for (const auto &route : plugin->description.routes) {
            if (const auto added = router.add(routeEntry(route, plugin->id())); !added)
                return added;
        }
    }
    m_http = std::make_unique<http::Server>(httpLimits(m_settings), std::move(router), m_pool, m_accessLog);
    connect(m_http.get(), &http::Server::drained, this, &App::awaitHandlers);

    const auto addresses = parseListenAddresses(m_settings.text(u"http.listen"_s));
    if (!addresses)
        return addresses.error();
    for (ListenAddress address : *addresses) {
        if (const auto listening = m_http->listen(address.host, address.port); !listening)
            return listening;
        address.port = m_http->port();
        qCInfo(lcServer).noquote().nospace() << "listening address=http://" << address.toString();
    }
    return {};
}

void App::stop()
{
    if (m_stage != Stage::Serving)
        return;
    m_stage = Stage::Unready;
    m_health.setDraining();
    m_stopDeadline = QDeadlineTimer(m_settings.duration(u"shutdown.delay"_s)
                                    + m_settings.duration(u"shutdown.timeout"_s));
    QTimer::singleShot(m_settings.duration(u"shutdown.delay"_s), this, &App::closeDoor);
}

void App::hurry()
{
    m_stopDeadline = QDeadlineTimer(0);
    if (m_stage == Stage::Unready)
        closeDoor();
    else if (m_stage == Stage::ClosingDoor)
        m_http->drain(timeLeft());
    else if (m_stage == Stage::DrainingQueue)
        m_queue->drain(timeLeft());
}

void App::closeDoor()
{
    if (m_stage != Stage::Unready)
        return;
    m_stage = Stage::ClosingDoor;
    m_http->drain(timeLeft());
}

/// Nobody waits for a handler's answer any more, but what it does (a database job, a task it pushes) still counts.
void App::awaitHandlers()
{
    m_stage = Stage::AwaitingHandlers;
    if (m_pool.activeThreadCount() > 0 && timeLeft() > 0ms) {
        m_handlersTimer.start(10ms);
        return;
    }
    m_handlersTimer.stop();
    drainQueue();
}

void App::drainQueue()
{
    m_stage = Stage::DrainingQueue;
    m_queue->drain(timeLeft());
}

void App::finish()
{
    m_stage = Stage::Stopped;
    m_wakeable = nullptr;
    if (hasStuckHandlers())
        qCWarning(lcServer) << "handlers still running count=" << m_pool.activeThreadCount();
    else
        m_plugins.stop();
    m_database->close();
    Q_EMIT stopped();
}

std::chrono::milliseconds App::timeLeft() const
{
    return std::chrono::milliseconds(std::max<qint64>(0, m_stopDeadline.remainingTime()));
}

} // namespace quoin::server
