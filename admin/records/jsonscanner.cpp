// SPDX-License-Identifier: GPL-3.0-only
#include "records/jsonscanner.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("admin::JsonScanner", text); }

bool isDigit(char character) { return character >= '0' && character <= '9'; }

bool isHex(char character)
{
    return isDigit(character) || (character >= 'a' && character <= 'f') || (character >= 'A' && character <= 'F');
}

} // namespace

JsonToken JsonScanner::fail(qsizetype at, const QString &message)
{
    if (!m_fault)
        m_fault = {at, message};
    return {JsonKind::Fault, at, at};
}

JsonToken JsonScanner::done(JsonKind kind, qsizetype begin)
{
    m_expect = m_depth == 0 ? Expect::End : Expect::CommaOrEnd;
    return {kind, begin, m_at};
}

void JsonScanner::skipSpace()
{
    while (m_at < m_text.size()) {
        const char character = m_text[m_at];
        if (character != ' ' && character != '\n' && character != '\r' && character != '\t')
            return;
        ++m_at;
    }
}

JsonToken JsonScanner::next()
{
    JsonToken token;
    while (!m_fault) {
        if (step(token))
            return token;
    }
    return {JsonKind::Fault, m_fault.offset, m_fault.offset};
}

// True with a token; false after a colon or comma, which are none.
bool JsonScanner::step(JsonToken &token)
{
    skipSpace();
    const bool isOver = m_at >= m_text.size();
    if (m_expect == Expect::End) {
        token = isOver ? JsonToken{JsonKind::End, m_at, m_at}
                       : fail(m_at, tr("something follows the end of the value"));
        return true;
    }
    if (isOver) {
        token = fail(m_at, m_depth == 0 ? tr("there is no value") : tr("the text ends before the value does"));
        return true;
    }
    const char character = m_text[m_at];
    const bool isValue = m_expect == Expect::Value || m_expect == Expect::ValueOrEnd;
    return isValue ? value(character, token) : between(character, token);
}

bool JsonScanner::between(char character, JsonToken &token)
{
    const bool isObject = m_isObject[static_cast<size_t>(m_depth)];
    if (m_expect == Expect::Colon) {
        if (character != ':') {
            token = fail(m_at, tr("a colon is missing after the name"));
            return true;
        }
        ++m_at;
        m_expect = Expect::Value;
        return false;
    }
    if (m_expect == Expect::Key || m_expect == Expect::KeyOrEnd) {
        if (character == '"')
            token = string(JsonKind::Key);
        else if (character == '}' && m_expect == Expect::KeyOrEnd)
            token = close(JsonKind::ObjectEnd);
        else
            token = fail(m_at, tr("a name in double quotes is missing"));
        return true;
    }
    if (character == ',') {
        ++m_at;
        m_expect = isObject ? Expect::Key : Expect::Value;
        return false;
    }
    if (character != (isObject ? '}' : ']'))
        token = fail(m_at, isObject ? tr("a comma or “}” is missing") : tr("a comma or “]” is missing"));
    else
        token = close(isObject ? JsonKind::ObjectEnd : JsonKind::ArrayEnd);
    return true;
}

bool JsonScanner::value(char character, JsonToken &token)
{
    if (character == '{')
        token = open(JsonKind::ObjectBegin);
    else if (character == '[')
        token = open(JsonKind::ArrayBegin);
    else if (character == ']' && m_expect == Expect::ValueOrEnd)
        token = close(JsonKind::ArrayEnd);
    else if (character == '"')
        token = string(JsonKind::String);
    else if (character == '-' || isDigit(character))
        token = number();
    else if (character == 't')
        token = word("true", JsonKind::True);
    else if (character == 'f')
        token = word("false", JsonKind::False);
    else if (character == 'n')
        token = word("null", JsonKind::Null);
    else
        token = fail(m_at, tr("a value is missing"));
    return true;
}

JsonToken JsonScanner::open(JsonKind kind)
{
    if (m_depth >= deepest)
        return fail(m_at, tr("it is more than 512 levels deep"));
    ++m_depth;
    m_isObject[static_cast<size_t>(m_depth)] = kind == JsonKind::ObjectBegin;
    m_expect = kind == JsonKind::ObjectBegin ? Expect::KeyOrEnd : Expect::ValueOrEnd;
    ++m_at;
    return {kind, m_at - 1, m_at};
}

JsonToken JsonScanner::close(JsonKind kind)
{
    --m_depth;
    ++m_at;
    return done(kind, m_at - 1);
}

