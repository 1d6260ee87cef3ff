// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/inifile.h"

#include <QMap>

namespace quoin::server {

/// What the files that hold settings said at one moment: everybody who resolves settings from it sees the same, however
/// the files change meanwhile. A value.
struct SettingFiles
{
    /// What a variable QUOIN_..._FILE led to.
    struct Secret
    {
        QString text;
        QString fault; ///< Why there is no text.
    };

    QString configFile; ///< That was read; empty: there was none.
    IniFile config;
    QMap<QString, Secret> secrets; ///< By the name of the variable.

    /// wanted: from --config; empty: QUOIN_CONFIG, else the first that exists of the usual places
    /// (defaultConfigFiles()).
    static SettingFiles read(const QString &wanted, const QMap<QString, QString> &environment);
};

/// <XDG_CONFIG_HOME or ~/.config>/quoin/quoin.ini, then /etc/quoin/quoin.ini.
QStringList defaultConfigFiles(const QMap<QString, QString> &environment);

} // namespace quoin::server
