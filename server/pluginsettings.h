// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settingschema.h"

namespace quoin::server {

/// Declares what the plugins in a folder say about their settings, read from their metadata without running their code. A file whose metadata
/// cannot be read or is wrong is one sentence in the answer, and its settings are tolerated: a bad plugin harms itself only.
QStringList declarePluginSettings(SettingSchema &schema, const QString &folder);

} // namespace quoin::server
