// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <atomic>
#include <string>

namespace quoin::http {

class IncomingRequest;

/// When what happened to a request, by exactMicroseconds(); 0: not yet, and for ever if nobody is to be told. Any
/// thread.
struct Times
{
    std::atomic<qint64> queued = 0;   ///< Given to the pool.
    std::atomic<qint64> begun = 0;    ///< Its handler was called...
    std::atomic<qint64> answered = 0; ///< ...and gave its answer.

    void clear()
    {
        for (auto *time : {&queued, &begun, &answered})
            time->store(0, std::memory_order_relaxed);
    }
};

/// Appends the field Server-Timing with its line break (https://www.w3.org/TR/server-timing/), in milliseconds: total
/// up to now, and those of pool, handler and db that there were. since: when the head was complete.
void appendServerTiming(std::string &out, const IncomingRequest &request, qint64 since);

} // namespace quoin::http
