// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/database.h>
#include <quoin/http.h>
#include <quoin/tasks.h>

namespace records {

/// What a curator may do with records that are there: correct them, remove them, have them archived again. Whoever
/// subscribes is told in the same transaction. Handlers for pool threads: they block.
class RecordChanges
{
public:
    RecordChanges(const quoin::Database &database, const quoin::Events &events)
        : m_database(database)
        , m_events(events)
    {
    }

    /// GET /admin/v1/records/{id}: as GET /record/{id}, with the entity tag for If-Match.
    quoin::Result<quoin::Response> show(qint64 id) const;

    /// PUT /admin/v1/records/{id}: another value in place of the one that is there, and record.changed(id, data). The
    /// same value again changes nothing and tells nobody. 412 if If-Match (RFC 9110 §13.1.1) names another value than
    /// the one that is there.
    quoin::Result<quoin::Response> replace(const quoin::Request &request, qint64 id) const;

    /// DELETE /admin/v1/records/{id}, and record.deleted(id). Its number is never given again; Conflict where the
    /// database would. If-Match as for PUT.
    quoin::Result<quoin::Response> remove(const quoin::Request &request, qint64 id) const;

    /// POST /admin/v1/records/archive {"ids":[1,2]}: record.archive(id, data) for each of them, some megabytes a
    /// transaction. Answers how many there were, and which were missing or (SQLite, other programs) no JSON.
    quoin::Result<quoin::Response> archive(const quoin::Request &request) const;

    static constexpr qsizetype mostIds = 1000;

private:
    quoin::Database m_database;
    quoin::Events m_events;
};

} // namespace records
