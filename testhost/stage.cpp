// SPDX-License-Identifier: GPL-3.0-only
#include "stage.h"

#include "client.h"
#include "plugins/expanding.h"
#include "settings/httpsettings.h"
#include "wiring.h"

#include <QEventLoop>

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <thread>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::testhost {

Stage::Stage(const plugins::Metadata &metadata, const server::Settings &settings, const TestClock &clock)
    : m_metadata(metadata)
    , m_settings(settings)
    , m_clock(clock)
    , m_health({{u"database"_s, [this] { return m_database->check(); }}})
{
    m_pool.setMaxThreadCount(static_cast<int>(m_settings.integer(u"http.threads"_s)));
}

Stage::~Stage()
{
    m_isStopping = true;
    m_pool.waitForDone(); // before the server: a handler whose request was given up may still run
    m_http.reset();
    m_plugins.stop();
    if (m_database)
        m_database->close(); // first, so that no database thread finishes a job into what is going
}

Result<> Stage::start(Plugin &plugin, const QStringList &listened)
{
    if (auto result = describe(plugin); !result)
        return result;
    if (auto result = openDatabase(); !result)
        return result;
    joinTasks(listened);
    if (auto result = startPlugin(); !result)
        return result;
    return serve();
}

/// The host's own routes first, as in the server: what clashes with them is refused here, too.
Result<> Stage::describe(Plugin &plugin)
{
    if (auto added = m_plugins.addBuiltIn(u"quoin"_s, QVersionNumber::fromString(QStringLiteral(QUOIN_VERSION)),
                                          m_health);
        !added)
        return added;
    if (const auto added = m_plugins.addBuiltIn(m_metadata.id, m_metadata.version, plugin); !added)
        return Error::invalid(added.error().message());
    plugins::DescriptionFacts facts;
    facts.migrations = m_plugins.plugins().back()->description.migrations;
    if (const auto fault = plugins::expandingFault(facts)) // which counts for an upgrade only
        qWarning().noquote() << u"as an upgrade this would be refused: %1; %2"_s.arg(fault->reason, fault->remedy);
    return {};
}

QList<const plugins::HostedPlugin *> Stage::described() const
{
    QList<const plugins::HostedPlugin *> described;
    for (const auto &plugin : m_plugins.plugins())
        described.append(plugin.get());
    return described;
}

Result<> Stage::openDatabase()
{
    const auto url = database::DatabaseUrl::parse(m_settings.text(u"database.url"_s));
    if (!url)
        return url.error();
    m_database = std::make_unique<database::SqlDatabase>(*url);
    if (auto opened = m_database->open(); !opened)
        return opened;
    return m_database->migrate(server::migrationSteps(described()));
}

void Stage::joinTasks(const QStringList &listened)
{
    const auto catalogue = server::taskCatalogue(described());
    m_tasks = std::make_unique<TaskDesk>(*m_database, catalogue, m_clock);
    m_watchedDatabase = std::make_unique<queue::PushWatch>(m_database.get(), [this] { m_tasks->wake(); });
    m_pluginDatabase = std::make_unique<DatabaseSwitch>(*m_watchedDatabase);
    m_counters = std::make_unique<database::DatabaseCounters>(*m_pluginDatabase);
    queue::OutboxOptions options;
    options.clock = m_clock.function();
    m_outbox = std::make_unique<queue::Outbox>(catalogue, std::function<void()>(), options);
    m_subscriptions = std::make_unique<queue::Subscriptions>(m_outbox.get());
    for (const auto *plugin : described()) {
        for (const auto &subscription : plugin->description.subscriptions)
            m_subscriptions->add(subscription.event, subscription.task);
    }
    for (const QString &event : listened)
        m_subscriptions->add(event, TaskDesk::listenerOf(event));
}

Result<> Stage::startPlugin()
{
    Result<> given;
    m_plugins.start([&](const plugins::HostedPlugin &plugin) {
        abi::Services *services = servicesFor(plugin);
        if (!services)
            given = Error::internal(u"the plugin's data folder cannot be made in %1: choose another TMPDIR"_s.arg(
                m_settings.text(u"data.dir"_s)));
        return services;
    });
    if (!given)
        return given;
    if (const auto &refusals = m_plugins.refusals(); !refusals.isEmpty())
        return Error::unavailable(refusals.last().reason);
    return {};
}

abi::Services *Stage::servicesFor(const plugins::HostedPlugin &plugin)
{
    plugins::ServicesSource source;
    source.id = plugin.id();
    source.dataDirectory = m_settings.text(u"data.dir"_s);
    source.setting = [this](const QString &key) { return m_settings.value(key); };
    source.isStopping = [this] { return m_isStopping.load(); };
    source.pool = &m_pool;
    source.interfaces = {{abi::Database::name, static_cast<abi::Database *>(m_pluginDatabase.get())},
                         {abi::Tasks::name, static_cast<abi::Tasks *>(m_outbox.get())},
                         {abi::Events::name, static_cast<abi::Events *>(m_subscriptions.get())},
                         {abi::Counters::name, static_cast<abi::Counters *>(m_counters.get())},
                         {abi::Traces::name, static_cast<abi::Traces *>(&m_traces)}};
    auto services = plugins::PluginServices::create(std::move(source));
    if (!services)
        return nullptr;
    return m_services = m_allServices.emplace_back(*std::move(services)).get(); // the plugin's comes last
}

Result<> Stage::serve()
{
    http::Router router;
    for (const auto *plugin : m_plugins.live()) {
        for (const auto &route : plugin->description.routes) {
            if (auto added = router.add(server::routeEntry(route, plugin->id())); !added)
                return added;
        }
    }
    m_http = std::make_unique<http::Server>(server::httpLimits(m_settings), std::move(router), m_pool, nullptr);
    return {};
}

std::chrono::milliseconds Stage::longestDeadline() const
{
    std::chrono::milliseconds longest = m_settings.duration(u"http.handler_timeout"_s);
    for (const auto *plugin : described()) {
        for (const auto &route : plugin->description.routes)
            longest = std::max(longest, route.deadline.value_or(0ms));
    }
    return longest;
}

/// A connected pair stands for the network, so that the server's own parser, limits and framing are what is tried. The
/// client blocks, so it has a thread; the server needs this one.
TestResponse Stage::request(const QByteArray &bytes, bool isHead)
{
    int ends[2];
    TestResponse response;
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
        response.failure = u"there is no descriptor left: %1"_s.arg(qt_error_string(errno));
        return response;
    }
    ::fcntl(ends[1], F_SETFL, O_NONBLOCK);
    m_http->adopt(ends[1]);

    QEventLoop loop;
    std::thread client([&, patience = longestDeadline() + 10s] {
        response = exchange(ends[0], bytes, isHead, patience);
        QMetaObject::invokeMethod(&loop, &QEventLoop::quit, Qt::QueuedConnection);
    });
    loop.exec();
    client.join();
    return response;
}

} // namespace quoin::testhost
