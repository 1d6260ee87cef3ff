// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settingkey.h"

/// Keys of settings, each in one line.
namespace quoin::server::declare {

/// May be empty if the default is.
SettingKey text(SettingType type, const QString &key, const QString &byDefault, const QString &help);
SettingKey choice(const QString &key, const QString &byDefault, const QStringList &choices, const QString &help);
/// schemes: the first is the one to write, the others are understood.
SettingKey url(const QString &key, const QString &byDefault, const QStringList &schemes, const QString &help);
SettingKey number(SettingType type, const QString &key, const QString &byDefault, qint64 least, qint64 most,
                  const QString &help);
/// One whose change SIGHUP cannot bring about: the process that reads the signal has built on it.
SettingKey atStart(SettingKey key);

} // namespace quoin::server::declare
