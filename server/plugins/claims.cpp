// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/claims.h"

#include "plugins/routepattern.h"

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

struct Thing
{
    QString key;  ///< What must be there once.
    QString name; ///< How a person knows it.
};

QList<Thing> thingsOf(const DescriptionFacts &facts)
{
    QList<Thing> things;
    for (const RouteFacts &route : facts.routes) {
        const auto pattern = parseRoutePattern(route.pattern);
        const QString method = QString::fromUtf8(route.method) + u' ';
        if (pattern)
            things.append({u"route "_s + method + pattern->shape, u"route "_s + method + route.pattern});
    }
    for (const TaskFacts &task : facts.tasks)
        things.append({u"task "_s + task.name, u"task "_s + task.name});
    for (const DeclaredAlias &alias : facts.aliases)
        things.append({u"task "_s + alias.alias, u"task "_s + alias.alias});
    for (const DeclaredMigration &migration : facts.migrations)
        things.append({u"migration "_s + migration.name, u"migration "_s + migration.name});
    return things;
}

} // namespace

QStringList Claims::conflicts(const DescriptionFacts &facts) const
{
    QStringList taken;
    for (const Thing &thing : thingsOf(facts)) {
        if (const auto owner = m_owners.find(thing.key); owner != m_owners.end())
            taken.append(u"%1 is declared by %2 already"_s.arg(thing.name, *owner));
    }
    return taken;
}

void Claims::claim(const DescriptionFacts &facts, const QString &id)
{
    for (const Thing &thing : thingsOf(facts))
        m_owners.insert(thing.key, id);
}

} // namespace quoin::plugins
