// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArrayView>

namespace quoin::http {

/// Where and why a text is not JSON. No offset: it is.
struct [[nodiscard]] JsonFault
{
    qint64 offset = -1; ///< In bytes: the first one that cannot be part of a JSON text, or the size if more was to come.
    const char *sentence = ""; ///< A literal.

    explicit operator bool() const { return offset >= 0; }
};

/// How deep arrays and objects may be nested.
constexpr int jsonDepth = 512;

/// Checks that text is exactly one JSON value (RFC 8259) in UTF-8 without a byte order mark, at most jsonDepth levels deep.
/// Numbers of any size and precision pass, because nothing is converted; so do escapes of lone surrogates ("\ud800"), which the
/// grammar allows and section 8.2 only warns of. Constant memory, one pass, any thread.
JsonFault checkJsonText(QByteArrayView text);

} // namespace quoin::http
