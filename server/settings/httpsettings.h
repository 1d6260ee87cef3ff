// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/limits.h"
#include "settings/settings.h"

namespace quoin::server {

/// A setting for every limit of the HTTP server; their defaults are those of http::Limits.
QList<SettingKey> httpLimitKeys();

/// The limits as set.
http::Limits httpLimits(const Settings &settings);

} // namespace quoin::server
