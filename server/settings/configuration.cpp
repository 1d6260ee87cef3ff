// SPDX-License-Identifier: GPL-3.0-only
#include "settings/configuration.h"

#include "settings/pluginsettings.h"

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

/// plugins.dir alone, so that what is wrong with other settings is told once, in the second pass.
Result<QString> pluginFolder(const SettingSchema &schema, const SettingSources &sources)
{
    SettingSchema first;
    for (const QString &key : {u"data.dir"_s, u"plugins.dir"_s}) {
        if (const auto declared = first.declare(*schema.find(key)); !declared)
            return declared.error();
    }
    const auto settings = Settings::resolve(first, sources, Settings::Unknown::Ignore);
    if (!settings)
        return settings.error();
    return settings->text(u"plugins.dir"_s);
}

} // namespace

Result<Settings> loadSettings(const SettingSources &sources, const Surroundings &surroundings)
{
    SettingSchema schema = hostSettings(surroundings);
    const auto folder = pluginFolder(schema, sources);
    if (!folder)
        return folder.error();
    const QStringList warnings = declarePluginSettings(schema, *folder);

    auto settings = Settings::resolve(schema, sources);
    if (settings)
        settings->addWarnings(warnings);
    return settings;
}

} // namespace quoin::server
