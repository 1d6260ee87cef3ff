// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/hostboard.h"
#include "supervisor/hostmemory.h"

#include <map>

namespace quoin::supervisor {

/// Turns what workers have counted into seconds on the board. What a worker counts is not trusted: a counter that goes
/// back counts as nothing new. One thread; the caller has the clock.
class Sampler
{
public:
    /// memory is lent.
    explicit Sampler(HostMemory &memory)
        : m_memory(memory)
    {
    }

    /// Everything since the last call, by the workers in these slots and those that left meanwhile, becomes the second
    /// that ends now; and all the seconds in between, if the caller was held up.
    void sample(const QList<int> &slots, qint64 second);

    /// Takes what a worker that is going has counted, before its slot is cleared.
    void collect(int slot);

private:
    struct Counted
    {
        quint64 requests = 0;
        quint64 errors = 0;
        quint64 tasksDone = 0;
        quint64 tasksFailed = 0;
        LatencyTally latencies{};
    };

    static Counted read(const WorkerSlot &slot);
    void take(int slot);
    void appendSeconds(const Counted &counted, SecondFigures now, qint64 count);

    HostMemory &m_memory;
    std::map<int, Counted> m_before; ///< By slot, at the last look.
    Counted m_since;                 ///< Of all, since the last second.
    qint64 m_lastSecond = 0;
};

} // namespace quoin::supervisor
