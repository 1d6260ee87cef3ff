// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settingkey.h"

#include <quoin/result.h>

#include <QHash>
#include <QList>
#include <QSet>

namespace quoin::server {

/// All settings there are: the host's, and those that plugins declare in their metadata. A value.
class SettingSchema
{
public:
    /// Adds one. Its key must be new, its default must be a value of its type.
    Result<> declare(const SettingKey &key);

    /// Adds those of a plugin, whose keys begin with its id and a dot: all of them or none. A plugin may not use a
    /// group of the host.
    Result<> declarePlugin(const QString &pluginId, const QList<SettingKey> &keys);

    /// Settings of this group (a plugin whose metadata cannot be read) are passed over with a warning instead of
    /// stopping the start.
    void tolerate(const QString &group) { m_tolerated.insert(group); }
    bool isTolerated(const QString &key) const;
    bool isToleratedVariable(const QString &name) const;

    const SettingKey *find(const QString &key) const;
    const SettingKey *findByVariable(const QString &name) const;
    /// In the order declared.
    const QList<SettingKey> &keys() const { return m_keys; }

    /// " Did you mean http.listen?", or nothing if no key is near. Variables likewise.
    QString suggestion(const QString &unknownKey) const;
    QString variableSuggestion(const QString &unknownName) const;

private:
    QList<SettingKey> m_keys;
    QHash<QString, qsizetype> m_byKey;
    QHash<QString, qsizetype> m_byVariable;
    QSet<QString> m_tolerated;
};

} // namespace quoin::server
