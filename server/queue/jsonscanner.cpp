// SPDX-License-Identifier: GPL-3.0-only
#include "queue/jsonscanner.h"

namespace quoin::queue {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isHex(char c) { return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

} // namespace

void JsonScanner::skipSpace()
{
    while (here() == ' ' || here() == '\n' || here() == '\t' || here() == '\r')
        ++m_offset;
}

bool JsonScanner::take(char character)
{
    if (atEnd() || here() != character)
        return false;
    ++m_offset;
    return true;
}

std::optional<QByteArrayView> JsonScanner::value()
{
    const qsizetype start = m_offset;
    QByteArray open; // the brackets we are inside of, innermost last
    do {
        if (!step(open))
            return std::nullopt;
    } while (!open.isEmpty());
    return m_text.sliced(start, m_offset - start);
}

/// From the start of a value to the start of the next one, or to the end of the outermost.
bool JsonScanner::step(QByteArray &open)
{
    if (take('[')) {
        open += '[';
        skipSpace();
        if (here() != ']')
            return true;
    } else if (take('{')) {
        open += '{';
        skipSpace();
        if (here() != '}')
            return key();
    } else if (!scalar()) {
        return false;
    }
    return close(open);
}

/// After a value: over the brackets that end here, then over the comma (and the key) before the next value.
bool JsonScanner::close(QByteArray &open)
{
    while (!open.isEmpty()) {
        skipSpace();
        const bool array = open.back() == '[';
        if (take(array ? ']' : '}')) {
            open.chop(1);
            continue;
        }
        if (!take(','))
            return false;
        skipSpace();
        return array || key();
    }
    return true;
}

bool JsonScanner::key()
{
    if (!string())
        return false;
    skipSpace();
    if (!take(':'))
        return false;
    skipSpace();
    return true;
}

bool JsonScanner::scalar()
{
    switch (here()) {
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

bool JsonScanner::string()
{
    if (!take('"'))
        return false;
    while (!atEnd()) {
        const char c = here();
        if (static_cast<unsigned char>(c) < 0x20) // control characters must be escaped, RFC 8259 section 7
            return false;
        ++m_offset;
        if (c == '"')
            return true;
        if (c == '\\' && !escape())
            return false;
    }
    return false;
}

bool JsonScanner::escape()
{
    if (!take('u')) {
        if (atEnd() || !QByteArrayView("\"\\/bfnrt").contains(here()))
            return false;
        ++m_offset;
        return true;
    }
    for (int i = 0; i < 4; ++i, ++m_offset) {
        if (!isHex(here()))
            return false;
    }
    return true;
}

bool JsonScanner::number()
{
    take('-');
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

bool JsonScanner::digits()
{
    const qsizetype start = m_offset;
    while (isDigit(here()))
        ++m_offset;
    return m_offset > start;
}

bool JsonScanner::word(QByteArrayView expected)
{
    if (!m_text.sliced(m_offset).startsWith(expected))
        return false;
    m_offset += expected.size();
    return true;
}

} // namespace quoin::queue
