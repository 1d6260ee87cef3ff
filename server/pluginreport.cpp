// SPDX-License-Identifier: GPL-3.0-only
#include "plugincheck.h"

#include "columns.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using std::chrono::milliseconds;

/// "5 min", "1.5 s"
QString shown(milliseconds time)
{
    const qint64 count = time.count();
    if (count > 0 && count % 60000 == 0)
        return u"%1 min"_s.arg(count / 60000);
    return u"%1 s"_s.arg(double(count) / 1000);
}

using Rows = QList<QStringList>;

QString section(const QString &title, const Rows &rows)
{
    return rows.isEmpty() ? QString() : title + u'\n' + columns(rows, u"  "_s);
}

QStringList routeRow(const plugins::RouteFacts &route)
{
    QStringList details;
    for (qsizetype i = 0; i < route.captures.size(); ++i)
        details.append(u"%1: %2"_s.arg(route.captures[i], QString::fromUtf8(route.captureTypes.value(i))));
    details.append(route.where == abi::RunsOn::Loop ? u"event loop"_s : u"pool"_s);
    if (!route.scope.isEmpty())
        details.append(u"scope "_s + route.scope);
    if (route.deadline)
        details.append(u"within "_s + shown(*route.deadline));
    if (route.bodyLimit)
        details.append(u"body up to "_s + QLocale::c().formattedDataSize(*route.bodyLimit, 0));
    return {QString::fromUtf8(route.method), route.pattern, details.join(u", "_s), route.summary};
}

QString factsAsText(const plugins::DescriptionFacts &facts)
{
    Rows routes, tasks, aliases, subscriptions, migrations;
    for (const auto &route : facts.routes)
        routes.append(routeRow(route));
    for (const auto &task : facts.tasks) {
        tasks.append({task.name, u"attempts %1"_s.arg(task.attempts), u"first delay "_s + shown(task.firstDelay),
                      u"time limit "_s + shown(task.timeLimit)});
    }
    for (const auto &alias : facts.aliases)
        aliases.append({alias.alias, u"is "_s + alias.task});
    for (const auto &subscription : facts.subscriptions)
        subscriptions.append({subscription.event, u"becomes "_s + subscription.task});
    for (const auto &migration : facts.migrations) {
        migrations.append({migration.name, u"SQLite %1"_s.arg(migration.sqlite.size()),
                           u"PostgreSQL %1 statements"_s.arg(migration.postgresql.size())});
    }
    return section(u"Routes"_s, routes) + section(u"Tasks"_s, tasks) + section(u"Aliases of tasks"_s, aliases)
        + section(u"Subscriptions"_s, subscriptions) + section(u"Migrations"_s, migrations);
}

QString metadataAsText(const plugins::Metadata &metadata)
{
    Rows requirements, settings;
    for (const auto &requirement : metadata.requirements)
        requirements.append({requirement.id, u"%1 or later"_s.arg(requirement.atLeast.toString())});
    for (const auto &setting : metadata.settings) {
        const QString initial = setting.defaultText.isEmpty() ? u"not set"_s : setting.defaultText;
        settings.append({metadata.id + u'.' + setting.key, setting.type, initial, setting.help});
    }
    return section(u"Requires"_s, requirements) + section(u"Settings"_s, settings);
}

QJsonArray requirementsAsJson(const plugins::Metadata &metadata)
{
    QJsonArray array;
    for (const auto &requirement : metadata.requirements)
        array.append(QJsonObject{{u"id"_s, requirement.id}, {u"atLeast"_s, requirement.atLeast.toString()}});
    return array;
}

QJsonArray settingsAsJson(const plugins::Metadata &metadata)
{
    QJsonArray array;
    for (const auto &setting : metadata.settings) {
        array.append(QJsonObject{{u"key"_s, metadata.id + u'.' + setting.key},
                                 {u"type"_s, setting.type},
                                 {u"default"_s, setting.defaultText},
                                 {u"help"_s, setting.help}});
    }
    return array;
}

} // namespace

QString checkAsText(const CheckedPlugin &plugin)
{
    QString text;
    if (plugin.metadata) {
        text += u"%1 %2: %3\n"_s.arg(plugin.metadata->id, plugin.metadata->version.toString(), plugin.metadata->title);
    }
    Rows about{{u"file"_s, plugin.file}};
    if (!plugin.sha256.isEmpty()) {
        about.append({u"size"_s, u"%1 bytes"_s.arg(plugin.size)});
        about.append({u"sha256"_s, QString::fromLatin1(plugin.sha256)});
    }
    if (!plugin.builtWith.isEmpty())
        about.append({u"built with"_s, QString::fromUtf8(plugin.builtWith).replace(u';', u' ')});
    text += section(u"File"_s, about);
    if (plugin.metadata)
        text += metadataAsText(*plugin.metadata);
    if (plugin.facts)
        text += factsAsText(*plugin.facts);
    if (plugin.isGood())
        text += u"ok: it passes every gate that needs no server\n"_s;
    else
        text += u"REFUSED in %1: %2\n  what to do: %3\n"_s.arg(plugins::phaseName(plugin.refusal->phase),
                                                               plugin.refusal->reason, plugin.refusal->remedy);
    if (plugin.asUpgrade) {
        text += u"as an upgrade it would be REFUSED: %1\n  what to do: %2\n"_s.arg(plugin.asUpgrade->reason,
                                                                                   plugin.asUpgrade->remedy);
    }
    return withoutControls(text);
}

QByteArray checkAsJson(const CheckedPlugin &plugin)
{
    QJsonObject object{{u"file"_s, plugin.file},
                       {u"ok"_s, plugin.isGood()},
                       {u"size"_s, plugin.size},
                       {u"sha256"_s, QString::fromLatin1(plugin.sha256)},
                       {u"builtWith"_s, QString::fromUtf8(plugin.builtWith)}};
    if (plugin.metadata) {
        object.insert(u"id"_s, plugin.metadata->id);
        object.insert(u"version"_s, plugin.metadata->version.toString());
        object.insert(u"title"_s, plugin.metadata->title);
        object.insert(u"sdk"_s, plugin.metadata->sdk);
        object.insert(u"requires"_s, requirementsAsJson(*plugin.metadata));
        object.insert(u"settings"_s, settingsAsJson(*plugin.metadata));
    }
    if (plugin.facts)
        object.insert(u"description"_s, plugin.facts->toJson());
    if (plugin.asUpgrade) {
        object.insert(u"asUpgrade"_s,
                      QJsonObject{{u"reason"_s, plugin.asUpgrade->reason}, {u"remedy"_s, plugin.asUpgrade->remedy}});
    }
    if (plugin.refusal) {
        object.insert(u"phase"_s, plugins::phaseName(plugin.refusal->phase));
        object.insert(u"reason"_s, plugin.refusal->reason);
        object.insert(u"remedy"_s, plugin.refusal->remedy);
    }
    return QJsonDocument(object).toJson();
}

} // namespace quoin::server
