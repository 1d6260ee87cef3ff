// SPDX-License-Identifier: GPL-3.0-only
#include "json/spans.h"

namespace quoin::json {

namespace {

bool isSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

qsizetype behindNested(QByteArrayView text, qsizetype at)
{
    int depth = 0;
    do {
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
            --depth;
            break;
        }
        ++at;
    } while (depth > 0);
    return at;
}

} // namespace

qsizetype behindString(QByteArrayView text, qsizetype at)
{
    const qsizetype begin = ++at;
    for (;; ++at) {
        at = text.indexOf('"', at); // memchr: a message's body is one long string
        qsizetype slashes = 0;
        while (at - slashes > begin && text[at - slashes - 1] == '\\')
            ++slashes;
        if (slashes % 2 == 0)
            return at + 1;
    }
}

qsizetype behindSpace(QByteArrayView text, qsizetype at)
{
    while (at < text.size() && isSpace(text[at]))
        ++at;
    return at;
}

qsizetype behindValue(QByteArrayView text, qsizetype at)
{
    if (text[at] == '"')
        return behindString(text, at);
    if (text[at] == '[' || text[at] == '{')
        return behindNested(text, at);
    while (at < text.size() && !isSpace(text[at]) && text[at] != ',' && text[at] != ']' && text[at] != '}')
        ++at;
    return at;
}

} // namespace quoin::json
