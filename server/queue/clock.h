// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <chrono>
#include <functional>

namespace quoin::queue {

/// Microseconds since 1970 UTC. Must be callable from any thread.
using Clock = std::function<qint64()>;

/// The clock of this machine.
inline qint64 systemMicroseconds()
{
    using namespace std::chrono;
    return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

constexpr qint64 toMicroseconds(std::chrono::milliseconds duration)
{
    return std::chrono::microseconds(duration).count();
}

} // namespace quoin::queue
