// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QString>

#include <atomic>
#include <mutex>

namespace quoin::database {

/// Whether the database can be reached, shared by the threads of one SqlDatabase, so that an outage is one line in the log and not one
/// for each connection. Any thread.
class Outage
{
public:
    explicit Outage(QString where);

    bool isAway() const { return m_away.load(std::memory_order_acquire); }
    qint64 count() const { return m_count.load(std::memory_order_relaxed); }

    void lost(const QString &reason); ///< The server does not take connections. Logs a warning the first time.
    void healed(); ///< It does. Logs a line if it was lost.

    /// What a job is told that cannot run because of it.
    static Error error();

private:
    const QString m_where;
    std::mutex m_mutex;
    std::atomic<bool> m_away = false;
    std::atomic<qint64> m_count = 0;
};

} // namespace quoin::database
