// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settings.h"

#include "settings/settingresolver.h"

#include <QProcessEnvironment>

using namespace Qt::StringLiterals;

namespace quoin::server {

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
