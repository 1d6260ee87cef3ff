// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <chrono>

namespace quoin::auth {

/// Microseconds since 1970 UTC, as the tables have them.
inline qint64 systemMicroseconds()
{
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

/// Milliseconds that nobody can set back, for what is measured within one process.
inline qint64 steadyMilliseconds()
{
    using namespace std::chrono;
    return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

} // namespace quoin::auth
