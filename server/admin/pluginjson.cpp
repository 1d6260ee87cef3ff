// SPDX-License-Identifier: GPL-3.0-only
#include "admin/pluginjson.h"

#include "admin/adminjson.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using plugins::HostedPlugin;

void insertIfAny(QJsonObject &object, const QString &name, const QString &text)
{
    if (!text.isEmpty())
        object.insert(name, text);
}

QJsonObject fateJson(const plugins::VersionFate &fate)
{
    QJsonObject object{{u"state"_s, plugins::stateName(fate.state)}};
    insertIfAny(object, u"version"_s, fate.version);
    insertIfAny(object, u"sha256"_s, QString::fromLatin1(fate.sha256));
    insertIfAny(object, u"phase"_s, fate.phase);
    insertIfAny(object, u"reason"_s, fate.reason);
    insertIfAny(object, u"remedy"_s, fate.remedy);
    if (fate.since.isValid())
        object.insert(u"since"_s, apiTime(fate.since));
    return object;
}

QJsonArray routesJson(const plugins::DescriptionFacts &facts)
{
    QJsonArray routes;
    for (const plugins::RouteFacts &route : facts.routes) {
        QJsonObject object{{u"method"_s, QString::fromLatin1(route.method)}, {u"path"_s, route.pattern}};
        insertIfAny(object, u"scope"_s, route.scope);
        insertIfAny(object, u"summary"_s, route.summary);
        routes.append(object);
    }
    return routes;
}

template <class List, class Text>
QJsonArray texts(const List &list, Text text)
{
    QJsonArray array;
    for (const auto &one : list)
        array.append(text(one));
    return array;
}

/// What it declares, if it is the version that is loaded here.
void insertFacts(QJsonObject &object, const HostedPlugin &loaded)
{
    const plugins::DescriptionFacts facts = loaded.description.facts();
    object.insert(u"sdk"_s, loaded.metadata.sdk);
    object.insert(u"routes"_s, routesJson(facts));
    object.insert(u"tasks"_s, texts(facts.tasks, [](const auto &task) { return task.name; }));
    object.insert(u"subscriptions"_s, texts(facts.subscriptions, [](const auto &one) {
                      return QJsonObject{{u"event"_s, one.event}, {u"task"_s, one.task}};
                  }));
    object.insert(u"migrations"_s, texts(facts.migrations, [](const auto &migration) { return migration.name; }));
    object.insert(u"settings"_s, texts(loaded.metadata.settings, [&loaded](const auto &setting) {
                      return loaded.id() + u'.' + setting.key;
                  }));
}

int crashesOf(const plugins::PluginStatus &plugin, const plugins::HostStatus &status)
{
    const plugins::VersionKey key{plugin.id, plugin.current.sha256};
    const auto found = std::ranges::find(status.quarantine, key, &plugins::Quarantine::key);
    return found == status.quarantine.end() ? 0 : found->crashes;
}

/// The one that was live before the one that is.
QJsonObject previousJson(const plugins::PluginStatus &plugin)
{
    for (const plugins::LiveVersion &version : plugin.history) {
        if (version.sha256 != plugin.current.sha256)
            return {{u"version"_s, version.version}, {u"sha256"_s, QString::fromLatin1(version.sha256)}};
    }
    return {};
}

} // namespace

QJsonObject pluginJson(const plugins::PluginStatus &plugin, const plugins::HostStatus &status,
                       const LoadedPlugins &loaded)
{
    QJsonObject object = fateJson(plugin.current);
    object.insert(u"id"_s, plugin.id);
    object.insert(u"crashes"_s, crashesOf(plugin, status));
    insertIfAny(object, u"title"_s, plugin.current.title);
    insertIfAny(object, u"file"_s, plugin.file);
    if (const QJsonObject previous = previousJson(plugin); !previous.isEmpty())
        object.insert(u"previous"_s, previous);
    if (plugin.turnedAway)
        object.insert(u"turned_away"_s, fateJson(*plugin.turnedAway));
    const auto here = std::ranges::find_if(loaded, [&plugin](const HostedPlugin *one) {
        return one->id() == plugin.id && one->sha256 == plugin.current.sha256;
    });
    if (here != loaded.end())
        insertFacts(object, **here);
    return object;
}

QJsonArray ownPluginsJson(const LoadedPlugins &loaded, const QList<plugins::Refusal> &refusals)
{
    QJsonArray array;
    for (const HostedPlugin *plugin : loaded) {
        if (plugin->isBuiltIn() || plugin->state != HostedPlugin::State::Live)
            continue;
        QJsonObject object{{u"id"_s, plugin->id()},
                           {u"title"_s, plugin->metadata.title},
                           {u"version"_s, plugin->metadata.version.toString()},
                           {u"sha256"_s, QString::fromLatin1(plugin->sha256)},
                           {u"state"_s, plugins::stateName(plugins::PluginState::Live)},
                           {u"file"_s, plugin->file},
                           {u"crashes"_s, 0}};
        insertFacts(object, *plugin);
        array.append(object);
    }
    for (const plugins::Refusal &refusal : refusals) {
        QJsonObject object{{u"id"_s, refusal.id},
                           {u"state"_s, plugins::stateName(plugins::PluginState::Refused)},
                           {u"phase"_s, plugins::phaseName(refusal.phase)},
                           {u"reason"_s, refusal.reason},
                           {u"remedy"_s, refusal.remedy},
                           {u"file"_s, refusal.file},
                           {u"crashes"_s, 0}};
        insertIfAny(object, u"version"_s, refusal.version);
        array.append(object);
    }
    return array;
}

} // namespace quoin::server
