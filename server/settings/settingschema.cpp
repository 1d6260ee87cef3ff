// SPDX-License-Identifier: GPL-3.0-only
#include "settings/settingschema.h"

#include "settings/settingvalue.h"

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

/// Levenshtein's distance: how many letters to change, add or drop.
qsizetype distance(QStringView a, QStringView b)
{
    QList<qsizetype> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < a.size(); ++i) {
        qsizetype diagonal = std::exchange(row[0], i + 1);
        for (qsizetype j = 0; j < b.size(); ++j) {
            const qsizetype replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
        }
    }
    return row.last();
}

QString nearest(const QString &unknown, const QStringList &known)
{
    constexpr qsizetype farthest = 2;
    qsizetype best = farthest + 1;
    QString found;
    for (const QString &candidate : known) {
        const qsizetype changes = distance(unknown, candidate);
        if (changes < best) {
            best = changes;
            found = candidate;
        }
    }
    return found.isEmpty() ? QString() : u" Did you mean %1?"_s.arg(found);
}

} // namespace

Result<> SettingSchema::declare(const SettingKey &key)
{
    if (m_byKey.contains(key.key) || m_byVariable.contains(key.environmentName()))
        return Error::conflict(u"the setting %1 is declared twice"_s.arg(key.key));
    if (const auto value = parseSetting(key, key.defaultText); !value)
        return Error::invalid(u"the default of %1: %2"_s.arg(key.key, value.error().message()));

    m_byKey.insert(key.key, m_keys.size());
    m_byVariable.insert(key.environmentName(), m_keys.size());
    m_keys.append(key);
    return {};
}

Result<> SettingSchema::declarePlugin(const QString &pluginId, const QList<SettingKey> &keys)
{
    for (const SettingKey &known : std::as_const(m_keys)) {
        if (known.group() == pluginId)
            return Error::conflict(u"the group [%1] of settings is taken"_s.arg(pluginId));
    }
    SettingSchema extended = *this;
    for (const SettingKey &key : keys) {
        if (const auto declared = extended.declare(key); !declared)
            return declared;
    }
    *this = extended;
    return {};
}

bool SettingSchema::isTolerated(const QString &key) const
{
    return m_tolerated.contains(SettingKey{.key = key, .defaultText = {}, .help = {}}.group());
}

bool SettingSchema::isToleratedVariable(const QString &name) const
{
    return std::ranges::any_of(m_tolerated, [&](const QString &group) {
        return name.startsWith(SettingKey{.key = group + u'.', .defaultText = {}, .help = {}}.environmentName());
    });
}

const SettingKey *SettingSchema::find(const QString &key) const
{
    const auto found = m_byKey.constFind(key);
    return found == m_byKey.cend() ? nullptr : &m_keys.at(*found);
}

const SettingKey *SettingSchema::findByVariable(const QString &name) const
{
    const auto found = m_byVariable.constFind(name);
    return found == m_byVariable.cend() ? nullptr : &m_keys.at(*found);
}

QString SettingSchema::suggestion(const QString &unknownKey) const
{
    QStringList known;
    for (const SettingKey &key : m_keys)
        known.append(key.key);
    return nearest(unknownKey, known);
}

QString SettingSchema::variableSuggestion(const QString &unknownName) const
{
    QStringList known;
    for (const SettingKey &key : m_keys)
        known.append(key.environmentName());
    return nearest(unknownName, known);
}

} // namespace quoin::server
