// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/pluginstatus.h"

#include "plugins/metadataschema.h"

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

QString toText(const QDateTime &time) { return time.toString(Qt::ISODateWithMs); }

QDateTime readTime(ObjectReader &reader, const QString &member)
{
    const QString text = reader.string(member);
    const auto time = QDateTime::fromString(text, Qt::ISODateWithMs);
    if (!text.isEmpty() && !time.isValid())
        reader.fail(u"\"%1\" is no time"_s.arg(member));
    return time;
}

template <class T, class Make>
QJsonArray toArray(const QList<T> &values, Make make)
{
    QJsonArray array;
    for (const T &value : values)
        array.append(make(value));
    return array;
}

/// Members of a later version are no fault: a host that was set back still knows what it has quarantined.
template <class Read>
auto readList(ObjectReader &parent, const QString &member, Read read)
{
    QList<decltype(read(parent))> values;
    for (const QJsonObject &object : parent.objects(member)) {
        ObjectReader reader(object, member);
        values.append(read(reader));
        if (!reader.faultOfKnown().isEmpty())
            parent.fail(reader.faultOfKnown());
    }
    return values;
}

QJsonObject liveJson(const LiveVersion &live)
{
    return {{u"version"_s, live.version},
            {u"title"_s, live.title},
            {u"sha256"_s, QString::fromLatin1(live.sha256)},
            {u"since"_s, toText(live.since)}};
}

LiveVersion readLive(ObjectReader &reader)
{
    LiveVersion live;
    live.version = reader.string(u"version"_s);
    live.title = reader.string(u"title"_s);
    live.sha256 = reader.string(u"sha256"_s).toLatin1();
    live.since = readTime(reader, u"since"_s);
    return live;
}

QJsonObject fateJson(const VersionFate &fate)
{
    return {{u"version"_s, fate.version},
            {u"title"_s, fate.title},
            {u"sha256"_s, QString::fromLatin1(fate.sha256)},
            {u"state"_s, stateName(fate.state)},
            {u"since"_s, toText(fate.since)},
            {u"phase"_s, fate.phase},
            {u"reason"_s, fate.reason},
            {u"remedy"_s, fate.remedy}};
}

VersionFate readFate(ObjectReader &reader)
{
    VersionFate fate;
    fate.version = reader.string(u"version"_s);
    fate.title = reader.string(u"title"_s);
    fate.sha256 = reader.string(u"sha256"_s).toLatin1();
    const QString state = reader.string(u"state"_s);
    if (!stateOfName(state))
        reader.fail(u"\"%1\" is no state"_s.arg(state));
    fate.state = stateOfName(state).value_or(PluginState::Seen);
    fate.since = readTime(reader, u"since"_s);
    fate.phase = reader.string(u"phase"_s);
    fate.reason = reader.string(u"reason"_s);
    fate.remedy = reader.string(u"remedy"_s);
    return fate;
}

QJsonObject pluginJson(const PluginStatus &plugin)
{
    QJsonObject object = fateJson(plugin.current);
    object.insert(u"id"_s, plugin.id);
    object.insert(u"file"_s, plugin.file);
    object.insert(u"wasRemoved"_s, plugin.wasRemoved);
    object.insert(u"history"_s, toArray(plugin.history, liveJson));
    QList<VersionFate> away;
    if (plugin.turnedAway)
        away.append(*plugin.turnedAway);
    object.insert(u"turnedAway"_s, toArray(away, fateJson));
    return object;
}

PluginStatus readPlugin(ObjectReader &reader)
{
    PluginStatus plugin;
    plugin.current = readFate(reader);
    plugin.id = reader.string(u"id"_s);
    plugin.file = reader.string(u"file"_s);
    plugin.wasRemoved = reader.flag(u"wasRemoved"_s);
    plugin.history = readList(reader, u"history"_s, readLive);
    if (const auto away = readList(reader, u"turnedAway"_s, readFate); !away.isEmpty())
        plugin.turnedAway = away.first();
    return plugin;
}

/// Quarantine and Bar have the same members but for the number.
template <class T>
QJsonObject heldJson(const T &held)
{
    return {{u"id"_s, held.key.id},
            {u"sha256"_s, QString::fromLatin1(held.key.sha256)},
            {u"version"_s, held.version},
            {u"reason"_s, held.reason},
            {u"since"_s, toText(held.since)}};
}

template <class T>
T readHeld(ObjectReader &reader)
{
    T held;
    held.key.id = reader.string(u"id"_s);
    held.key.sha256 = reader.string(u"sha256"_s).toLatin1();
    held.version = reader.string(u"version"_s);
    held.reason = reader.string(u"reason"_s);
    held.since = readTime(reader, u"since"_s);
    return held;
}

QJsonObject quarantineJson(const Quarantine &quarantine)
{
    QJsonObject object = heldJson(quarantine);
    object.insert(u"crashes"_s, quarantine.crashes);
    return object;
}

Quarantine readQuarantine(ObjectReader &reader)
{
    auto quarantine = readHeld<Quarantine>(reader);
    quarantine.crashes = static_cast<int>(reader.integer(u"crashes"_s).value_or(0));
    return quarantine;
}

} // namespace

QJsonObject HostStatus::toJson() const
{
    return {{u"supervisor"_s, supervisor},
            {u"generation"_s, static_cast<qint64>(generation)},
            {u"since"_s, toText(since)},
            {u"plugins"_s, toArray(plugins, pluginJson)},
            {u"quarantine"_s, toArray(quarantine, quarantineJson)},
            {u"barred"_s, toArray(barred, heldJson<Bar>)},
            {u"workers"_s, workers}};
}

Result<HostStatus> HostStatus::fromJson(const QJsonObject &object)
{
    ObjectReader reader(object, {});
    HostStatus status;
    status.supervisor = reader.integer(u"supervisor"_s).value_or(0);
    status.generation = static_cast<quint64>(reader.integer(u"generation"_s).value_or(0));
    status.since = readTime(reader, u"since"_s);
    status.plugins = readList(reader, u"plugins"_s, readPlugin);
    status.quarantine = readList(reader, u"quarantine"_s, readQuarantine);
    status.barred = readList(reader, u"barred"_s, readHeld<Bar>);
    status.workers = object.value(u"workers"_s).toArray();
    if (!reader.faultOfKnown().isEmpty())
        return Error::invalid(reader.faultOfKnown());
    return status;
}

} // namespace quoin::plugins
