// SPDX-License-Identifier: GPL-3.0-only
#include "settings/pluginsettings.h"

#include "plugins/metadata.h"
#include "settings/settings.h"

#include <QDir>
#include <QHash>
#include <QJsonObject>
#include <QPluginLoader>
#include <QTemporaryDir>

using namespace Qt::StringLiterals;

namespace quoin::server {

QList<SettingKey> settingKeys(const plugins::Metadata &metadata)
{
    QList<SettingKey> keys;
    for (const auto &declared : metadata.settings) {
        SettingKey key{
            .key = metadata.id + u'.' + declared.key, .defaultText = declared.defaultText, .help = declared.help};
        key.type = settingTypeFromName(declared.type).value_or(SettingType::String);
        key.choices = declared.choices;
        key.least = declared.least.value_or(key.least);
        key.most = declared.most.value_or(key.most);
        key.secret = declared.secret;
        keys.append(key);
    }
    return keys;
}

plugins::TrustOptions trustOptions(const Settings &settings)
{
    using Mode = plugins::TrustOptions::Mode;
    const QHash<QString, Mode> modes{{u"warn"_s, Mode::Warn}, {u"require"_s, Mode::Require}};
    return {modes.value(settings.text(u"plugins.trust"_s), Mode::Off), settings.text(u"plugins.keys"_s),
            settings.text(u"plugins.allow"_s)};
}

QStringList declarePluginSettings(SettingSchema &schema, const QString &folder)
{
    QStringList warnings;
    const QDir dir(folder);
    const QTemporaryDir copies;
    for (const QString &name : dir.entryList({u"*.so"_s}, QDir::Files, QDir::Name)) {
        const QString id = name.chopped(3);
        const QString path = dir.filePath(name);
        plugins::Fault fault;
        // From a copy, because QPluginLoader maps the file, and what is mapped must not change under it. Only load()
        // would run code.
        const QString copy = copies.filePath(name);
        QFile::copy(path, copy);
        const auto metadata = plugins::readMetadata(QPluginLoader(copy).metaData(), id, &fault);
        if (!metadata) {
            schema.tolerate(id); // the plugin host says what is wrong with it
        } else if (const auto declared = schema.declarePlugin(id, settingKeys(*metadata)); !declared) {
            schema.tolerate(id);
            warnings.append(u"%1: %2"_s.arg(path, declared.error().message()));
        }
    }
    return warnings;
}

} // namespace quoin::server
