// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingresolver.h"

#include "settings/settingvalue.h"

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

const QString configVariable = u"QUOIN_CONFIG"_s;
const QString fileSuffix = u"_FILE"_s;
/// The tests' own switches may stand in the environment of the servers that they start.
const QString testPrefix = u"QUOIN_TEST_"_s;

QString asItIs(const QString &text) { return text; }

/// A host, as in the tutorial, or host:port, as people extend it; an IPv6 address without a port has several colons.
QString redisAt(const QString &host)
{
    if (host.count(u':') > 1 && !host.startsWith(u'['))
        return u"redis://[%1]:6379/0"_s.arg(host);
    const bool hasPort = host.lastIndexOf(u':') > host.lastIndexOf(u']');
    return (hasPort ? u"redis://%1/0"_s : u"redis://%1:6379/0"_s).arg(host);
}

struct TutorialVariable
{
    QString name;
    QString key;
    QString (*value)(const QString &text);
};

const QList<TutorialVariable> tutorialVariables{
    {u"SQLALCHEMY_DATABASE_URI"_s, u"database.url"_s, asItIs},
    {u"REDIS_HOST"_s, u"redis.url"_s, redisAt},
    {u"CELERY_BROKER_URL"_s, u"queue.url"_s, asItIs},
    {u"CELERY_RESULT_BACKEND"_s, u"queue.results"_s, asItIs},
};

} // namespace

Result<Settings> SettingResolver::resolve()
{
    m_settings.m_configFile = m_files.configFile;
    takeFile();
    takeTutorialVariables();
    takeVariables();
    takeArguments();

    for (const SettingKey &key : m_schema.keys()) {
        m_settings.m_byKey.insert(key.key, m_settings.m_settings.size());
        m_settings.m_settings.append(parsed(key));
    }
    if (!m_faults.isEmpty())
        return Error::invalid(m_faults.join(u'\n'));
    return std::move(m_settings);
}

void SettingResolver::takeFile()
{
    const QString &fileName = m_files.configFile;
    m_faults += m_files.config.faults;
    for (const IniEntry &entry : m_files.config.entries) {
        const QString where = u"%1:%2"_s.arg(fileName).arg(entry.line);
        if (!m_schema.find(entry.key))
            unknownKey(where, entry.key);
        else
            m_texts.insert(entry.key, {entry.value, u"file %1 line %2"_s.arg(fileName).arg(entry.line)});
    }
}

void SettingResolver::takeTutorialVariables()
{
    for (const auto &[name, key, value] : tutorialVariables) {
        const QString text = m_sources.environment.value(name);
        if (!text.isEmpty())
            m_texts.insert(key, {value(text), u"environment %1"_s.arg(name)});
    }
}

void SettingResolver::takeVariables()
{
    for (auto [name, text] : m_sources.environment.asKeyValueRange()) {
        const bool isOurs = name.startsWith(u"QUOIN_"_s) && name != configVariable && !name.startsWith(testPrefix);
        if (isOurs && !text.isEmpty())
            takeVariable(name, text);
    }
}

void SettingResolver::takeVariable(const QString &name, const QString &text)
{
    if (const SettingKey *key = m_schema.findByVariable(name)) {
        m_texts.insert(key->key, {text, u"environment %1"_s.arg(name)});
        return;
    }
    const QString base = name.chopped(name.endsWith(fileSuffix) ? fileSuffix.size() : 0);
    if (const SettingKey *key = m_schema.findByVariable(base))
        return takeSecretFile(name, text, *key);
    const QString fault = u"environment %1: there is no such setting."_s.arg(name);
    if (m_schema.isToleratedVariable(name))
        m_settings.m_warnings.append(fault);
    else if (m_unknown == Settings::Unknown::Refuse)
        m_faults.append(fault + m_schema.variableSuggestion(name));
}

void SettingResolver::takeSecretFile(const QString &name, const QString &fileName, const SettingKey &key)
{
    if (!m_sources.environment.value(key.environmentName()).isEmpty()) {
        m_faults.append(u"environment %1: %2 is set too; unset one of them"_s.arg(name, key.environmentName()));
        return;
    }
    const SettingFiles::Secret secret = m_files.secrets.value(name);
    if (!secret.fault.isEmpty()) {
        m_faults.append(u"environment %1: %2"_s.arg(name, secret.fault));
        return;
    }
    m_texts.insert(key.key, {secret.text, u"environment %1 (file %2)"_s.arg(name, fileName)});
}

void SettingResolver::takeArguments()
{
    for (const auto &[key, text, origin] : m_sources.arguments) {
        if (!m_schema.find(key))
            unknownKey(origin, key);
        else
            m_texts.insert(key, {text, origin});
    }
}

void SettingResolver::unknownKey(const QString &where, const QString &key)
{
    const QString fault = u"%1: there is no setting %2."_s.arg(where, key);
    if (m_schema.isTolerated(key))
        m_settings.m_warnings.append(fault);
    else if (m_unknown == Settings::Unknown::Refuse)
        m_faults.append(fault + m_schema.suggestion(key));
}

Setting SettingResolver::parsed(const SettingKey &key)
{
    Setting setting{.key = key, .value = {}, .text = key.defaultText, .origin = u"default"_s};
    if (const auto found = m_texts.constFind(key.key); found != m_texts.cend()) {
        setting.text = found->text;
        setting.origin = found->origin;
    } else if (setting.text.contains(u"${data.dir}"_s)) {
        setting.text.replace(u"${data.dir}"_s,
                             m_settings.contains(u"data.dir"_s) ? m_settings.text(u"data.dir"_s) : QString());
    }
    const auto value = parseSetting(key, setting.text);
    if (value)
        setting.value = *value;
    else
        m_faults.append(u"%1: %2 = \"%3\": %4"_s.arg(setting.origin, key.key, shownSetting(key, setting.text),
                                                     value.error().message()));
    return setting;
}

} // namespace quoin::server
