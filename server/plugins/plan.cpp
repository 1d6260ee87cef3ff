// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/plan.h"

#include "plugins/metadataschema.h"
#include "plugins/refusaljson.h"

#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

QJsonObject toJson(const PlannedPlugin &plugin)
{
    return {{u"id"_s, plugin.id},       {u"version"_s, plugin.version},
            {u"title"_s, plugin.title}, {u"sha256"_s, QString::fromLatin1(plugin.sha256)},
            {u"copy"_s, plugin.copy},   {u"file"_s, plugin.file}};
}

PlannedPlugin readPlugin(ObjectReader &reader)
{
    PlannedPlugin plugin;
    plugin.id = reader.string(u"id"_s);
    plugin.version = reader.string(u"version"_s);
    plugin.title = reader.string(u"title"_s);
    plugin.sha256 = reader.string(u"sha256"_s).toLatin1();
    plugin.copy = reader.string(u"copy"_s);
    plugin.file = reader.string(u"file"_s);
    return plugin;
}

QJsonObject toJson(const WithheldRoute &route)
{
    QJsonArray types;
    for (const QByteArray &type : route.captureTypes)
        types.append(QString::fromLatin1(type));
    return {
        {u"method"_s, QString::fromLatin1(route.method)}, {u"pattern"_s, route.pattern}, {u"captureTypes"_s, types}};
}

WithheldRoute readRoute(ObjectReader &reader)
{
    WithheldRoute route;
    route.method = reader.string(u"method"_s).toLatin1();
    route.pattern = reader.string(u"pattern"_s);
    for (const QString &type : reader.strings(u"captureTypes"_s))
        route.captureTypes.append(type.toLatin1());
    return route;
}

/// Reads each object of a list; what is wrong with one of them is wrong with all.
template <class Read>
auto readList(ObjectReader &parent, const QString &member, Read read)
{
    QList<decltype(read(parent))> values;
    const QList<QJsonObject> objects = parent.objects(member);
    for (qsizetype i = 0; i < objects.size(); ++i) {
        ObjectReader reader(objects.at(i), u"%1[%2]"_s.arg(member).arg(i));
        values.append(read(reader));
        if (const QString fault = reader.fault(); !fault.isEmpty())
            parent.fail(fault);
    }
    return values;
}

QJsonObject toJson(const WithheldPlugin &plugin);

template <class T>
QJsonArray toArray(const QList<T> &values)
{
    QJsonArray array;
    for (const T &value : values)
        array.append(toJson(value));
    return array;
}

QJsonObject toJson(const WithheldPlugin &plugin)
{
    return {{u"id"_s, plugin.id},
            {u"version"_s, plugin.version},
            {u"sha256"_s, QString::fromLatin1(plugin.sha256)},
            {u"reason"_s, plugin.reason},
            {u"retryAfter"_s, plugin.retryAfter},
            {u"routes"_s, toArray(plugin.routes)}};
}

WithheldPlugin readWithheld(ObjectReader &reader)
{
    WithheldPlugin plugin;
    plugin.id = reader.string(u"id"_s);
    plugin.version = reader.string(u"version"_s);
    plugin.sha256 = reader.string(u"sha256"_s).toLatin1();
    plugin.reason = reader.string(u"reason"_s);
    plugin.retryAfter = static_cast<int>(reader.integer(u"retryAfter"_s).value_or(0));
    plugin.routes = readList(reader, u"routes"_s, readRoute);
    return plugin;
}

} // namespace

bool Plan::servesSame(const Plan &other) const
{
    const auto sameKey = [](const PlannedPlugin &a, const PlannedPlugin &b) { return a.key() == b.key(); };
    return std::equal(plugins.begin(), plugins.end(), other.plugins.begin(), other.plugins.end(), sameKey)
        && withheld == other.withheld;
}

QJsonObject Plan::toJson() const
{
    return {{u"plugins"_s, toArray(plugins)}, {u"withheld"_s, toArray(withheld)}, {u"refusals"_s, toArray(refusals)}};
}

Result<Plan> Plan::fromJson(const QJsonObject &object)
{
    ObjectReader reader(object, u"the plan"_s);
    Plan plan;
    plan.plugins = readList(reader, u"plugins"_s, readPlugin);
    plan.withheld = readList(reader, u"withheld"_s, readWithheld);
    plan.refusals = readList(reader, u"refusals"_s, readRefusal);
    if (const QString fault = reader.fault(); !fault.isEmpty())
        return Error::invalid(fault);
    return plan;
}

} // namespace quoin::plugins
