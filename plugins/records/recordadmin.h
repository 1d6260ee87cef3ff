// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/listing.h>

namespace records {

/// The records as the admin API lists them: in either order, with filters, and with the cursors by which a table can
/// jump to any row of a million. Handlers for pool threads: they block, in reads that are each short.
class RecordAdmin
{
public:
    explicit RecordAdmin(const quoin::Database &database)
        : m_database(database)
    {
    }

    /// GET /admin/v1/records?limit=&after=&order=&text=&from=&to=&id_from=&id_to=
    quoin::Result<quoin::Response> list(const quoin::Request &request) const;
    /// GET /admin/v1/records/positions?every=&last= and the filters and order of the list.
    quoin::Result<quoin::Response> positions(const quoin::Request &request) const;

    /// A larger record is listed without its data.
    static constexpr qint64 largestShown = 65'536;

private:
    struct Position
    {
        bool isDescending = true;
        std::optional<qint64> after;
        std::optional<qint64> last; ///< Records with higher ids came later and do not belong to it.
    };
    static QByteArray cursorOf(const Position &position);
    static quoin::Result<Position> positionOf(const quoin::Request &request);

    quoin::Result<quoin::RowSelection> selection(const quoin::Request &request, const Position &position) const;
    quoin::Result<> selectTimes(const quoin::Request &request, quoin::RowSelection &selection) const;
    quoin::Result<> selectText(const quoin::Request &request, quoin::RowSelection &selection) const;
    quoin::Result<qint64> lastId() const;

    quoin::Database m_database;
};

} // namespace records
