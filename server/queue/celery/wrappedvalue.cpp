// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/wrappedvalue.h"

#include "queue/celery/isotime.h"

#include "json/members.h"
#include "json/text.h"

#include <QString>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

constexpr qsizetype longestUuid = 100; ///< {"hex": "..."} with some white space.

bool isUuid(QByteArrayView value)
{
    if (!json::isObject(value) || value.size() > longestUuid)
        return false;
    json::Members members(value);
    if (!members.next() || !members.isNamed("hex") || !json::isString(members.value()))
        return false;
    const QString hex = json::unquoted(members.value());
    return hex.size() == 32 && QByteArray::fromHex(hex.toLatin1()).size() == 16 && !members.next();
}

/// Before Python 3.11, fromisoformat() reads only what isoformat() writes.
bool isPythonTime(const QByteArray &text)
{
    const qsizetype point = text.indexOf('.');
    if (point < 0)
        return !text.contains(',') && !text.contains('Z') && !text.contains('z');
    const auto digits = text.cbegin() + point + 1;
    const auto behind = std::find_if(digits, text.cend(), [](char c) { return c < '0' || c > '9'; });
    return behind - digits == 6 && !text.contains('Z') && !text.contains('z');
}

bool isDecimal(const QByteArray &text)
{
    bool isNumber = false;
    text.toDouble(&isNumber);
    return isNumber && text == text.trimmed();
}

bool isDate(const QByteArray &text) { return text.size() == 10 && text.at(4) == '-' && text.at(7) == '-'; }

bool isClock(const QByteArray &text) { return text.size() >= 5 && text.at(2) == ':' && isPythonTime(text); }

} // namespace

bool isWrappedValue(QByteArrayView type, QByteArrayView value)
{
    if (!json::isString(type))
        return false;
    const QString name = json::unquoted(type);
    if (name == "uuid"_L1)
        return isUuid(value);
    if (!json::isString(value))
        return false;
    const QByteArray text = json::unquoted(value).toUtf8();
    if (name == "bytes"_L1)
        return true;
    if (name == "base64"_L1)
        return bool(QByteArray::fromBase64Encoding(text, QByteArray::AbortOnBase64DecodingErrors));
    if (name == "decimal"_L1)
        return isDecimal(text);
    if (name == "date"_L1)
        return isDate(text) && parseIsoTime(text);
    if (name == "time"_L1)
        return isClock(text) && parseIsoTime("2000-01-01T" + text);
    return name == "datetime"_L1 && isDate(text.first(std::min<qsizetype>(10, text.size()))) && text.size() > 11
        && text.at(10) == 'T' && isClock(text.sliced(11)) && parseIsoTime(text);
}

} // namespace quoin::celery
