// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settings.h"

namespace quoin::server {

/// Collects texts by key from each source, the strongest last so that it replaces the weaker, then parses what is left.
class SettingResolver
{
public:
    SettingResolver(const SettingSchema &schema, const SettingSources &sources, Settings::Unknown unknown)
        : m_schema(schema)
        , m_sources(sources)
        , m_files(sources.files ? *sources.files : SettingFiles::read(sources.configFile, sources.environment))
        , m_unknown(unknown)
    {
    }

    Result<Settings> resolve();

private:
    struct Text
    {
        QString text;
        QString origin;
    };

    void takeFile();
    void takeTutorialVariables();
    void takeVariables();
    void takeVariable(const QString &name, const QString &text);
    void takeSecretFile(const QString &name, const QString &fileName, const SettingKey &key);
    void takeArguments();
    void unknownKey(const QString &where, const QString &key);
    Setting parsed(const SettingKey &key);

    const SettingSchema &m_schema;
    const SettingSources &m_sources;
    const SettingFiles m_files;
    Settings::Unknown m_unknown;
    QHash<QString, Text> m_texts;
    QStringList m_faults;
    Settings m_settings;
};

} // namespace quoin::server
