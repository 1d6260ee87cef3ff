// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

#include <QHash>
#include <QStringList>

#include <chrono>

namespace quoin::queue {

/// How tasks of one name are run.
struct TaskKind
{
    /// Lent; outlives every queue that was given it. Called from several threads at once. Null for a batch task.
    abi::TaskHandler *handler = nullptr;
    int attempts = 10; ///< At least 1.
    std::chrono::milliseconds firstDelay = std::chrono::seconds(1);
    std::chrono::milliseconds timeLimit = std::chrono::minutes(5);
    abi::BatchTaskHandler *batch = nullptr; ///< Lent, as above: takes several runs at once.
    int largestBatch = 1;                   ///< Runs that it is given at once at most.
    QStringList parameters
        = {}; ///< The names of its arguments in their order, by which others may pass them; may be empty.
};

/// The tasks this process knows, by name and by alias. A value: filled at start, then copied.
class TaskCatalogue
{
public:
    void add(const QString &name, const TaskKind &kind) { m_kinds.insert(name, kind); }
    /// alias: another name under which the task is accepted. The name may be added later.
    void addAlias(const QString &alias, const QString &name) { m_aliases.insert(alias, name); }

    /// The name itself, or the one an alias stands for; null if unknown.
    QString canonical(const QString &nameOrAlias) const
    {
        if (m_kinds.contains(nameOrAlias))
            return nameOrAlias;
        const QString name = m_aliases.value(nameOrAlias);
        return m_kinds.contains(name) ? name : QString();
    }

    /// Null if unknown. Valid until the catalogue is changed.
    const TaskKind *find(const QString &nameOrAlias) const
    {
        const auto found = m_kinds.constFind(canonical(nameOrAlias));
        return found == m_kinds.cend() ? nullptr : &*found;
    }

    /// Every name a task may be stored under, sorted: names, and aliases of names that are known.
    QStringList names() const
    {
        QStringList all = m_kinds.keys();
        for (auto alias = m_aliases.cbegin(); alias != m_aliases.cend(); ++alias) {
            if (m_kinds.contains(alias.value()) && !m_kinds.contains(alias.key()))
                all += alias.key();
        }
        all.sort();
        return all;
    }

private:
    QHash<QString, TaskKind> m_kinds;
    QHash<QString, QString> m_aliases;
};

} // namespace quoin::queue
