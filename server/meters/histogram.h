// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <array>
#include <atomic>

namespace quoin::meters {

// Upper bounds of buckets, each inclusive. Durations are in microseconds.

/// From a tenth of what a route on the event loop takes under load to the deadline of a handler.
inline constexpr std::array<quint64, 16> requestBounds{
    100,    250,     500,     1'000,   2'500,     5'000,     10'000,     25'000,
    50'000, 100'000, 250'000, 500'000, 1'000'000, 2'500'000, 10'000'000, 30'000'000,
};
inline constexpr std::array<quint64, 16> taskBounds{
    1'000,   2'500,     5'000,     10'000,    25'000,     50'000,     100'000,     250'000,
    500'000, 1'000'000, 2'500'000, 5'000'000, 10'000'000, 60'000'000, 300'000'000, 1'800'000'000,
};
/// Jobs in one transaction.
inline constexpr std::array<quint64, 9> batchBounds{1, 2, 4, 8, 16, 32, 64, 128, 256};

using Counter = std::atomic<quint64>;

/// Without a locked instruction: for a counter that one thread alone adds to.
inline void addAlone(Counter &counter, quint64 by = 1)
{
    counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

/// Any thread.
inline void add(Counter &counter, quint64 by = 1) { counter.fetch_add(by, std::memory_order_relaxed); }

/// How many values fell into each bucket, and their sum: what a histogram of Prometheus is made of. All zero at first,
/// without pointers, so that it can live in memory that processes share.
template <const auto &bounds>
struct Histogram
{
    Counter buckets[bounds.size() + 1]; ///< The last one has what is above all bounds.
    Counter sum;

    static std::size_t of(quint64 value)
    {
        return static_cast<std::size_t>(
            std::find_if(bounds.begin(), bounds.end(), [value](quint64 bound) { return value <= bound; })
            - bounds.begin());
    }

    /// Any thread.
    void add(quint64 value)
    {
        meters::add(buckets[of(value)]);
        meters::add(sum, value);
    }

    /// The one thread that adds here.
    void addAlone(quint64 value)
    {
        meters::addAlone(buckets[of(value)]);
        meters::addAlone(sum, value);
    }
};

} // namespace quoin::meters
