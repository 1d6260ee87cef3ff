// SPDX-License-Identifier: GPL-3.0-only
#include "pluginsettings.h"

#include <QDir>
#include <QJsonObject>
#include <QPluginLoader>

using namespace Qt::StringLiterals;

namespace quoin::server {

QStringList declarePluginSettings(SettingSchema &schema, const QString &folder)
{
    QStringList warnings;
    const QDir dir(folder);
    for (const QString &name : dir.entryList({u"*.so"_s}, QDir::Files, QDir::Name)) {
        const QString id = name.chopped(3);
        // QPluginLoader reads the ELF note; only load() would run code.
        const QJsonObject metadata = QPluginLoader(dir.filePath(name)).metaData()[u"MetaData"].toObject();
        const auto declared = schema.declarePlugin(id, metadata[u"settings"].toArray());
        if (declared && !metadata.isEmpty())
            continue;
        schema.tolerate(id);
        if (!declared)
            warnings.append(u"%1: %2"_s.arg(dir.filePath(name), declared.error().message()));
    }
    return warnings;
}

} // namespace quoin::server
