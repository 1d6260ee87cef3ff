// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/taskbulk.h"

namespace quoin::server {

/// The body {"ids":[1,2,...]}: at most ten thousand. Nothing without a body; Invalid for any other.
Result<std::optional<QList<qint64>>> idsOf(const Request &request);

/// POST /admin/v1/tasks/retry|cancel|delete: to those that the body names, or to all that match the query; with
/// dry_run=true only how many these are. Blocks.
Result<Response> bulkAnswer(const Request &request, queue::TaskAction action, const queue::TaskBulk &bulk,
                            const queue::TaskListing &listing);

} // namespace quoin::server
