// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/request.h"

#include <QStringList>

#include <utility>

namespace admin {

/// Which records, in which order.
struct RecordQuery
{
    Query filter; ///< text, from, to, id_from, id_to as in GET /admin/v1/records
    bool isDescending = true;

    bool operator==(const RecordQuery &) const = default;
    Query withOrder() const
    {
        Query query = filter;
        query << std::pair(QStringLiteral("order"), isDescending ? QStringLiteral("desc") : QStringLiteral("asc"));
        return query;
    }
    QString value(const QString &name) const
    {
        for (const auto &[key, text] : filter) {
            if (key == name)
                return text;
        }
        return {};
    }
};

/// The records as they were at one moment: where each page of them begins. Later ones do not belong to it.
struct Snapshot
{
    RecordQuery query;
    QStringList cursors; ///< of the pages in order; the first may be empty: the beginning
    qint64 count = 0;    ///< of rows; those that were seen so far if it is not counted
    qint64 last = 0;     ///< the highest id that belongs to it
    bool isCounted = false;

    static constexpr int pageRows = 100;
};

} // namespace admin
