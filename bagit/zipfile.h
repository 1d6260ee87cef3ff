// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "bagit/bag.h"
#include "bagit/time.h"

#include <quoin/result.h>

namespace quoin::bagit {

/// A zip of the files below one folder, in the given order, all dated `time` (UTC, in steps of two seconds as zip has
/// it; the zip says nothing of this machine, its users or its time zone). The same arguments give the same bytes, as
/// long as zlib's deflate stays the same for what is large enough to be packed.
Result<QByteArray> zipOf(const QByteArray &folder, const QList<BagFile> &files, Time time);

} // namespace quoin::bagit
