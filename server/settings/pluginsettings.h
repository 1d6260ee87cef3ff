// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "plugins/trust.h"
#include "settings/settingschema.h"

namespace quoin::plugins {
struct Metadata;
}

namespace quoin::server {

class Settings;

/// What a plugin's metadata declares, under the keys by which the host knows it ("<id>.<name>").
QList<SettingKey> settingKeys(const plugins::Metadata &metadata);

/// plugins.trust and what goes with it.
plugins::TrustOptions trustOptions(const Settings &settings);

/// Declares what the plugins in a folder say about their settings, read from their metadata without running their code.
/// Of a file whose metadata cannot be read or used the settings are tolerated, since a bad plugin harms itself only;
/// what the plugin host would not notice by itself is a sentence in the answer.
QStringList declarePluginSettings(SettingSchema &schema, const QString &folder);

} // namespace quoin::server
