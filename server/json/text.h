// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

namespace quoin::json {

inline bool isString(QByteArrayView value) { return value.startsWith('"'); }
inline bool isObject(QByteArrayView value) { return value.startsWith('{'); }
inline bool isArray(QByteArrayView value) { return value.startsWith('['); }
inline bool isNull(QByteArrayView value) { return value == "null"; }
inline bool isNumber(QByteArrayView value)
{
    return !value.isEmpty() && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
}

/// What a JSON string says. Requires the text of one, checked. Lone surrogates stay what they are.
QString unquoted(QByteArrayView string);

/// The JSON text of a string in ASCII, as Python's json writes it: characters above 7e are escaped, so that lone
/// surrogates survive too.
QByteArray quoted(QStringView string);

} // namespace quoin::json
