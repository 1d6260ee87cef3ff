// SPDX-License-Identifier: GPL-3.0-only
#include "queue/pruner.h"

#include "queue/mailbox.h"
#include "queue/queuelog.h"
#include "queue/rows.h"
#include "queue/taskattempts.h"

namespace quoin::queue {

using namespace Qt::StringLiterals;

Pruner::Pruner(abi::Database *database, const Retention &retention, Clock clock, QObject *parent)
    : QObject(parent)
    , m_database(database)
    , m_retention(retention)
    , m_clock(std::move(clock))
    , m_mailbox(std::make_shared<Mailbox>(this))
{
    m_timer.setTimerType(Qt::VeryCoarseTimer);
    m_timer.callOnTimeout(this, &Pruner::prune);
}

Pruner::~Pruner() { m_mailbox->close(); }

void Pruner::start() { m_timer.start(m_retention.interval); }

void Pruner::prune()
{
    if (m_busy)
        return;
    m_busy = true;
    m_rows = 0;
    m_database
        .read([retention = m_retention, now = m_clock()](Connection &connection) {
            return findEdge(connection, retention, now);
        })
        .then([this, mailbox = m_mailbox](const Result<Edge> &edge) {
            mailbox->post([this, edge] {
                if (edge && edge->finished > 0)
                    deleteBatch(*edge);
                else
                    end();
            });
        });
}

Result<Pruner::Edge> Pruner::findEdge(Connection connection, const Retention &retention, qint64 now)
{
    Edge edge;
    if (retention.age.count() > 0)
        edge.finished = now - std::chrono::microseconds(retention.age).count();
    if (retention.count <= 0)
        return edge;
    auto rows = connection.query(u"SELECT finished, id FROM task WHERE state IN ('done', 'cancelled') "
                                 "ORDER BY finished DESC, id DESC LIMIT 1 OFFSET ?"_s,
                                 {retention.count});
    if (!rows)
        return rows.error();
    if (rows->next() && rows->integer(0) >= edge.finished)
        return Edge{rows->integer(0), rows->integer(1)};
    if (const auto stepped = rows->error(); !stepped)
        return stepped.error();
    return edge;
}

void Pruner::deleteBatch(const Edge &edge)
{
    const QString sql = u"DELETE FROM task WHERE id IN (SELECT id FROM task WHERE state IN ('done', 'cancelled') "
                        "AND (finished, id) <= (?, ?) ORDER BY finished, id LIMIT ?) RETURNING id"_s;
    m_database
        .write([=, batch = m_retention.batch](Connection &connection) -> Result<qint64> {
            const auto ids = eachRow(connection, sql, {edge.finished, edge.id, batch},
                                     [](const Rows &row) { return row.integer(0); });
            if (!ids)
                return ids.error();
            if (const auto forgotten = forgetAttempts(connection, *ids); !forgotten)
                return forgotten.error();
            return ids->size();
        })
        .then([this, edge, mailbox = m_mailbox](const Result<qint64> &deleted) {
            mailbox->post([this, edge, deleted] {
                if (deleted)
                    m_rows += *deleted;
                if (deleted && *deleted == m_retention.batch)
                    deleteBatch(edge);
                else
                    end();
            });
        });
}

void Pruner::end()
{
    m_busy = false;
    if (m_rows > 0)
        qCInfo(quoinQueue) << "pruned" << m_rows << "finished tasks";
    Q_EMIT pruned(m_rows);
}

} // namespace quoin::queue
