// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingfiles.h"

#include <QFile>
#include <QFileInfo>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

constexpr qint64 largestSecret = 64 * 1024;

QString fileToRead(const QString &wanted, const QMap<QString, QString> &environment)
{
    if (!wanted.isEmpty())
        return wanted;
    if (const QString named = environment.value(u"QUOIN_CONFIG"_s); !named.isEmpty())
        return named;
    for (const QString &usual : defaultConfigFiles(environment)) {
        if (QFileInfo::exists(usual))
            return usual;
    }
    return {};
}

SettingFiles::Secret readSecret(const QString &fileName)
{
    QFile file(fileName);
    if (!file.open(QIODevice::ReadOnly))
        return {{}, u"%1 cannot be read: %2"_s.arg(fileName, file.errorString())};
    // An editor ends a file with a line break that is no part of the secret.
    return {QString::fromUtf8(file.read(largestSecret)).trimmed(), {}};
}

} // namespace

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

SettingFiles SettingFiles::read(const QString &wanted, const QMap<QString, QString> &environment)
{
    SettingFiles files;
    files.configFile = fileToRead(wanted, environment);
    if (!files.configFile.isEmpty())
        files.config = readIni(files.configFile);
    for (auto [name, text] : environment.asKeyValueRange()) {
        if (name.startsWith(u"QUOIN_"_s) && name.endsWith(u"_FILE"_s) && !text.isEmpty())
            files.secrets.insert(name, readSecret(text));
    }
    return files;
}

} // namespace quoin::server
