// SPDX-License-Identifier: GPL-3.0-only
#include "settings/sourcesjson.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

QJsonArray argumentsToJson(const QList<SettingSources::Argument> &arguments)
{
    QJsonArray array;
    for (const auto &[key, text, origin] : arguments)
        array.append(QJsonArray{key, text, origin});
    return array;
}

QList<SettingSources::Argument> argumentsFromJson(const QJsonArray &array)
{
    QList<SettingSources::Argument> arguments;
    for (const auto argument : array)
        arguments.append({argument[0].toString(), argument[1].toString(), argument[2].toString()});
    return arguments;
}

QJsonObject filesToJson(const SettingFiles &files)
{
    QJsonArray entries;
    for (const IniEntry &entry : files.config.entries)
        entries.append(QJsonArray{entry.key, entry.value, entry.line});
    QJsonObject secrets;
    for (auto [name, secret] : files.secrets.asKeyValueRange())
        secrets.insert(name, QJsonArray{secret.text, secret.fault});
    return {{u"configFile"_s, files.configFile},
            {u"entries"_s, entries},
            {u"faults"_s, QJsonArray::fromStringList(files.config.faults)},
            {u"secrets"_s, secrets}};
}

SettingFiles filesFromJson(const QJsonObject &object)
{
    SettingFiles files;
    files.configFile = object.value(u"configFile"_s).toString();
    for (const QJsonArray entries = object.value(u"entries"_s).toArray(); const auto entry : entries)
        files.config.entries.append({entry[0].toString(), entry[1].toString(), entry[2].toInt()});
    for (const QJsonArray faults = object.value(u"faults"_s).toArray(); const auto fault : faults)
        files.config.faults.append(fault.toString());
    const QJsonObject secrets = object.value(u"secrets"_s).toObject();
    for (auto secret = secrets.begin(); secret != secrets.end(); ++secret)
        files.secrets.insert(secret.key(), {secret.value()[0].toString(), secret.value()[1].toString()});
    return files;
}

} // namespace

QJsonObject sourcesToJson(const SettingSources &sources)
{
    const SettingFiles files = sources.files ? *sources.files
                                             : SettingFiles::read(sources.configFile, sources.environment);
    return {{u"arguments"_s, argumentsToJson(sources.arguments)}, {u"files"_s, filesToJson(files)}};
}

SettingSources sourcesFromJson(const QJsonObject &object, const QMap<QString, QString> &environment)
{
    SettingSources sources;
    sources.arguments = argumentsFromJson(object.value(u"arguments"_s).toArray());
    sources.environment = environment;
    sources.files = filesFromJson(object.value(u"files"_s).toObject());
    return sources;
}

} // namespace quoin::server
