// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/databaseoptions.h"
#include "database/databaseurl.h"
#include "database/jobqueue.h"
#include "database/outage.h"

#include <atomic>
#include <latch>
#include <optional>

namespace quoin::database {

/// Jobs that wait, and how many threads are connected to work them off: with none, who asks is turned away and does not
/// wait.
struct Lane
{
    Lane(std::size_t limit, meters::Histogram<meters::requestBounds> &waits, meters::Counter &waiting)
        : queue(limit, waits, waiting)
    {
    }

    JobQueue queue;
    std::atomic<int> connected = 0;
};

/// What the threads of one SqlDatabase have in common.
struct Shared
{
    Shared(DatabaseUrl where, DatabaseOptions chosen, meters::DatabaseMeter *counts)
        : url(std::move(where))
        , options(chosen)
        , meter(counts ? *counts : ownMeter)
        , outage(url.toDisplayString(), meter)
        , reads(options.queueLimit, meter.readWaits, meter.readsWaiting)
        , writes(options.queueLimit, meter.writeWaits, meter.writesWaiting)
    {
    }

    const DatabaseUrl url;
    const DatabaseOptions options;
    meters::DatabaseMeter ownMeter{}; ///< Where nobody looks.
    meters::DatabaseMeter &meter;
    Outage outage;
    Lane reads;
    Lane writes;
    std::optional<std::latch> tried; ///< Counted down by each thread when it has tried to connect for the first time.

    std::atomic<qint64> readsDone = 0;
    std::atomic<qint64> writesDone = 0;
    std::atomic<qint64> batches = 0;
    std::atomic<qint64> largestBatch = 0;
};

} // namespace quoin::database
