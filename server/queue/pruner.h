// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/clock.h"

#include <quoin/database.h>

#include <QObject>
#include <QTimer>

#include <memory>

namespace quoin::queue {

class Mailbox;

/// What is kept of tasks that are done or cancelled. Dead ones are kept: they wait for a person.
struct Retention
{
    std::chrono::hours age = std::chrono::hours(24 * 7); ///< 0: nothing is pruned by age.
    qint64 count = 100'000; ///< The newest so many are kept. 0: nothing is pruned by count.
    std::chrono::milliseconds interval = std::chrono::minutes(1);
    int batch = 500; ///< Rows deleted in one transaction, so that writers wait for milliseconds only.
};

/// Deletes finished tasks that are too old or too many, oldest first, now and then. Several processes may do so on one
/// database. A database that is away is tried again at the next time. Lives in one thread with an event loop.
class Pruner final : public QObject
{
    Q_OBJECT

public:
    /// database is lent and outlives this object.
    explicit Pruner(abi::Database *database, const Retention &retention = {}, Clock clock = systemMicroseconds,
                    QObject *parent = nullptr);
    ~Pruner() override;

    /// Prunes from now on at each interval.
    void start();
    /// Prunes once, soon. While it is at it, nothing happens.
    void prune();

Q_SIGNALS:
    /// A round has ended; rows were deleted in it.
    void pruned(qint64 rows);

private:
    /// The newest finished task that is to go. All that finished before it go with it.
    struct Edge
    {
        qint64 finished = 0;
        qint64 id = 0;
    };
    static Result<Edge> findEdge(Connection connection, const Retention &retention, qint64 now);
    void deleteBatch(const Edge &edge);
    void end();

    const Database m_database;
    const Retention m_retention;
    const Clock m_clock;
    const std::shared_ptr<Mailbox> m_mailbox; // shared with database jobs, which may end after this
    QTimer m_timer;
    bool m_busy = false;
    qint64 m_rows = 0;
};

} // namespace quoin::queue
