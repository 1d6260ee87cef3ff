// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/blame.h"
#include "supervisor/workerslot.h"

#include <chrono>
#include <optional>

namespace quoin::supervisor {

struct WatchdogLimits
{
    std::chrono::milliseconds loop = std::chrono::seconds(1);  ///< The longest turn of an event loop.
    std::chrono::milliseconds grace = std::chrono::seconds(2); ///< What a handler, a task or a start may overrun by.
    std::chrono::milliseconds crash = std::chrono::seconds(
        1); ///< The longest time from a fault to the end of the process.
};

/// Something in a worker that does not go on.
struct Stuck
{
    enum class Kind {
        Loop,  ///< The event loop: nobody on this worker is served.
        Pool,  ///< A handler past its deadline keeps a thread of the pool.
        Task,  ///< A task past its limit.
        Start, ///< A plugin that is being loaded, started or stopped.
        Crash, ///< It crashed, and its signal handler does not come to an end.
    };

    Kind kind = Kind::Loop;
    QString module; ///< The plugin it is in; empty: none said so.
    QByteArray sha256;
    qint64 since = 0;   ///< monotonicMilliseconds() when it began.
    qint32 thread = 0;  ///< Its id, for tgkill(2).
    quint64 number = 0; ///< Of the request or task.

    /// Whether the worker must be ended; otherwise it still serves, and may be replaced in peace.
    bool isFatal() const { return kind != Kind::Pool && kind != Kind::Task; }
    /// "the event loop has been blocked for 1.2 s", "a handler on the pool (request 17) has been running for 62.0 s"
    QString sentence(qint64 nowMs) const;
    /// What to say of a worker that is ended or replaced for it without leaving a report of its own.
    Verdict verdict(qint64 nowMs) const;
};

/// The worst thing that is stuck in a living worker, if any; loop and crash before all else. A worker under a debugger
/// is never stuck. nowMs: monotonicMilliseconds(). A caller who was himself held up (his timer came late: the whole
/// host was paused or short of time) should skip that one look.
std::optional<Stuck> inspect(const WorkerSlot &slot, qint64 nowMs, const WatchdogLimits &limits = {});

/// For how long, in milliseconds, the event loop has been in the handler it is in; 0 if it is in none.
qint64 loopBusyFor(const WorkerSlot &slot, qint64 nowMs);

} // namespace quoin::supervisor
