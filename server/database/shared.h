// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/databaseoptions.h"
#include "database/databaseurl.h"
#include "database/jobqueue.h"
#include "database/outage.h"

#include <atomic>

namespace quoin::database {

/// What the threads of one SqlDatabase have in common.
struct Shared
{
    Shared(DatabaseUrl where, DatabaseOptions chosen)
        : url(std::move(where))
        , options(chosen)
        , outage(url.toDisplayString())
        , reads(options.queueLimit)
        , writes(options.queueLimit)
    {
    }

    const DatabaseUrl url;
    const DatabaseOptions options;
    Outage outage;
    JobQueue reads;
    JobQueue writes;

    std::atomic<qint64> readsDone = 0;
    std::atomic<qint64> writesDone = 0;
    std::atomic<qint64> batches = 0;
    std::atomic<qint64> largestBatch = 0;
    std::atomic<qint64> failures = 0;
    std::atomic<qint64> refused = 0;
};

} // namespace quoin::database
