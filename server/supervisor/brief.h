// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "posix/filedescriptor.h"
#include "supervisor/handover.h"

#include <quoin/result.h>

#include <QJsonObject>

namespace quoin::supervisor {

/// A file in memory that holds the brief and that nobody can change any more (memfd_create(2), sealed): not on the
/// command line, where everybody on the machine could read it. Unavailable when out of memory or descriptors.
Result<FileDescriptor> sealBrief(const QJsonObject &brief);

/// The worker's side; leaves the descriptor open. Invalid if it is not a brief.
Result<QJsonObject> readBrief(int descriptor = inherited::brief);

} // namespace quoin::supervisor
