// SPDX-License-Identifier: GPL-3.0-only
#include "json/elements.h"

#include "json/spans.h"

namespace quoin::json {

QList<QByteArrayView> elements(QByteArrayView array, qsizetype most)
{
    QList<QByteArrayView> found;
    array = array.trimmed();
    if (!array.startsWith('['))
        return found;
    qsizetype at = behindSpace(array, 1);
    while (array[at] != ']' && found.size() < most) {
        const qsizetype end = behindValue(array, at);
        found.append(array.sliced(at, end - at));
        at = behindSpace(array, end);
        if (array[at] == ',')
            at = behindSpace(array, at + 1);
    }
    return found;
}

} // namespace quoin::json
