// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settings.h"

#include "settings/settingresolver.h"

#include <QProcessEnvironment>

using namespace Qt::StringLiterals;

namespace quoin::server {

QStringList defaultConfigFiles(const QMap<QString, QString> &environment)
{
    QStringList files;
    const QString base = environment.value(u"XDG_CONFIG_HOME"_s);
    const QString home = environment.value(u"HOME"_s);
    if (base.startsWith(u'/')) // "All paths must be absolute": XDG Base Directory Specification 0.8
        files.append(base + u"/quoin/quoin.ini"_s);
    else if (!home.isEmpty())
        files.append(home + u"/.config/quoin/quoin.ini"_s);
    files.append(u"/etc/quoin/quoin.ini"_s);
    return files;
}

QMap<QString, QString> processEnvironment()
{
    QMap<QString, QString> environment;
    const auto system = QProcessEnvironment::systemEnvironment();
    for (const QString &name : system.keys())
        environment.insert(name, system.value(name));
    return environment;
}

Result<Settings> Settings::resolve(const SettingSchema &schema, const SettingSources &sources, Unknown unknown)
{
    return SettingResolver(schema, sources, unknown).resolve();
}

const Setting &Settings::at(const QString &key) const
{
    const auto found = m_byKey.constFind(key);
    Q_ASSERT_X(found != m_byKey.cend(), "Settings::at", qUtf8Printable(key));
    return m_settings.at(*found);
}

} // namespace quoin::server
