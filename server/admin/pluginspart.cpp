// SPDX-License-Identifier: GPL-3.0-only
#include "admin/pluginspart.h"

#include "admin/adminjson.h"
#include "admin/linestream.h"
#include "admin/pluginjson.h"
#include "admin/pluginupload.h"
#include "settings/settings.h"

#include <QScopeGuard>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

constexpr auto patience = 15s;
constexpr auto deadline = 25s; // patience, and room for a busy disk

} // namespace

void PluginsPart::describe(Registry &registry)
{
    registry.get(u"/admin/v1/plugins"_s, [this](const Request &request) { return list(request); })
        .summary(u"Every plugin, its state and why, what it has"_s)
        .scope(adminRead);
    registry
        .get(u"/admin/v1/plugins/{id}"_s,
             [this](const Request &request, const QString &id) { return show(request, id); })
        .summary(u"One plugin"_s)
        .scope(adminRead);
    registry.post(u"/admin/v1/plugins"_s, [this](const Request &request) { return upload(request); })
        .summary(u"Install a plugin file; tells gate by gate how it fares"_s)
        .scope(adminWrite)
        .bodyLimit(AdminHost::uploadLimit);
    describeActions(registry);
}

void PluginsPart::describeActions(Registry &registry)
{
    describeAction(registry, u"enable"_s, u"Serve a plugin that was disabled, quarantined or rolled back"_s,
                   [](const PluginPlace &place, const QString &id) { return enablePlugin(place, id, patience); });
    describeAction(registry, u"disable"_s, u"Leave a plugin in its folder and do not serve it"_s,
                   [](const PluginPlace &place, const QString &id) { return disablePlugin(place, id, patience); });
    describeAction(registry, u"rollback"_s, u"Serve the version of a plugin that was served before"_s,
                   [](const PluginPlace &place, const QString &id) { return rollBackPlugin(place, id, patience); });
    describeAction(registry, u"reload"_s, u"Look at a plugin again and start it anew"_s,
                   [this](const PluginPlace &place, const QString &id) {
                       return reloadPlugin(place, id, patience, [this, &id] { m_host.startAgain(u"reload "_s + id); });
                   });
    registry
        .remove(u"/admin/v1/plugins/{id}"_s,
                [this](const Request &request, const QString &id) {
                    return change(request, id, [](const PluginPlace &place, const QString &plugin) {
                        return removePlugin(place, plugin, patience);
                    });
                })
        .summary(u"Take a plugin out of its folder"_s)
        .scope(adminWrite)
        .deadline(deadline);
}

void PluginsPart::describeAction(Registry &registry, const QString &verb, const QString &summary, const Action &action)
{
    registry
        .post(u"/admin/v1/plugins/{id}/"_s + verb,
              [this, action](const Request &request, const QString &id) { return change(request, id, action); })
        .summary(summary)
        .scope(adminWrite)
        .deadline(deadline);
}

Result<> PluginsPart::start(Services &services)
{
    m_services.emplace(services);
    return {};
}

Result<Response> PluginsPart::list(const Request &request) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    QJsonArray results;
    if (m_host.isSingle) {
        results = ownPluginsJson(m_host.plugins(), m_host.refusals());
    } else {
        const auto status = PluginPlace::of(*m_host.settings).status();
        if (!status)
            return status.error();
        for (const plugins::PluginStatus &plugin : status->plugins)
            results.append(pluginJson(plugin, *status, m_host.plugins()));
    }
    const Result<> allowed = checkUpload();
    QJsonObject upload{{u"allowed"_s, allowed.has_value()}};
    if (!allowed)
        upload.insert(u"reason"_s, allowed.error().message());
    QJsonObject answer = apiList(results);
    answer.insert(u"upload"_s, upload);
    answer.insert(u"folder"_s, m_host.settings->text(u"plugins.dir"_s));
    return apiAnswer(answer);
}

Result<QJsonObject> PluginsPart::find(const QString &id) const
{
    if (m_host.isSingle) {
        for (const auto &plugin : ownPluginsJson(m_host.plugins(), m_host.refusals())) {
            if (plugin.toObject().value(u"id"_s) == id)
                return plugin.toObject();
        }
    } else {
        const auto status = PluginPlace::of(*m_host.settings).status();
        if (!status)
            return status.error();
        if (const plugins::PluginStatus *plugin = status->plugin(id))
            return pluginJson(*plugin, *status, m_host.plugins());
    }
    return Error::notFound(u"There is no plugin \"%1\". GET /admin/v1/plugins lists those there are."_s.arg(id));
}

Result<Response> PluginsPart::show(const Request &request, const QString &id) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    const auto found = find(id);
    return found ? Result<Response>(apiAnswer(*found)) : found.error();
}

Result<Response> PluginsPart::change(const Request &request, const QString &id, const Action &action) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    if (const auto changeable = checkChangeable(); !changeable)
        return changeable.error();
    const auto changed = action(PluginPlace::of(*m_host.settings), id);
    if (!changed)
        return changed.error();
    const bool isDecided = changed->verdict && changed->verdict->isDecided;
    auto found = find(id);
    QJsonObject answer = found ? *found : QJsonObject{{u"id"_s, id}, {u"state"_s, u"gone"_s}};
    answer.insert(u"detail"_s, changed->verdict ? changed->verdict->sentence : changed->done);
    return apiAnswer(answer, isDecided ? 200 : 202);
}

Result<> PluginsPart::checkChangeable() const
{
    if (m_host.isSingle)
        return Error::conflict(u"This server is one process (--single), which loads its plugins once: put the file "
                               "into plugins.dir or take it out, and restart it."_s);
    return {};
}

Result<> PluginsPart::checkUpload() const
{
    if (const auto changeable = checkChangeable(); !changeable)
        return changeable;
    if (!m_host.settings->isOn(u"plugins.upload"_s))
        return Error::conflict(u"Plugins cannot be uploaded to this server: the setting plugins.upload is off. With "
                               "plugins.upload=true a token with the scope admin may."_s);
    return {};
}

/// The body is written down, checked and put into the folder on the pool; the answer tells how it goes on meanwhile.
Future<Response> PluginsPart::upload(const Request &request)
{
    if (const auto fault = request.expectQueries({u"name"_s}); !fault)
        return fault.error();
    if (const auto allowed = checkUpload(); !allowed)
        return Result<Response>(Response::problem(m_host.isSingle ? 409 : 403, allowed.error().message()));
    const QString name = request.query(u"name"_s).value_or(QString());
    if (!name.endsWith(u".so"_s) || !plugins::isPluginId(name.chopped(3))) {
        return Error::invalid(u"Say under which name: ?name=ID.so, where ID is the id of the plugin (small letters, "
                              "digits, dots and dashes)."_s);
    }
    if (m_isUploading->exchange(true))
        return Error::conflict(u"Another plugin is being uploaded: try again when that has ended."_s);
    auto lines = std::make_shared<LineStream>(); // shared by who writes and who sends
    m_services->run([lines, name, request, busy = m_isUploading, settings = m_host.settings]() -> Result<> {
        const auto finally = qScopeGuard([&] { // also if memory runs out
            busy->store(false);
            lines->end();
        });
        PluginUpload(*settings, *lines).run(name, request.body());
        return {};
    });
    return Result<Response>(uncached(Response::stream("application/x-ndjson"_ba, [lines] { return lines->next(); })));
}

} // namespace quoin::server
