// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingkey.h"

#include <QHash>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

const QList<std::pair<SettingType, QString>> typeNames{
    {SettingType::String, u"string"_s},
    {SettingType::Integer, u"integer"_s},
    {SettingType::Boolean, u"boolean"_s},
    {SettingType::Duration, u"duration"_s},
    {SettingType::Size, u"size"_s},
    {SettingType::Choice, u"choice"_s},
    {SettingType::Url, u"url"_s},
    {SettingType::Path, u"path"_s},
    {SettingType::Addresses, u"addresses"_s},
};

} // namespace

QString settingTypeName(SettingType type)
{
    for (const auto &[known, name] : typeNames) {
        if (known == type)
            return name;
    }
    return {};
}

std::optional<SettingType> settingTypeFromName(const QString &name)
{
    for (const auto &[type, known] : typeNames) {
        if (known == name)
            return type;
    }
    return std::nullopt;
}

QString SettingKey::environmentName() const
{
    QString name = u"QUOIN_"_s + key.toUpper();
    for (QChar &character : name) {
        if (character == u'.' || character == u'-')
            character = u'_';
    }
    return name;
}

} // namespace quoin::server
