// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <string_view>

namespace quoin::http {

/// Milliseconds since some start, never going back; as exact as the kernel's tick (4 ms), for which it costs next to
/// nothing.
qint64 coarseMilliseconds();
/// Microseconds since some start, never going back.
qint64 exactMicroseconds();

/// The Date field (RFC 9110 section 6.6.1), made anew once a second. One thread.
class DateLine
{
public:
    /// "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    std::string_view text();

private:
    qint64 m_second = -1;
    char m_text[64] = {};
    std::size_t m_size = 0;
};

} // namespace quoin::http
