// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/metadata.h"

#include "plugins/metadataschema.h"

#include <quoin/plugin.h>

#include <QRegularExpression>
#include <QSet>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

namespace {

bool matches(const QString &text, const QString &pattern)
{
    return QRegularExpression(QRegularExpression::anchoredPattern(pattern)).match(text).hasMatch();
}

/// A version of as many numbers as asked for; null if the text is anything else.
QVersionNumber version(const QString &text, const QString &pattern)
{
    return matches(text, pattern) ? QVersionNumber::fromString(text) : QVersionNumber();
}

Requirement readRequirement(const QJsonObject &object, const QString &place, ObjectReader &parent)
{
    ObjectReader reader(object, place);
    const QString id = reader.string(u"id"_s);
    const QString atLeast = reader.string(u"atLeast"_s);
    Requirement requirement{id, version(atLeast, u"[0-9]{1,9}(\\.[0-9]{1,9}){0,2}"_s)};
    if (!isPluginId(id))
        reader.fail(u"\"id\" of %1 is no plugin id: \"%2\""_s.arg(place, id));
    if (requirement.atLeast.isNull())
        reader.fail(u"\"atLeast\" of %1 is no version: \"%2\""_s.arg(place, atLeast));
    if (const QString fault = reader.fault(); !fault.isEmpty())
        parent.fail(fault);
    return requirement;
}

SettingDeclaration readSetting(const QJsonObject &object, const QString &place, ObjectReader &parent)
{
    ObjectReader reader(object, place);
    SettingDeclaration setting{reader.string(u"key"_s),   reader.string(u"type"_s),     reader.string(u"default"_s),
                               reader.string(u"help"_s),  reader.strings(u"choices"_s), reader.integer(u"least"_s),
                               reader.integer(u"most"_s), reader.flag(u"secret"_s)};
    if (!matches(setting.key, u"[a-z][a-z0-9_]*"_s))
        reader.fail(u"\"key\" of %1 must be lower-case letters, digits and '_': \"%2\""_s.arg(place, setting.key));
    if (!settingTypes().contains(setting.type))
        reader.fail(u"\"type\" of %1 must be one of %2"_s.arg(place, settingTypes().join(u", "_s)));
    if (setting.help.isEmpty())
        reader.fail(u"\"help\" of %1 is empty"_s.arg(place));
    if (setting.type == u"choice"_s && !setting.choices.contains(setting.defaultText))
        reader.fail(u"\"default\" of %1 is not among its choices"_s.arg(place));
    if (const QString fault = reader.fault(); !fault.isEmpty())
        parent.fail(fault);
    return setting;
}

Metadata readMembers(ObjectReader &reader)
{
    Metadata metadata;
    metadata.id = reader.string(u"id"_s);
    const QString versionText = reader.string(u"version"_s);
    metadata.version = version(versionText, u"(0|[1-9][0-9]{0,8})(\\.(0|[1-9][0-9]{0,8})){2}"_s);
    metadata.title = reader.string(u"title"_s);
    metadata.sdk = static_cast<int>(reader.integer(u"sdk"_s).value_or(-1));
    if (!isPluginId(metadata.id))
        reader.fail(u"\"id\" must be lower-case words joined by dots: \"%1\""_s.arg(metadata.id));
    if (metadata.version.isNull())
        reader.fail(u"\"version\" must be three numbers such as 1.2.3: \"%1\""_s.arg(versionText));
    if (metadata.title.isEmpty())
        reader.fail(u"\"title\" is empty"_s);

    QSet<QString> seen;
    for (const QJsonObject &object : reader.objects(u"requires"_s)) {
        const auto requirement = readRequirement(object, u"requires[%1]"_s.arg(metadata.requirements.size()), reader);
        if (seen.contains(requirement.id))
            reader.fail(u"it requires %1 twice"_s.arg(requirement.id));
        seen.insert(requirement.id);
        metadata.requirements.append(requirement);
    }
    seen.clear();
    for (const QJsonObject &object : reader.objects(u"settings"_s)) {
        const auto setting = readSetting(object, u"settings[%1]"_s.arg(metadata.settings.size()), reader);
        if (seen.contains(setting.key))
            reader.fail(u"it declares the setting %1 twice"_s.arg(setting.key));
        seen.insert(setting.key);
        metadata.settings.append(setting);
    }
    return metadata;
}

/// What must hold before the members mean anything: another interface or a newer SDK may use other ones.
std::optional<Fault> checkInterface(const QJsonObject &loaderMetadata)
{
    const QString interface = loaderMetadata.value(u"IID"_s).toString();
    if (interface != QLatin1StringView(QUOIN_PLUGIN_IID)) {
        return Fault{u"its interface is \"%1\", not \"%2\""_s.arg(interface, QLatin1StringView(QUOIN_PLUGIN_IID)),
                     u"name QUOIN_PLUGIN_IID in Q_PLUGIN_METADATA"_s};
    }
    const int sdk = loaderMetadata.value(u"MetaData"_s).toObject().value(u"sdk"_s).toInt(-1);
    if (sdk < 0 || sdk > QUOIN_SDK_MINOR) {
        return Fault{sdk < 0 ? u"it does not say which SDK it was built with"_s
                             : u"built for SDK 1.%1, this host offers 1.%2"_s.arg(sdk).arg(QUOIN_SDK_MINOR),
                     u"rebuild it with SDK 1.%1, or use a newer host"_s.arg(QUOIN_SDK_MINOR)};
    }
    return std::nullopt;
}

} // namespace

QStringList settingTypes()
{
    return {u"string"_s, u"integer"_s, u"boolean"_s, u"duration"_s, u"size"_s,
            u"choice"_s, u"url"_s,     u"path"_s,    u"addresses"_s};
}

bool isPluginId(const QString &text) { return matches(text, u"[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*"_s); }

std::optional<Metadata> readMetadata(const QJsonObject &loaderMetadata, const QString &baseName, Fault *fault)
{
    if (const auto wrong = checkInterface(loaderMetadata)) {
        *fault = *wrong;
        return std::nullopt;
    }
    ObjectReader reader(loaderMetadata.value(u"MetaData"_s).toObject(), QString());
    const Metadata metadata = readMembers(reader);
    if (const QString reason = reader.fault(); !reason.isEmpty()) {
        *fault = {u"its metadata is wrong: "_s + reason,
                  u"mend the arguments of quoin_add_plugin(), or its SETTINGS file"_s};
        return std::nullopt;
    }
    if (metadata.id != baseName) {
        *fault = {u"its id is \"%1\", so its file must be %1.so"_s.arg(metadata.id),
                  u"rename the file to %1.so"_s.arg(metadata.id)};
        return std::nullopt;
    }
    return metadata;
}

} // namespace quoin::plugins
