// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>

namespace sip {

/// What a Range header asks of a file.
struct ByteRange
{
    enum class Kind { Whole, Part, Unsatisfiable };
    Kind kind = Kind::Whole;
    qint64 first = 0;
    qint64 length = 0;

    friend bool operator==(const ByteRange &, const ByteRange &) = default;
};

/// Reads a Range header against a file of this size (RFC 9110 §14.1.2). Whole for one that is absent, malformed, of
/// another unit or of several ranges, since a server may ignore it (§14.2); Unsatisfiable if it is well-formed and
/// begins behind the end.
ByteRange parseRange(const QByteArray &header, qint64 size);

/// "bytes 0-99/1234", or "bytes */1234" for what cannot be satisfied (RFC 9110 §14.4).
QByteArray contentRange(const ByteRange &range, qint64 size);

/// Whether a list of entity tags such as `"a", W/"b"` or "*" names this one, both strong or weak (If-None-Match, RFC
/// 9110 §13.1.2), or only strong ones (If-Match, §13.1.1).
bool namesTag(const QByteArray &list, const QByteArray &tag, bool strong);

} // namespace sip
