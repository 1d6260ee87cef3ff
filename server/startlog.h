// SPDX-License-Identifier: GPL-3.0-only
#pragma once

namespace quoin::server {

class Settings;

/// One line for each fact of this start: version, data folder, database, queue.
void logStart(const Settings &settings);

} // namespace quoin::server
