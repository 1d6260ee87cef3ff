// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QStringList>

class QTextStream;

namespace quoin::server {

/// `quoin sip verify PATH...`: checks packages in full and writes one line for each, "ok <path> (...)" or "BAD <path>"
/// with the reasons below it, and a last line that counts them. A path is a bag (a zip or a folder) or a folder of
/// them: one that has no bagit.txt, whose zips and bags are each checked. Blocks; needs neither settings nor a
/// database. allowUnlistedTagFiles: see bagit::VerifyOptions. The exit code: 0 all are good, 1 some are bad, 2 a path
/// is not there or a folder holds no package at all.
int verifyPackages(const QStringList &paths, QTextStream &out, bool allowUnlistedTagFiles = false);

} // namespace quoin::server
