// SPDX-License-Identifier: GPL-3.0-only
#include "records/jsonscanner.h"

namespace admin {

JsonFault checkJson(QByteArrayView text)
{
    JsonScanner scanner(text);
    while (true) {
        const JsonToken token = scanner.next();
        if (token.kind == JsonKind::End || token.kind == JsonKind::Fault)
            return scanner.fault();
    }
}

namespace {

QChar escaped(char kind)
{
    switch (kind) {
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
        return QLatin1Char(kind);
    }
}

} // namespace

QString jsonStringText(QByteArrayView token, qsizetype longest)
{
    if (token.size() < 2)
        return {};
    QByteArrayView rest = token.sliced(1, token.size() - 2);
    QString text;
    while (!rest.isEmpty() && (longest < 0 || text.size() < longest)) {
        qsizetype plain = rest.indexOf('\\');
        plain = plain < 0 ? rest.size() : plain;
        // A character has at most four bytes, so that the cut is behind what is wanted.
        const qsizetype taken = longest < 0 ? plain : std::min(plain, 4 * (longest - text.size()) + 4);
        text += QString::fromUtf8(rest.first(taken));
        rest = rest.sliced(taken);
        if (taken < plain || rest.size() < 2)
            break;
        if (rest[1] == 'u' && rest.size() >= 6) {
            text += QChar(static_cast<char16_t>(rest.sliced(2, 4).toByteArray().toUShort(nullptr, 16)));
            rest = rest.sliced(6);
        } else {
            text += escaped(rest[1]);
            rest = rest.sliced(2);
        }
    }
    if (longest >= 0 && text.size() > longest)
        text.truncate(longest);
    return text;
}

QByteArray compactJson(QByteArrayView text)
{
    QByteArray compact;
    compact.reserve(text.size());
    bool isInString = false, isEscaped = false;
    for (const char character : text) {
        if (isInString) {
            isInString = isEscaped || character != '"';
            isEscaped = !isEscaped && character == '\\';
        } else if (character == ' ' || character == '\n' || character == '\r' || character == '\t') {
            continue;
        } else {
            isInString = character == '"';
        }
        compact += character;
    }
    return compact;
}

TextPlace placeOf(QByteArrayView text, qsizetype offset)
{
    const QByteArrayView before = text.first(std::clamp<qsizetype>(offset, 0, text.size()));
    const qsizetype lineStart = before.lastIndexOf('\n') + 1;
    return {before.count('\n') + 1, QString::fromUtf8(before.sliced(lineStart)).size() + 1};
}

} // namespace admin
