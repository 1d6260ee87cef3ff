// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settings.h"

namespace quoin::server {

/// What no single value shows: settings that do not go together, or that this build cannot do. One sentence each;
/// `quoin serve` starts only if there are none.
QStringList refusedSettings(const Settings &settings);

/// Settings that `quoin serve` has no use for, since they are for `quoin worker`: one sentence each. Not those of a
/// file, which may be for both.
QStringList settingsOfWorkers(const Settings &settings);

} // namespace quoin::server
