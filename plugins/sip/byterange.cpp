// SPDX-License-Identifier: GPL-3.0-only
#include "byterange.h"

#include <QList>

#include <algorithm>
#include <limits>
#include <optional>

namespace sip {

namespace {

/// Digits and nothing else; a number that is too large for us is larger than any file.
std::optional<qint64> position(const QByteArray &text)
{
    if (text.isEmpty() || !std::all_of(text.cbegin(), text.cend(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    bool fits = false;
    const qint64 number = text.toLongLong(&fits);
    return fits ? number : std::numeric_limits<qint64>::max();
}

ByteRange suffix(qint64 length, qint64 size)
{
    if (length == 0 || size == 0)
        return {ByteRange::Kind::Unsatisfiable};
    length = std::min(length, size);
    return {ByteRange::Kind::Part, size - length, length};
}

} // namespace

ByteRange parseRange(const QByteArray &header, qint64 size)
{
    const ByteRange whole{ByteRange::Kind::Whole, 0, size};
    static const QByteArray unit = "bytes=";
    if (header.first(std::min(header.size(), unit.size())).compare(unit, Qt::CaseInsensitive) != 0)
        return whole;
    const QByteArray spec = header.sliced(unit.size()).trimmed();
    const qsizetype dash = spec.indexOf('-');
    if (dash < 0)
        return whole;

    const auto first = position(spec.first(dash));
    const auto last = position(spec.sliced(dash + 1));
    if (dash == 0)
        return last ? suffix(*last, size) : whole;
    const bool isOpen = spec.size() == dash + 1;
    if (!first || (!last && !isOpen) || (last && *last < *first))
        return whole;
    if (*first >= size)
        return {ByteRange::Kind::Unsatisfiable};
    const qint64 end = isOpen ? size - 1 : std::min(*last, size - 1);
    return {ByteRange::Kind::Part, *first, end - *first + 1};
}

QByteArray contentRange(const ByteRange &range, qint64 size)
{
    const QByteArray total = '/' + QByteArray::number(size);
    if (range.kind == ByteRange::Kind::Unsatisfiable)
        return "bytes *" + total;
    return "bytes " + QByteArray::number(range.first) + '-' + QByteArray::number(range.first + range.length - 1)
        + total;
}

bool namesTag(const QByteArray &list, const QByteArray &tag, bool strong)
{
    if (list.trimmed() == "*")
        return true;
    for (QByteArray candidate :
         list.split(',')) { // our tags are digests, so that a comma within a tag cannot be one of ours
        candidate = candidate.trimmed();
        if (!strong && candidate.startsWith("W/"))
            candidate = candidate.sliced(2);
        if (candidate == tag)
            return true;
    }
    return false;
}

} // namespace sip
