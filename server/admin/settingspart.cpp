// SPDX-License-Identifier: GPL-3.0-only
#include "admin/settingspart.h"

#include "admin/adminjson.h"
#include "configcommand.h"
#include "settings/settings.h"
#include "settings/settingvalue.h"

#include <QSet>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

QJsonObject settingJson(const Setting &setting, bool isPlugins)
{
    QJsonObject object{{u"key"_s, setting.key.key},
                       {u"value"_s, shownValue(setting)},
                       {u"origin"_s, setting.origin},
                       {u"default"_s, shownSetting(setting.key, setting.key.defaultText)},
                       {u"is_default"_s, setting.isDefault()},
                       {u"type"_s, settingTypeName(setting.key.type)},
                       {u"environment"_s, setting.key.environmentName()},
                       {u"takes_effect"_s, takesEffect(setting.key)},
                       {u"help"_s, setting.key.help}};
    if (isPlugins)
        object.insert(u"plugin"_s, setting.key.group());
    return object;
}

} // namespace

void SettingsPart::describe(Registry &registry)
{
    registry.get(u"/admin/v1/settings"_s, [this](const Request &request) { return list(request); })
        .summary(u"Every setting, with its origin; secrets are masked"_s)
        .scope(adminRead);
}

Result<Response> SettingsPart::list(const Request &request) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    QSet<QString> plugins;
    for (const auto *plugin : m_host.plugins())
        plugins.insert(plugin->id());
    QJsonArray results;
    for (const Setting &setting : m_host.settings->all())
        results.append(settingJson(setting, plugins.contains(setting.key.group())));
    QJsonObject answer = apiList(results);
    if (!m_host.settings->configFile().isEmpty())
        answer.insert(u"file"_s, m_host.settings->configFile());
    return apiAnswer(answer);
}

} // namespace quoin::server