JsonToken JsonScanner::nextValue()
{
    const JsonToken first = next();
    if (first.kind != JsonKind::ObjectBegin && first.kind != JsonKind::ArrayBegin)
        return first;
    const int outside = m_depth - 1;
    while (m_depth > outside) {
        if (const JsonToken token = next(); token.kind == JsonKind::Fault)
            return token;
    }
    return {first.kind, first.begin, m_at};
}

JsonToken JsonScanner::string(JsonKind kind)
{
    const qsizetype begin = m_at;
    qsizetype at = m_at + 1;
    if (!stringBytes(at))
        return {JsonKind::Fault, m_fault.offset, m_fault.offset};
    m_at = at;
    if (kind != JsonKind::Key)
        return done(kind, begin);
    m_expect = Expect::Colon;
    return {kind, begin, m_at};
}

// Behind the closing quote.
bool JsonScanner::stringBytes(qsizetype &at)
{
    const qsizetype begin = at - 1;
    while (at < m_text.size()) {
        const auto byte = static_cast<uchar>(m_text[at]);
        if (byte == '"') {
            ++at;
            return true;
        }
        if (byte < 0x20) {
            fail(at,
                 byte == '\n' ? tr("the text in quotes does not end on its line")
                              : tr("a control character must be written as an escape"));
            return false;
        }
        if (byte == '\\' ? !escape(at) : byte >= 0x80 ? !utf8(at) : (++at, false))
            return false;
    }
    fail(begin, tr("the closing quote is missing"));
    return false;
}

bool JsonScanner::escape(qsizetype &at)
{
    const char kind = this->at(at + 1);
    if (kind == 'u') {
        for (qsizetype digit = at + 2; digit < at + 6; ++digit) {
            if (!isHex(this->at(digit))) {
                fail(at, tr("“\\u” wants four hexadecimal digits"));
                return false;
            }
        }
        at += 6;
        return true;
    }
    if (kind == '\0' || !QByteArrayView("\"\\/bfnrt").contains(kind)) {
        fail(at, tr("there is no such escape; a backslash itself is written “\\\\”"));
        return false;
    }
    at += 2;
    return true;
}

// One character of several bytes (RFC 3629, section 4: no overlong forms, no surrogates, up to U+10FFFF).
bool JsonScanner::utf8(qsizetype &at)
{
    const auto byte = [this](qsizetype index) { return static_cast<uchar>(this->at(index)); };
    const uchar lead = byte(at), second = byte(at + 1);
    const int length = lead >= 0xc2 && lead <= 0xdf ? 2
        : lead >= 0xe0 && lead <= 0xef              ? 3
        : lead >= 0xf0 && lead <= 0xf4              ? 4
                                                    : 0;
    bool isGood = length > 0 && (second & 0xc0) == 0x80;
    if (lead == 0xe0)
        isGood = isGood && second >= 0xa0;
    else if (lead == 0xed)
        isGood = isGood && second <= 0x9f;
    else if (lead == 0xf0)
        isGood = isGood && second >= 0x90;
    else if (lead == 0xf4)
        isGood = isGood && second <= 0x8f;
    for (int i = 2; i < length; ++i)
        isGood = isGood && (byte(at + i) & 0xc0) == 0x80;
    if (!isGood)
        fail(at, tr("the bytes are not UTF-8"));
    at += length;
    return isGood;
}

JsonToken JsonScanner::number()
{
    const qsizetype begin = m_at;
    qsizetype at = m_at + (m_text[m_at] == '-' ? 1 : 0);
    const auto digits = [&] {
        const qsizetype first = at;
        while (isDigit(this->at(at)))
            ++at;
        return at > first;
    };
    if (this->at(at) == '0')
        ++at;
    else if (!digits())
        return fail(at, tr("a digit is missing"));
    if (isDigit(this->at(at)))
        return fail(begin, tr("a number does not begin with 0"));
    if (this->at(at) == '.' && (++at, !digits()))
        return fail(at, tr("a digit is missing after the point"));
    if (this->at(at) == 'e' || this->at(at) == 'E') {
        ++at;
        if (this->at(at) == '+' || this->at(at) == '-')
            ++at;
        if (!digits())
            return fail(at, tr("a digit is missing in the exponent"));
    }
    m_at = at;
    return done(JsonKind::Number, begin);
}

JsonToken JsonScanner::word(const char *word, JsonKind kind)
{
    const qsizetype begin = m_at;
    if (!m_text.sliced(m_at).startsWith(word))
        return fail(begin, tr("there is no such word; texts are written in double quotes"));
    m_at += QByteArrayView(word).size();
    return done(kind, begin);
}

} // namespace admin
