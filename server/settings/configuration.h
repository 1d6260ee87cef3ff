// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settingkeys.h"
#include "settings/settings.h"

namespace quoin::server {

/// All settings, those of the plugins included: first the host's alone, which say where the plugins are, then
/// everything. The Error lists every fault, one a line. Warnings about plugins are added to those of the settings.
Result<Settings> loadSettings(const SettingSources &sources, const Surroundings &surroundings);

} // namespace quoin::server
