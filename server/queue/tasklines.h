// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/run.h"

namespace quoin::queue {

/// The line of the log on a run that ended well.
void logDone(const Run &run, const Outcome &outcome);

} // namespace quoin::queue
