// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArray>
#include <QByteArrayView>
#include <QList>

namespace quoin::queue {

/// The elements of a JSON array (RFC 8259) as their own texts, exactly as they stand there but for white space around
/// them. Numbers may have any size: no value is converted. Nested at most json::largestDepth levels deep. Invalid, with
/// the byte offset, for anything that is not one array of UTF-8 JSON. Pure; any thread.
Result<QList<QByteArray>> splitArguments(QByteArrayView text);

/// Whether splitArguments() would succeed, without making the list.
Result<> checkArguments(QByteArrayView text);

} // namespace quoin::queue
