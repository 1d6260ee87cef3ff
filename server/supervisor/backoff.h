// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <chrono>

namespace quoin::supervisor {

struct BackoffOptions
{
    std::chrono::milliseconds first{100}; ///< The second pause; the first is none at all.
    int factor = 4;                       ///< From one pause to the next.
    std::chrono::milliseconds longest = std::chrono::seconds(30);
    std::chrono::milliseconds calm = std::chrono::minutes(1); ///< So long without a failure, and all is forgotten.
};

/// How long to wait before what failed is started again: 0, 0.1 s, 0.4 s, 1.6 s and so on up to 30 s. A value.
class Backoff
{
public:
    explicit Backoff(const BackoffOptions &options = {})
        : m_options(options)
    {
    }

    /// The pause after a failure at nowMs, on a clock that never goes back.
    std::chrono::milliseconds next(qint64 nowMs);

private:
    BackoffOptions m_options;
    std::chrono::milliseconds m_pause{-1}; ///< The last one; negative: no failure is remembered.
    qint64 m_startedAt = 0;                ///< When that pause ended.
};

} // namespace quoin::supervisor
