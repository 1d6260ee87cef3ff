// SPDX-License-Identifier: GPL-3.0-only
#include "http/headscanner.h"

#include "http/characters.h"
#include "http/limits.h"

namespace quoin::http {

namespace {

constexpr Fault lineTooLong{414, "The request line is longer than this server accepts."};
constexpr Fault headTooLong{431, "The header fields are longer than this server accepts."};

} // namespace

std::size_t HeadScanner::scan(std::string_view bytes, const Limits &limits)
{
    if (m_fault || (!m_begun && !begin(bytes)))
        return 0;
    while (m_position < bytes.size()) {
        const std::size_t feed = bytes.find('\n', m_position);
        if (feed == std::string_view::npos) {
            m_position = bytes.size();
            break;
        }
        if (endLine(bytes, feed, limits))
            return m_fault ? 0 : feed + 1;
    }
    // The same bounds as in endLine(), for lines that never end.
    const std::size_t length = bytes.size() - m_skipped;
    if (m_inRequestLine && length > static_cast<std::size_t>(limits.requestLine) + 2)
        m_fault = lineTooLong;
    else if (length > static_cast<std::size_t>(limits.head))
        m_fault = headTooLong;
    return 0;
}

/// Skips one empty line and looks at the first byte, so that TLS or binary noise is refused at once and not after a
/// timeout.
bool HeadScanner::begin(std::string_view bytes)
{
    if (bytes.empty() || bytes == "\r")
        return false;
    if (bytes.starts_with("\r\n"))
        m_skipped = 2;
    if (bytes.size() == m_skipped)
        return false;
    m_begun = true;
    m_position = m_lineStart = m_skipped;
    if (!is(bytes[m_skipped], Token))
        m_fault = {400, "This is not an HTTP request; if it was TLS: this port speaks plain HTTP."};
    return !m_fault;
}

/// True when the head is complete or wrong.
bool HeadScanner::endLine(std::string_view bytes, std::size_t feed, const Limits &limits)
{
    const std::size_t length = feed + 1 - m_skipped;
    if (m_inRequestLine && length > static_cast<std::size_t>(limits.requestLine) + 2)
        m_fault = lineTooLong;
    else if (length > static_cast<std::size_t>(limits.head))
        m_fault = headTooLong;
    else if (feed == m_lineStart || bytes[feed - 1] != '\r')
        m_fault = {400, "A line of the request head ends in LF without CR."};
    if (m_fault)
        return true;

    const bool blank = feed - 1 == m_lineStart;
    m_inRequestLine = false;
    m_position = m_lineStart = feed + 1;
    return blank;
}

} // namespace quoin::http
