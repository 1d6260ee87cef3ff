// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settingkey.h"

#include <quoin/result.h>

#include <QVariant>

namespace quoin::server {

/// The value of a text by the rules of its key, of the QVariant type named at SettingType. The Error says what was
/// expected, without the text itself, which may be a secret. An empty text gives an empty QString (or zero) where the
/// key may be empty.
Result<QVariant> parseSetting(const SettingKey &key, const QString &text);

/// "a duration such as 250ms, 30s or 5min": for help and faults.
QString expectedForm(const SettingKey &key);

/// A number of an Integer, Duration or Size as a person would write it: "30s", "16MiB".
QString writtenNumber(SettingType type, qint64 number);

/// The text without the password of any URL in it: "postgresql://me:***@host/db".
QString withoutPasswords(const QString &text);

/// How a value may be shown: "***" for a secret, URLs without passwords, everything else as it is.
QString shownSetting(const SettingKey &key, const QString &text);

} // namespace quoin::server
