// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "posix/filedescriptor.h"

#include <quoin/result.h>

#include <QString>

namespace quoin::server {

/// A plugin store that no other supervisor uses while this lives: it holds a lock (flock(2)), which the kernel drops
/// however the process ends.
struct StoreClaim
{
    QString path;
    FileDescriptor lock;

    /// <data folder>/plugin-store, or, while another supervisor has that (`quoin worker` beside `quoin serve`),
    /// plugin-store-2 and so on. Made if missing.
    static Result<StoreClaim> take(const QString &dataFolder);
};

} // namespace quoin::server
