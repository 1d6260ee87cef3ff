// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/run.h"

#include <QList>

#include <memory>

namespace quoin::queue {

/// Calls the batch handler of their kind with all these runs, which have begun; with those whose arguments can be read,
/// to be exact. How each ended, in their order: nothing is success. A run whose outcome the handler did not tell has
/// failed; one that throws fails those. Task thread.
QList<std::optional<Error>> callBatch(const QList<std::shared_ptr<Run>> &runs);

} // namespace quoin::queue
