// SPDX-License-Identifier: GPL-3.0-only
#include "auth/bearer.h"

#include <algorithm>

namespace quoin::auth {

namespace {

bool isTokenCharacter(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
        || QByteArrayView("-._~+/").contains(c);
}

/// 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
bool isToken(QByteArrayView text)
{
    const auto end = std::find_if_not(text.begin(), text.end(), isTokenCharacter);
    return end != text.begin() && std::all_of(end, text.end(), [](char c) { return c == '='; });
}

} // namespace

Bearer Bearer::read(const QByteArray &authorization)
{
    const qsizetype space = authorization.indexOf(' ');
    const QByteArrayView scheme = QByteArrayView(authorization).first(space < 0 ? authorization.size() : space);
    if (scheme.compare("Bearer", Qt::CaseInsensitive) != 0) // schemes are case-insensitive, RFC 9110 section 11.1
        return {};
    const QByteArray token = space < 0 ? QByteArray() : authorization.mid(space).trimmed();
    if (!isToken(token))
        return {Kind::Malformed, {}};
    return {Kind::Present, token};
}

} // namespace quoin::auth
