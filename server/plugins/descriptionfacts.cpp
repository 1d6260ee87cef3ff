// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/description.h"
#include "plugins/metadataschema.h"

#include <QJsonArray>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

using std::chrono::milliseconds;

constexpr qint64 largest = qint64(1) << 53; // what a JSON number holds exactly

// ---- To JSON ----

/// "No limit" is often written as the largest number there is.
qint64 exact(qint64 number) { return std::min(number, largest); }

QJsonArray array(const QStringList &texts) { return QJsonArray::fromStringList(texts); }

QJsonObject toJson(const RouteFacts &route)
{
    QJsonArray types;
    for (const QByteArray &type : route.captureTypes)
        types.append(QString::fromUtf8(type));
    QJsonObject object{{u"method"_s, QString::fromUtf8(route.method)},
                       {u"pattern"_s, route.pattern},
                       {u"captures"_s, array(route.captures)},
                       {u"captureTypes"_s, types},
                       {u"where"_s, route.where == abi::RunsOn::Loop ? u"loop"_s : u"pool"_s},
                       {u"summary"_s, route.summary},
                       {u"scope"_s, route.scope}};
    if (route.deadline)
        object.insert(u"deadline"_s, exact(route.deadline->count()));
    if (route.bodyLimit)
        object.insert(u"bodyLimit"_s, exact(*route.bodyLimit));
    return object;
}

QJsonObject toJson(const TaskFacts &task)
{
    QJsonObject object{{u"name"_s, task.name},
                       {u"attempts"_s, task.attempts},
                       {u"firstDelay"_s, exact(task.firstDelay.count())},
                       {u"timeLimit"_s, exact(task.timeLimit.count())}};
    if (task.largestBatch > 0)
        object.insert(u"largestBatch"_s, task.largestBatch);
    if (!task.parameters.isEmpty())
        object.insert(u"parameters"_s, array(task.parameters));
    return object;
}

QJsonObject toJson(const DeclaredAlias &alias) { return {{u"alias"_s, alias.alias}, {u"task"_s, alias.task}}; }

QJsonObject toJson(const DeclaredSubscription &subscription)
{
    return {{u"event"_s, subscription.event}, {u"task"_s, subscription.task}};
}

QJsonObject toJson(const DeclaredMigration &migration)
{
    return {{u"name"_s, migration.name},
            {u"sqlite"_s, array(migration.sqlite)},
            {u"postgresql"_s, array(migration.postgresql)}};
}

template <class T>
QJsonArray array(const QList<T> &items)
{
    QJsonArray result;
    for (const T &item : items)
        result.append(toJson(item));
    return result;
}

// ---- From JSON ----

qint64 number(ObjectReader &reader, const QString &member, qint64 least, qint64 most)
{
    const auto value = reader.integer(member);
    if (!value || *value < least || *value > most) {
        reader.fail(u"\"%1\" must be a number from %2 to %3"_s.arg(member).arg(least).arg(most));
        return least;
    }
    return *value;
}

std::optional<qint64> optionalNumber(ObjectReader &reader, const QString &member)
{
    const auto value = reader.integer(member);
    if (value && *value < 1)
        reader.fail(u"\"%1\" must be above 0"_s.arg(member));
    return value;
}

void read(ObjectReader &reader, RouteFacts &route)
{
    route.method = reader.string(u"method"_s).toUtf8();
    route.pattern = reader.string(u"pattern"_s);
    route.captures = reader.strings(u"captures"_s);
    for (const QString &type : reader.strings(u"captureTypes"_s))
        route.captureTypes.append(type.toUtf8());
    if (route.captures.size() != route.captureTypes.size())
        reader.fail(u"\"captures\" and \"captureTypes\" must be of one length"_s);
    const QString where = reader.string(u"where"_s);
    if (where != u"pool"_s && where != u"loop"_s)
        reader.fail(u"\"where\" must be pool or loop"_s);
    route.where = where == u"loop"_s ? abi::RunsOn::Loop : abi::RunsOn::Pool;
    route.summary = reader.string(u"summary"_s);
    route.scope = reader.string(u"scope"_s);
    if (const auto deadline = optionalNumber(reader, u"deadline"_s))
        route.deadline = milliseconds(*deadline);
    route.bodyLimit = optionalNumber(reader, u"bodyLimit"_s);
}

void read(ObjectReader &reader, TaskFacts &task)
{
    task.name = reader.string(u"name"_s);
    task.attempts = static_cast<int>(number(reader, u"attempts"_s, 1, std::numeric_limits<int>::max()));
    task.firstDelay = milliseconds(number(reader, u"firstDelay"_s, 0, largest));
    task.timeLimit = milliseconds(number(reader, u"timeLimit"_s, 1, largest));
    if (const auto batch = optionalNumber(reader, u"largestBatch"_s))
        task.largestBatch = static_cast<int>(std::min<qint64>(*batch, std::numeric_limits<int>::max()));
    task.parameters = reader.strings(u"parameters"_s);
}

void read(ObjectReader &reader, DeclaredAlias &alias)
{
    alias.alias = reader.string(u"alias"_s);
    alias.task = reader.string(u"task"_s);
}

void read(ObjectReader &reader, DeclaredSubscription &subscription)
{
    subscription.event = reader.string(u"event"_s);
    subscription.task = reader.string(u"task"_s);
}

void read(ObjectReader &reader, DeclaredMigration &migration)
{
    migration.name = reader.string(u"name"_s);
    migration.sqlite = reader.strings(u"sqlite"_s);
    migration.postgresql = reader.strings(u"postgresql"_s);
}

template <class T>
void readList(ObjectReader &parent, const QString &member, QList<T> &items, const QJsonObject &whole)
{
    if (!whole.contains(member))
        return;
    for (const QJsonObject &object : parent.objects(member)) {
        const QString place = u"%1[%2]"_s.arg(member).arg(items.size());
        ObjectReader reader(object, place);
        T item;
        read(reader, item);
        if (const QString fault = reader.fault(); !fault.isEmpty())
            parent.fail(fault.contains(place) ? fault : place + u": "_s + fault);
        items.append(item);
    }
}

} // namespace

DescriptionFacts Description::facts() const
{
    DescriptionFacts facts;
    for (const DeclaredRoute &route : routes)
        facts.routes.append(route);
    for (const DeclaredTask &task : tasks)
        facts.tasks.append(task);
    facts.aliases = aliases;
    facts.subscriptions = subscriptions;
    facts.migrations = migrations;
    return facts;
}

QJsonObject DescriptionFacts::toJson() const
{
    return {{u"routes"_s, array(routes)},
            {u"tasks"_s, array(tasks)},
            {u"aliases"_s, array(aliases)},
            {u"subscriptions"_s, array(subscriptions)},
            {u"migrations"_s, array(migrations)}};
}

Result<DescriptionFacts> DescriptionFacts::fromJson(const QJsonObject &object)
{
    ObjectReader reader(object, QString());
    DescriptionFacts facts;
    readList(reader, u"routes"_s, facts.routes, object);
    readList(reader, u"tasks"_s, facts.tasks, object);
    readList(reader, u"aliases"_s, facts.aliases, object);
    readList(reader, u"subscriptions"_s, facts.subscriptions, object);
    readList(reader, u"migrations"_s, facts.migrations, object);
    if (const QString fault = reader.fault(); !fault.isEmpty())
        return Error::invalid(u"no description of a plugin: "_s + fault);
    return facts;
}

} // namespace quoin::plugins
