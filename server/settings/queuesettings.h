// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settings.h"

namespace quoin::server {

/// queue.* and redis.url, as keys to declare.
QList<SettingKey> queueKeys();

/// Why a start with these settings of the queue is refused, one sentence each: what cannot be read as a Redis URL, what
/// this build cannot do, and what was set and would be ignored.
QStringList refusedQueueSettings(const Settings &settings);

} // namespace quoin::server
