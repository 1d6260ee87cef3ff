// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/clock.h"

#include <quoin/database.h>

namespace quoin::queue {

/// What is kept of tasks that are done or cancelled. Dead ones are kept: they wait for a person.
struct Retention
{
    std::chrono::hours age = std::chrono::hours(24 * 7); ///< 0: nothing is pruned by age.
    qint64 count = 100'000; ///< The newest so many are kept. 0: nothing is pruned by count.
    int batch = 500; ///< Rows deleted in one transaction, so that writers wait for milliseconds only.
};

/// Deletes at most one batch, oldest first; how many it were. Fewer than a batch: nothing more is to be pruned. Write job.
Result<qint64> prune(Connection connection, const Retention &retention, qint64 now);

} // namespace quoin::queue
