// SPDX-License-Identifier: MIT
#include "conditional.h"

#include <QByteArrayList>

#include <algorithm>

namespace iiif {

bool isAlreadyThere(const QByteArray &ifNoneMatch, const QByteArray &entityTag)
{
    if (ifNoneMatch.trimmed() == "*")
        return true;
    // The tags made here hold no comma, so that a part of another tag cannot be one of them, quotes and all.
    const auto tags = ifNoneMatch.split(',');
    return std::ranges::any_of(tags, [&](const QByteArray &each) {
        const QByteArray tag = each.trimmed();
        return tag == entityTag || tag == "W/" + entityTag;
    });
}

bool isAskedFor(const QByteArray &accept, const QByteArray &mediaType)
{
    const auto ranges = accept.split(',');
    return std::ranges::any_of(ranges, [&](const QByteArray &range) {
        const auto parts = range.split(';');
        if (parts.first().trimmed().toLower() != mediaType)
            return false;
        return std::ranges::none_of(parts.sliced(1), [](const QByteArray &parameter) {
            const QByteArray text = parameter.trimmed().toLower();
            bool isNumber = false;
            return text.startsWith("q=") && text.sliced(2).toDouble(&isNumber) == 0 && isNumber;
        });
    });
}

} // namespace iiif
