// SPDX-License-Identifier: GPL-3.0-only
#include "settings/declare.h"

namespace quoin::server::declare {

using enum SettingType;

SettingKey text(SettingType type, const QString &key, const QString &byDefault, const QString &help)
{
    return {.key = key, .type = type, .defaultText = byDefault, .help = help, .mayBeEmpty = byDefault.isEmpty()};
}

SettingKey choice(const QString &key, const QString &byDefault, const QStringList &choices, const QString &help)
{
    return {.key = key, .type = Choice, .defaultText = byDefault, .help = help, .choices = choices};
}

SettingKey url(const QString &key, const QString &byDefault, const QStringList &schemes, const QString &help)
{
    SettingKey made = text(Url, key, byDefault, help);
    made.choices = schemes;
    return made;
}

SettingKey number(SettingType type, const QString &key, const QString &byDefault, qint64 least, qint64 most,
                  const QString &help)
{
    return {.key = key, .type = type, .defaultText = byDefault, .help = help, .least = least, .most = most};
}

SettingKey atStart(SettingKey key)
{
    key.onlyAtStart = true;
    return key;
}

} // namespace quoin::server::declare
