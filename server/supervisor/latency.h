// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>

namespace quoin::supervisor {

/// Buckets of durations in microseconds that grow with the duration: eight for each doubling, so that what is read back
/// is off by at most a sixteenth. The last one has everything from two minutes up.
struct LatencyBuckets
{
    static constexpr int perDoubling = 8;
    static constexpr int count = 200;

    static constexpr int of(quint64 microseconds)
    {
        if (microseconds < perDoubling)
            return static_cast<int>(microseconds);
        const int exponent = static_cast<int>(std::bit_width(microseconds)) - 1; // 3 and up
        const int index = (exponent - 2) * perDoubling + static_cast<int>((microseconds >> (exponent - 3)) & 7);
        return std::min(index, count - 1);
    }

    /// What stands for all that is in a bucket: its middle.
    static constexpr quint32 middle(int bucket)
    {
        if (bucket < perDoubling)
            return static_cast<quint32>(bucket);
        const int shift = bucket / perDoubling - 1;
        const quint32 lower = static_cast<quint32>(perDoubling + bucket % perDoubling) << shift;
        return lower + ((1U << shift) >> 1);
    }
};

/// How many durations fell into each bucket. Any thread may read; one writes.
struct LatencyCounts
{
    std::atomic<quint64> buckets[LatencyBuckets::count];

    /// Without a locked instruction: only one thread of one process writes.
    void add(quint64 microseconds)
    {
        auto &bucket = buckets[LatencyBuckets::of(microseconds)];
        bucket.store(bucket.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
    }
};

/// The same as a value, of a stretch of time.
using LatencyTally = std::array<quint64, LatencyBuckets::count>;

/// The duration that this share of all (0 < share <= 1) did not exceed, in microseconds; 0 if there were none.
inline quint32 percentile(const LatencyTally &tally, double share)
{
    quint64 total = 0;
    for (const quint64 count : tally)
        total += count;
    const auto wanted = std::max<quint64>(1, static_cast<quint64>(static_cast<double>(total) * share + 0.5));
    quint64 seen = 0;
    for (int bucket = 0; total > 0 && bucket < LatencyBuckets::count; ++bucket) {
        seen += tally[static_cast<std::size_t>(bucket)];
        if (seen >= wanted)
            return LatencyBuckets::middle(bucket);
    }
    return 0;
}

} // namespace quoin::supervisor
