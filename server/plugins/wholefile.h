// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QString>

#include <sys/types.h>

namespace quoin::plugins {

enum class Durable {
    No,  ///< After a power cut the content may be anything: for what is checked when it is read.
    Yes, ///< Content and name are on the disk when the call returns.
};

/// Replaces the file at once: whoever opens it sees what was there before or all of these bytes, also after a crash.
/// Written beside it, as "<folder>/.<name>.<six letters>", and renamed. On an Error (Unavailable; names path and
/// reason) the file is as it was, and nothing is left beside it. Any thread.
Result<> writeWhole(const QString &path, const QByteArray &bytes, mode_t mode, Durable durable);

} // namespace quoin::plugins
