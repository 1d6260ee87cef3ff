// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/reload.h"

namespace quoin::server {

/// One line for each fact of this start: version, data folder, database, queue.
void logStart(const Settings &settings);

/// A line for each setting that is another one now or would be after a restart, or why all stay as they were.
void logReload(const Result<Reload> &read);

} // namespace quoin::server
