// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayView>

namespace quoin::json {

/// Where and why a text is not JSON. No offset: it is.
struct [[nodiscard]] Fault
{
    qint64 offset
        = -1; ///< In bytes: the first one that cannot be part of a JSON text, or the size if more was to come.
    const char *sentence = ""; ///< A literal.

    explicit operator bool() const { return offset >= 0; }
};

/// How deep arrays and objects of a record may be nested.
constexpr int recordDepth = 512;
/// The most that can be checked for. A task's arguments are a record's text and more around it.
constexpr int largestDepth = 1024;

/// Checks that text is exactly one JSON value (RFC 8259) in UTF-8 without a byte order mark, at most `depth` levels
/// deep. Numbers of any size and precision pass, because nothing is converted; so do escapes of lone surrogates
/// ("\ud800"), which the grammar allows and section 8.2 only warns of. Constant memory, one pass, any thread.
Fault check(QByteArrayView text, int depth = recordDepth);

} // namespace quoin::json
