// SPDX-License-Identifier: GPL-3.0-only
#include "http/clock.h"

#include <array>
#include <cstdio>
#include <ctime>

namespace quoin::http {

qint64 coarseMilliseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

qint64 exactMicroseconds()
{
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

std::string_view DateLine::text()
{
    // Not strftime(): the names are English in every locale.
    static constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

    timespec now{};
    ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != m_second) {
        m_second = now.tv_sec;
        tm utc{};
        ::gmtime_r(&now.tv_sec, &utc);
        const int size = std::snprintf(m_text, sizeof m_text, "Date: %s, %02d %s %04d %02d:%02d:%02d GMT\r\n",
                                       days[static_cast<std::size_t>(utc.tm_wday)], utc.tm_mday,
                                       months[static_cast<std::size_t>(utc.tm_mon)], utc.tm_year + 1900, utc.tm_hour,
                                       utc.tm_min, utc.tm_sec);
        m_size = static_cast<std::size_t>(size);
    }
    return {m_text, m_size};
}

} // namespace quoin::http
