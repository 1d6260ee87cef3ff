// SPDX-License-Identifier: GPL-3.0-only
#include "knownscopes.h"

#include "plugincheck.h"
#include "settings/settings.h"

#include <QDir>

using namespace Qt::StringLiterals;

namespace quoin::server {

QStringList knownScopes(const Settings &settings)
{
    QStringList scopes{u"admin"_s, u"admin:read"_s, u"metrics:read"_s};
    const QDir folder(settings.text(u"plugins.dir"_s));
    for (const QFileInfo &file : folder.entryInfoList({u"*.so"_s}, QDir::Files, QDir::Name)) {
        const CheckedPlugin plugin = checkPluginFile(file.filePath());
        if (!plugin.facts)
            continue;
        for (const plugins::RouteFacts &route : plugin.facts->routes) {
            if (!route.scope.isEmpty())
                scopes.append(route.scope);
        }
    }
    scopes.removeDuplicates();
    scopes.sort();
    return scopes;
}

} // namespace quoin::server
