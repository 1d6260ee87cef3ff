// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/sqlstatement.h"

#include <QHash>
#include <QString>

#include <list>
#include <memory>

namespace quoin::database {

/// Prepared statements by their text; the least recently used one leaves first.
class StatementCache
{
public:
    explicit StatementCache(std::size_t limit);

    /// Null: not there. It becomes the most recently used.
    SqlStatement *find(const QString &sql);
    /// Takes the place of one with the same text.
    SqlStatement *insert(const QString &sql, std::unique_ptr<SqlStatement> statement);
    void remove(const QString &sql);
    void clear();
    std::size_t size() const { return m_entries.size(); }

private:
    struct Entry
    {
        QString sql;
        std::unique_ptr<SqlStatement> statement;
    };
    using Entries = std::list<Entry>;

    void makeRoom();

    const std::size_t m_limit;
    Entries m_entries; ///< Most recently used first.
    QHash<QString, Entries::iterator> m_index;
};

} // namespace quoin::database
