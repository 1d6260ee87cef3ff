// SPDX-License-Identifier: GPL-3.0-only
#include "json/elements.h"

namespace quoin::json {

namespace {

/// Behind the string that begins at `at`.
qsizetype behindString(QByteArrayView text, qsizetype at)
{
    for (++at; text[at] != '"'; ++at) {
        if (text[at] == '\\')
            ++at;
    }
    return at + 1;
}

/// At the ',' or ']' that ends the element which begins at `at`.
qsizetype endOfElement(QByteArrayView text, qsizetype at)
{
    for (int depth = 0;;) {
        switch (text[at]) {
        case '"':
            at = behindString(text, at);
            continue;
        case '[':
        case '{':
            ++depth;
            break;
        case ']':
        case '}':
            if (depth-- == 0)
                return at;
            break;
        case ',':
            if (depth == 0)
                return at;
            break;
        }
        ++at;
    }
}

} // namespace

QList<QByteArrayView> elements(QByteArrayView array)
{
    QList<QByteArrayView> found;
    array = array.trimmed();
    for (qsizetype at = 1; at < array.size();) {
        const qsizetype end = endOfElement(array, at);
        const QByteArrayView element = array.sliced(at, end - at).trimmed();
        if (!element.isEmpty()) // "[]" and "[ ]" have none
            found.append(element);
        at = end + 1;
    }
    return found;
}

} // namespace quoin::json
