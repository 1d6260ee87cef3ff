// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/descriptionfacts.h"

#include <QHash>
#include <QString>
#include <QStringList>

namespace quoin::plugins {

/// Who has declared what. First come, first served: of two plugins that want the same route, task or migration the
/// later is refused.
class Claims
{
public:
    /// What of this is taken already, and by whom; empty if nothing is. Takes nothing.
    QStringList conflicts(const DescriptionFacts &facts) const;

    /// Takes all of it for the plugin.
    void claim(const DescriptionFacts &facts, const QString &id);

    /// Whether a task, or an alias of one, of this name is there.
    bool hasTask(const QString &name) const { return m_owners.contains(QStringLiteral("task ") + name); }

private:
    QHash<QString, QString> m_owners;
};

} // namespace quoin::plugins
