// SPDX-License-Identifier: GPL-3.0-only
#include "queue/pruning.h"

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

/// The newest finished task that is to go, as (finished, id); (0, 0) when all may stay.
struct Edge
{
    qint64 finished = 0;
    qint64 id = 0;
};

Result<Edge> edgeByCount(Connection &connection, qint64 count)
{
    auto rows = connection.query(u"SELECT finished, id FROM task WHERE state IN ('done', 'cancelled') "
                                 "ORDER BY finished DESC, id DESC LIMIT 1 OFFSET ?"_s, {count});
    if (!rows)
        return rows.error();
    if (rows->next())
        return Edge{rows->integer(0), rows->integer(1)};
    if (const auto stepped = rows->error(); !stepped)
        return stepped.error();
    return Edge{};
}

} // namespace

Result<qint64> prune(Connection connection, const Retention &retention, qint64 now)
{
    Edge edge;
    if (retention.count > 0) {
        const auto counted = edgeByCount(connection, retention.count);
        if (!counted)
            return counted.error();
        edge = *counted;
    }
    if (retention.age.count() > 0) {
        const qint64 oldest = now - std::chrono::microseconds(retention.age).count();
        if (oldest > edge.finished)
            edge = {oldest, 0};
    }
    if (edge.finished <= 0)
        return 0;
    return connection.execute(u"DELETE FROM task WHERE id IN (SELECT id FROM task WHERE state IN ('done', 'cancelled') "
                              "AND (finished, id) <= (?, ?) ORDER BY finished, id LIMIT ?)"_s,
                              {edge.finished, edge.id, retention.batch});
}

} // namespace quoin::queue
