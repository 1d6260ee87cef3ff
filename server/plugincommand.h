// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QString>

class QTextStream;

namespace quoin::server {

/// `quoin plugin check FILE`: takes a private copy of any file, looks at it without running it, tries it in a process
/// of its own and writes what it is and has, or at which gate it would be refused, why, and what to do. Needs no
/// settings. Runs an event loop. The exit code: 0 it would be served, 1 it would not.
int checkPlugin(const QString &file, bool asJson, QTextStream &out);

} // namespace quoin::server
