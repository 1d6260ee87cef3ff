// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settings.h"

#include <QString>

class QTextStream;

namespace quoin::server {

/// `quoin plugin dev DIR`: whenever a plugin is linked below the folder, checks it and puts it into plugins.dir at once
/// and whole, and writes a line that says what became of it: the verdict of the server that serves that folder, if one
/// runs. Until SIGINT or SIGTERM. The exit code: 0, or 1 if it could not begin.
int developPlugins(const QString &folder, const Settings &settings, QTextStream &out, QTextStream &err);

} // namespace quoin::server
