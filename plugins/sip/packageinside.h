// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "packagetable.h"

#include <quoin/http.h>

namespace sip {

/// The files in a package and the labels of its bag-info.txt, by its file as it is now:
/// {"results":[{"name":"...","size":40},...],"bag":{"info":{"Payload-Oxum":"40.1",...}}}; a label that is there several
/// times has a list. A bare zlib stream has one file, record.json, and no bag. Conflict, with the reason, for a file
/// that is away or cannot be read so. Blocks.
quoin::Result<quoin::Response> insideOf(const QString &directory, const StoredPackage &package);

/// The bytes of the file at that place of the list, as they are in the package. NotFound if there is none; Conflict if
/// they are damaged or more than largestShown. Blocks.
quoin::Result<quoin::Response> bytesInside(const QString &directory, const StoredPackage &package, qint64 index);

inline constexpr qint64 largestShown = 1024 * 1024;

} // namespace sip
