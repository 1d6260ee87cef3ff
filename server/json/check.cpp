// SPDX-License-Identifier: GPL-3.0-only
#include "json/check.h"

#include <algorithm>
#include <bitset>
#include <string_view>

namespace quoin::json {

namespace {

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isHexDigit(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// The length of the well-formed UTF-8 sequence at p (Unicode 15, table 3-7), or 0.
int utf8Length(const unsigned char *p, const unsigned char *end)
{
    const auto follows = [&](int at, unsigned low = 0x80, unsigned high = 0xbf) {
        return p + at < end && p[at] >= low && p[at] <= high;
    };
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        return follows(1) ? 2 : 0;
    if (p[0] >= 0xe0 && p[0] <= 0xef) {
        const unsigned low = p[0] == 0xe0 ? 0xa0 : 0x80;  // no overlong form
        const unsigned high = p[0] == 0xed ? 0x9f : 0xbf; // no surrogate
        return follows(1, low, high) && follows(2) ? 3 : 0;
    }
    if (p[0] >= 0xf0 && p[0] <= 0xf4) {
        const unsigned low = p[0] == 0xf0 ? 0x90 : 0x80;
        const unsigned high = p[0] == 0xf4 ? 0x8f : 0xbf; // up to U+10FFFF
        return follows(1, low, high) && follows(2) && follows(3) ? 4 : 0;
    }
    return 0;
}

/// A pass over one text. The nesting is a bit per level, so nothing recurses and nothing grows.
class Check
{
public:
    Check(QByteArrayView text, int depth)
        : m_mostDepth(std::min(depth, largestDepth))
        , m_begin(text.data())
        , m_at(text.data())
        , m_end(text.data() + text.size())
    {
    }

    Fault run();

private:
    enum class Next : quint8 { Value, ValueOrClose, KeyOrClose, Key, CommaOrClose };

    bool isAt(char c) const { return m_at < m_end && *m_at == c; }
    bool take(char c) { return isAt(c) && (++m_at, true); }
    void skipSpace();
    bool fail(const char *sentence);
    bool step();
    bool value();
    bool open(bool isObject);
    bool close();
    bool key();
    bool commaOrClose();
    bool string();
    bool escape();
    bool number();
    bool digits();
    bool word(std::string_view rest);

    const int m_mostDepth;
    const char *m_begin;
    const char *m_at;
    const char *m_end;
    Next m_next = Next::Value;
    int m_depth = 0;
    std::bitset<largestDepth> m_isObject;
    Fault m_fault;
};

Fault Check::run()
{
    if (m_end - m_at >= 3 && QByteArrayView(m_at, 3) == QByteArrayView("\xef\xbb\xbf", 3))
        return {0, "a byte order mark, which JSON texts do not begin with"};
    skipSpace();
    if (m_at == m_end)
        return {m_at - m_begin, "there is no value"};
    do {
        if (!step())
            return m_fault;
        skipSpace();
    } while (m_depth > 0);
    if (m_at != m_end)
        return {m_at - m_begin, "something follows the value"};
    return {};
}

void Check::skipSpace()
{
    while (m_at < m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
        ++m_at;
}

bool Check::fail(const char *sentence)
{
    m_fault = {m_at - m_begin, m_at == m_end ? "the text ends too early" : sentence};
    return false;
}

bool Check::step()
{
    switch (m_next) {
    case Next::ValueOrClose:
        if (isAt(']'))
            return close();
        return value();
    case Next::Value:
        return value();
    case Next::KeyOrClose:
        if (isAt('}'))
            return close();
        return key();
    case Next::Key:
        return key();
    case Next::CommaOrClose:
        return commaOrClose();
    }
    return false;
}

bool Check::value()
{
    m_next = Next::CommaOrClose;
    if (m_at == m_end)
        return fail("");
    switch (*m_at) {
    case '{':
        return open(true);
    case '[':
        return open(false);
    case '"':
        return string();
    case 't':
        return word("true");
    case 'f':
        return word("false");
    case 'n':
        return word("null");
    default:
        return number();
    }
}

bool Check::open(bool isObject)
{
    if (m_depth == m_mostDepth)
        return fail(m_mostDepth == recordDepth ? "nested more than 512 levels deep" : "nested too deep");
    m_isObject[static_cast<std::size_t>(m_depth++)] = isObject;
    m_next = isObject ? Next::KeyOrClose : Next::ValueOrClose;
    ++m_at;
    return true;
}

bool Check::close()
{
    --m_depth;
    m_next = Next::CommaOrClose;
    ++m_at;
    return true;
}

bool Check::key()
{
    if (!isAt('"'))
        return fail("expected a string as the name of an object's member");
    if (!string())
        return false;
    skipSpace();
    if (!take(':'))
        return fail("expected ':' after the name of an object's member");
    m_next = Next::Value;
    return true;
}

bool Check::commaOrClose()
{
    const bool isObject = m_isObject[static_cast<std::size_t>(m_depth - 1)];
    if (isAt(isObject ? '}' : ']'))
        return close();
    if (!take(','))
        return fail(isObject ? "expected ',' or '}' in an object" : "expected ',' or ']' in an array");
    m_next = isObject ? Next::Key : Next::Value;
    return true;
}

bool Check::string()
{
    ++m_at;
    while (m_at < m_end) {
        const auto c = static_cast<unsigned char>(*m_at);
        if (c == '"')
            return ++m_at, true;
        if (c == '\\') {
            if (!escape())
                return false;
        } else if (c < 0x20) {
            return fail("a control character in a string; it must be escaped");
        } else if (c < 0x80) {
            ++m_at;
        } else {
            const int length = utf8Length(reinterpret_cast<const unsigned char *>(m_at),
                                          reinterpret_cast<const unsigned char *>(m_end));
            if (length == 0)
                return fail("not valid UTF-8");
            m_at += length;
        }
    }
    return fail("");
}

bool Check::escape()
{
    ++m_at;
    if (m_at == m_end)
        return fail("");
    if (*m_at != 'u') {
        if (std::string_view("\"\\/bfnrt").find(*m_at) == std::string_view::npos)
            return fail("an unknown escape in a string");
        ++m_at;
        return true;
    }
    ++m_at;
    for (int i = 0; i < 4; ++i, ++m_at) {
        if (m_at == m_end || !isHexDigit(*m_at))
            return fail("\\u needs four hexadecimal digits");
    }
    return true;
}

bool Check::number()
{
    const bool negative = take('-');
    if (m_at < m_end && !isDigit(*m_at))
        return fail(negative ? "expected a digit after '-'" : "expected a value");
    if (!take('0') && !digits())
        return false;
    if (take('.') && !digits())
        return false;
    if (take('e') || take('E')) {
        if (!take('+'))
            take('-');
        return digits();
    }
    return true;
}

bool Check::digits()
{
    if (m_at == m_end || !isDigit(*m_at))
        return fail("expected a digit");
    while (m_at < m_end && isDigit(*m_at))
        ++m_at;
    return true;
}

bool Check::word(std::string_view word)
{
    for (const char c : word) {
        if (!take(c))
            return fail("expected a value");
    }
    return true;
}

} // namespace

Fault check(QByteArrayView text, int depth) { return Check(text, depth).run(); }

} // namespace quoin::json
