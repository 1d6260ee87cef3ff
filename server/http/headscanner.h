// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/fault.h"

#include <cstddef>
#include <string_view>

namespace quoin::http {

struct Limits;

/// Finds the end of a request head in bytes that arrive in any portions, looking at each byte once.
/// The verdict does not depend on how the bytes were cut.
class HeadScanner
{
public:
    /// bytes: all that has arrived since the end of the request before. The size of the head with its blank line and
    /// what was skipped before it, or 0 if more is needed or fault() says why not.
    std::size_t scan(std::string_view bytes, const Limits &limits);

    Fault fault() const { return m_fault; }
    /// The one CR LF tolerated before a request line (RFC 9112 section 2.2).
    std::size_t skipped() const { return m_skipped; }

private:
    bool begin(std::string_view bytes);
    bool endLine(std::string_view bytes, std::size_t feed, const Limits &limits);

    std::size_t m_position = 0;
    std::size_t m_lineStart = 0;
    std::size_t m_skipped = 0;
    bool m_begun = false;
    bool m_inRequestLine = true;
    Fault m_fault;
};

} // namespace quoin::http
