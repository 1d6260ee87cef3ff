// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "packagetable.h"

#include <quoin/http.h>
#include <quoin/services.h>

namespace sip {

/// The file of a package as an answer to GET or HEAD: whole or one range (RFC 9110 §14), with preconditions (§13), its
/// sha256 as entity tag. A small one goes out in one piece, a large one is read piece by piece on the pool of the
/// services while the client takes it. A file that is away, has another size than was recorded or failed its last check
/// is an Error of kind Internal that names it: bytes that are known to be wrong are not handed out. Blocks.
quoin::Result<quoin::Response> download(const quoin::Request &request, const StoredPackage &package,
                                        const QString &directory, const quoin::Services &services);

} // namespace sip
