// SPDX-License-Identifier: GPL-3.0-only
#include "json/text.h"

namespace quoin::json {

namespace {

char16_t unescaped(char letter)
{
    switch (letter) {
    case 'b':
        return u'\b';
    case 'f':
        return u'\f';
    case 'n':
        return u'\n';
    case 'r':
        return u'\r';
    case 't':
        return u'\t';
    default:
        return static_cast<char16_t>(letter);
    }
}

void appendEscape(QByteArray &text, char16_t unit)
{
    constexpr char digits[] = "0123456789abcdef";
    const char escape[] = {
        '\\', 'u', digits[unit >> 12], digits[(unit >> 8) & 15], digits[(unit >> 4) & 15], digits[unit & 15]};
    text.append(escape, sizeof escape);
}

void appendQuoted(QByteArray &text, char16_t unit)
{
    switch (unit) {
    case u'"':
        text += "\\\"";
        return;
    case u'\\':
        text += "\\\\";
        return;
    case u'\n':
        text += "\\n";
        return;
    case u'\r':
        text += "\\r";
        return;
    case u'\t':
        text += "\\t";
        return;
    default:
        if (unit >= 0x20 && unit < 0x7f)
            text += static_cast<char>(unit);
        else
            appendEscape(text, unit);
    }
}

} // namespace

QString unquoted(QByteArrayView string)
{
    string = string.sliced(1, string.size() - 2);
    qsizetype plain = string.indexOf('\\');
    if (plain < 0)
        return QString::fromUtf8(string);
    QString value;
    value.reserve(string.size());
    qsizetype at = 0;
    while (plain >= 0) {
        value += QString::fromUtf8(string.sliced(at, plain - at));
        const char letter = string[plain + 1];
        at = plain + 2;
        if (letter == 'u') {
            value += QChar(string.sliced(at, 4).toUShort(nullptr, 16));
            at += 4;
        } else {
            value += QChar(unescaped(letter));
        }
        plain = string.indexOf('\\', at);
    }
    return value += QString::fromUtf8(string.sliced(at));
}

QByteArray quoted(QStringView string)
{
    QByteArray text;
    text.reserve(string.size() + 2);
    text += '"';
    for (const QChar c : string)
        appendQuoted(text, c.unicode());
    return text += '"';
}

} // namespace quoin::json
