// SPDX-License-Identifier: GPL-3.0-only
#include "settings/reload.h"

#include "configcommand.h"
#include "settings/configuration.h"
#include "settings/settingkeys.h"
#include "settings/settingrules.h"
#include "settings/settingvalue.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

/// Of a plugin that was not there.
Setting atDefault(const SettingKey &key)
{
    const auto value = parseSetting(key, key.defaultText);
    return {key, value ? *value : QVariant(), key.defaultText, u"default"_s};
}

} // namespace

QString SettingChange::toLine() const
{
    return u"key=%1 value=\"%2\" origin=\"%3\""_s.arg(after.key.key, shownValue(after), after.origin);
}

QList<SettingChange> settingChanges(const Settings &before, const Settings &after)
{
    QList<SettingChange> changes;
    for (const Setting &setting : after.all()) {
        const QString &key = setting.key.key;
        const Setting was = before.contains(key) ? before.at(key) : atDefault(setting.key);
        if (was.value != setting.value)
            changes.append({was, setting});
    }
    return changes;
}

Result<Reload> readSettingsAgain(const Configuration &now, const SettingSources &atStart,
                                 const std::function<bool(const SettingKey &)> &mayChange)
{
    SettingSources sources = atStart;
    sources.files = SettingFiles::read(atStart.configFile, atStart.environment);
    auto settings = loadSettings(sources, Surroundings::here());
    if (!settings)
        return settings.error();

    Reload reload;
    for (const SettingChange &change : settingChanges(now.settings, *settings)) {
        if (mayChange(change.after.key))
            continue;
        reload.kept.append(change);
        sources.arguments.append({change.before.key.key, change.before.text, change.before.origin});
    }
    if (!reload.kept.isEmpty()) // defaults of others may depend on them
        settings = loadSettings(sources, Surroundings::here());
    if (!settings)
        return settings.error();
    if (const QStringList refused = refusedSettings(*settings); !refused.isEmpty())
        return Error::invalid(refused.join(u'\n'));
    reload.changed = settingChanges(now.settings, *settings);
    reload.next = {*std::move(settings), sources};
    return reload;
}

} // namespace quoin::server
