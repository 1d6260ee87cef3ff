// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/clock.h"

#include <atomic>
#include <memory>

namespace quoin::testhost {

/// The clock that tasks go by: this machine's, set forward at will. While tasks run it stands still, so that a slow
/// machine does not make a retry due that a fast one would not. Any thread.
class TestClock
{
public:
    qint64 now() const
    {
        const qint64 frozen = m_state->frozen;
        return frozen != 0 ? frozen : queue::systemMicroseconds() + m_state->ahead;
    }
    /// Valid for ever.
    queue::Clock function() const
    {
        return [clock = *this] { return clock.now(); };
    }

    void advance(qint64 microseconds) { m_state->ahead += microseconds; }
    void freeze() { m_state->frozen = now(); }
    void thaw() { m_state->frozen = 0; }

private:
    struct State
    {
        std::atomic<qint64> ahead = 0;
        std::atomic<qint64> frozen = 0; ///< 0: it goes.
    };
    std::shared_ptr<State> m_state = std::make_shared<State>(); // shared with the parts it was given to
};

} // namespace quoin::testhost
