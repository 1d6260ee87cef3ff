// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <algorithm>

namespace quoin::celery {

/// The logical clock that control commands, replies and events carry ("clock"). One for a node; its main thread only.
struct Lamport
{
    quint64 value = 0;

    /// For the next thing that is sent.
    quint64 next() { return ++value; }

    /// On receipt of something that carries a clock. One that no program could have counted up to is not believed:
    /// readers order events by it, and JSON numbers above 2^53 are not exact everywhere.
    void hear(quint64 theirs)
    {
        constexpr quint64 believable = quint64(1) << 53;
        value = (theirs < believable ? std::max(value, theirs) : value) + 1;
    }
};

} // namespace quoin::celery
