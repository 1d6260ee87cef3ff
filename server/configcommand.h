// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settings.h"

namespace quoin::server {

/// What the host works with, masked if it is a secret: absolute paths, not what was typed.
QString shownValue(const Setting &setting);

/// When a change of it takes effect: "restart", or "reload", that is on SIGHUP.
QString takesEffect(const SettingKey &key);

/// Every setting as `quoin config` prints it, in columns: key, value, origin, and its help below. Secrets are masked.
QString settingsAsText(const Settings &settings, bool isColoured);

/// The same as a JSON array of objects with key, value, origin, type, default, environment,
/// takes_effect and help.
QByteArray settingsAsJson(const Settings &settings);

} // namespace quoin::server
