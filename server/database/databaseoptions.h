// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <chrono>
#include <cstddef>

namespace quoin::database {

/// What may be tuned about a SqlDatabase. 0 threads means the dialect's own number.
struct DatabaseOptions
{
    std::size_t queueLimit
        = 8192;                   ///< Jobs that may wait for reading, and as many for writing; one more is Unavailable.
    std::size_t batchLimit = 256; ///< Write jobs that share one transaction at most.
    int readers = 0;              ///< Threads and connections for reading; 0: 2 on SQLite, 4 on PostgreSQL.
    int writers = 0; ///< The same for writing; 0: 4 on PostgreSQL. SQLite has one writer by nature, so it is 1 there.
    int statementLimit = 128; ///< Prepared statements that a connection keeps.
    std::chrono::milliseconds busyTimeout{
        5000}; ///< SQLite: how long to wait for another process that holds the write lock.
    std::chrono::milliseconds checkTimeout{1000}; ///< How long check() waits for an answer.
};

/// What a SqlDatabase has done since it was constructed, and what waits now.
struct DatabaseFigures
{
    qint64 readsWaiting = 0;
    qint64 writesWaiting = 0;
    qint64 reads = 0;        ///< Read jobs finished, well or badly.
    qint64 writes = 0;       ///< Write jobs whose transaction was committed.
    qint64 batches = 0;      ///< Transactions committed; writes / batches is the mean batch.
    qint64 largestBatch = 0; ///< Jobs in the largest committed transaction.
    qint64 failures = 0;     ///< Write jobs that were rolled back for good.
    qint64 refused = 0;      ///< Jobs turned away: the queue was full, or the server away.
    qint64 outages = 0;      ///< How often the server was lost.
    bool away = false;       ///< The server cannot be reached now.
};

} // namespace quoin::database
