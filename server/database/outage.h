// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "meters/meters.h"

#include <quoin/result.h>

#include <QString>

#include <atomic>
#include <mutex>

namespace quoin::database {

/// Whether the database can be reached, told by the threads of one SqlDatabase, so that an outage is one line in the
/// log and not one for each connection. Any thread.
class Outage
{
public:
    /// meter: where it is counted; lent.
    Outage(QString where, meters::DatabaseMeter &meter);

    bool isAway() const { return m_away.load(std::memory_order_acquire); }
    qint64 count() const { return m_count.load(std::memory_order_relaxed); }

    /// Connecting failed and nobody is connected. Logs a warning the first time. heals is what heals() said when the
    /// attempt began: one that began before the server was back says nothing about now.
    void lost(const QString &reason, qint64 heals);
    bool healed(); ///< Connecting went well. If it was lost, logs a line and returns true.
    /// Rises with each outage that ended.
    qint64 heals() const { return m_heals.load(std::memory_order_acquire); }

    /// What a job is told that cannot run because of it.
    static Error error();

private:
    const QString m_where;
    meters::DatabaseMeter &m_meter;
    std::mutex m_mutex;
    std::atomic<bool> m_away = false;
    std::atomic<qint64> m_count = 0;
    std::atomic<qint64> m_heals = 0;
};

} // namespace quoin::database
