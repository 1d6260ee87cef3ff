// SPDX-License-Identifier: GPL-3.0-only
#include "database/statementcache.h"

namespace quoin::database {

StatementCache::StatementCache(std::size_t limit)
    : m_limit(limit)
{
}

SqlStatement *StatementCache::find(const QString &sql)
{
    const auto found = m_index.constFind(sql);
    if (found == m_index.cend())
        return nullptr;
    m_entries.splice(m_entries.begin(), m_entries, *found);
    return m_entries.front().statement.get();
}

SqlStatement *StatementCache::insert(const QString &sql, std::unique_ptr<SqlStatement> statement)
{
    remove(sql);
    makeRoom();
    m_entries.push_front({sql, std::move(statement)});
    m_index.insert(sql, m_entries.begin());
    return m_entries.front().statement.get();
}

void StatementCache::remove(const QString &sql)
{
    const auto found = m_index.constFind(sql);
    if (found == m_index.cend())
        return;
    m_entries.erase(*found);
    m_index.erase(found);
}

void StatementCache::clear()
{
    m_index.clear();
    m_entries.clear();
}

void StatementCache::makeRoom()
{
    // One that is being read stays: its cursor is in a job's hands.
    for (auto entry = m_entries.end(); m_entries.size() >= m_limit && entry != m_entries.begin();) {
        --entry;
        if (entry->statement->isBusy())
            continue;
        m_index.remove(entry->sql);
        entry = m_entries.erase(entry);
    }
}

} // namespace quoin::database
