// SPDX-License-Identifier: GPL-3.0-only
#include "configcommand.h"

#include "settings/settingvalue.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace Qt::StringLiterals;

namespace quoin::server {

QString shownValue(const Setting &setting)
{
    const bool isPath = setting.key.type == SettingType::Path;
    return shownSetting(setting.key, isPath ? setting.value.toString() : setting.text);
}

QString takesEffect(const SettingKey &key) { return key.onlyAtStart ? u"restart"_s : u"reload"_s; }

namespace {

qsizetype width(const Settings &settings, QString (*cell)(const Setting &), qsizetype most)
{
    qsizetype widest = 0;
    for (const Setting &setting : settings.all())
        widest = std::max(widest, std::min(cell(setting).size(), most));
    return widest;
}

QString valueCell(const Setting &setting)
{
    const QString shown = shownValue(setting);
    return shown.isEmpty() ? u"(not set)"_s : shown;
}

} // namespace

QString settingsAsText(const Settings &settings, bool isColoured)
{
    const QString faint = isColoured ? u"\x1b[2m"_s : QString();
    const QString plain = isColoured ? u"\x1b[0m"_s : QString();
    const auto keyWidth = width(
        settings, [](const Setting &setting) { return setting.key.key; }, 40);
    const auto valueWidth = width(settings, valueCell, 44);

    QString text = u"Settings file: %1\n"_s.arg(settings.configFile().isEmpty() ? u"none"_s : settings.configFile());
    QString group;
    for (const Setting &setting : settings.all()) {
        if (std::exchange(group, setting.key.group()) != setting.key.group())
            text += u"\n[%1]\n"_s.arg(group);
        text += setting.key.key.leftJustified(keyWidth) + u"  "_s + valueCell(setting).leftJustified(valueWidth)
            + u"  "_s + setting.origin + u'\n';
        text += u"    "_s + faint + setting.key.help
            + (setting.key.onlyAtStart ? u" A change needs a restart."_s : QString()) + plain + u'\n';
    }
    return text;
}

QByteArray settingsAsJson(const Settings &settings)
{
    QJsonArray array;
    for (const Setting &setting : settings.all()) {
        array.append(QJsonObject{{u"key"_s, setting.key.key},
                                 {u"value"_s, shownValue(setting)},
                                 {u"origin"_s, setting.origin},
                                 {u"type"_s, settingTypeName(setting.key.type)},
                                 {u"default"_s, shownSetting(setting.key, setting.key.defaultText)},
                                 {u"environment"_s, setting.key.environmentName()},
                                 {u"takes_effect"_s, takesEffect(setting.key)},
                                 {u"help"_s, setting.key.help}});
    }
    return QJsonDocument(array).toJson();
}

} // namespace quoin::server
