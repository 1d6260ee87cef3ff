// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QStringList>

namespace quoin::server {

class Settings;

/// The scopes that routes ask for: those of the host, and those of the plugins in plugins.dir, each of which is loaded
/// in a process of its own to say what it has. Takes some tenths of a second.
QStringList knownScopes(const Settings &settings);

} // namespace quoin::server
