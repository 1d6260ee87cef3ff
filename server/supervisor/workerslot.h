// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "meters/meters.h"
#include "supervisor/latency.h"

#include <QtGlobal>

#include <atomic>

namespace quoin::supervisor {

/// What a thread of a worker does while it is inside a plugin.
enum class CrumbKind : qint32 {
    Loop = 1,  ///< A handler on the event loop: it must not block.
    Pool = 2,  ///< A blocking handler on the pool; number is the request.
    Task = 3,  ///< A background task; number is the task.
    Start = 4, ///< Loading, describing, starting or stopping the plugin.
};

/// A trace of one thread: which plugin it is in. Written by that thread alone, read by the supervisor, which tells by
/// sequence (the same before and after) that what it read belongs together.
struct alignas(64) ThreadCrumb
{
    std::atomic<qint32> thread; ///< Its id (gettid(2)); 0: nobody's.
    std::atomic<quint32> sequence;
    std::atomic<qint32> module;   ///< 1 + index into the module table; 0: in no plugin.
    std::atomic<qint32> kind;     ///< CrumbKind
    std::atomic<qint64> since;    ///< monotonicMilliseconds()
    std::atomic<qint64> deadline; ///< The same clock; 0: none.
    std::atomic<quint64> number;  ///< Of the request or the task.
};

/// An object that is mapped into the worker. The texts are written once, before they are published by moduleCount.
struct ModuleEntry
{
    static constexpr qsizetype longestName = 168;

    char name[longestName + 1];    ///< A plugin's id, or the file name of anything else.
    char sha256[64 + 1];           ///< Hexadecimal, of a plugin; empty for anything else.
    std::atomic<quint32> isPlugin; ///< 1, or 0 for anything else.
    std::atomic<quint64> base; ///< What an address in the file is moved by; offsets count from here, as addr2line does.
    std::atomic<quint64> from; ///< Its addresses: from <= address < to. Both 0 until it is located.
    std::atomic<quint64> to;
};

/// The last words of a worker, written by its signal handler (signal-safety(7)).
struct CrashReport
{
    static constexpr int mostFrames = 64;
    enum State : qint32 { None, Begun, Told, Complete }; ///< Told: all but the frames.

    std::atomic<qint32> state;
    std::atomic<qint32> signal;
    std::atomic<qint32> code;   ///< si_code
    std::atomic<qint32> sender; ///< Who sent the signal (pid); 0: nobody, a fault.
    std::atomic<qint32> thread;
    std::atomic<qint32> frameCount;
    std::atomic<qint64> at;       ///< monotonicMilliseconds()
    std::atomic<quint64> address; ///< si_addr
    std::atomic<quint64> pc;
    std::atomic<quint64> sp;
    std::atomic<quint64> frames[mostFrames]; ///< Innermost first, beginning with pc.
};

/// What one worker tells the supervisor, in memory that both map: lock-free atomics, all zero at first, no pointers.
/// The worker is not trusted: it runs plugins, so whoever reads this checks every index and length (blame.h and
/// watchdog.h do).
struct alignas(4096) WorkerSlot
{
    static constexpr int mostThreads = 256;
    static constexpr int mostModules = 512;
    static constexpr qint64 resting = -1; ///< beat of a loop that waits for events.

    std::atomic<qint32> pid;
    std::atomic<quint32> generation;
    std::atomic<quint32> connections; ///< Open now.
    std::atomic<quint32> waitingJobs; ///< Handlers that wait for a thread of the pool.
    std::atomic<quint32> runningTasks;
    std::atomic<quint32> threadsSeen; ///< Crumbs at and beyond this index were never used.
    std::atomic<quint32> unmarked;    ///< How often a thread found no free crumb and went on without.
    std::atomic<quint32> moduleCount;
    std::atomic<quint64> requests; ///< Answered so far.
    std::atomic<quint64> taken;    ///< Connections received from the supervisor so far.
    std::atomic<qint64> beat; ///< When the event loop began its present turn; 0: it does not serve yet; or resting.

    std::atomic<quint64> tasksDone;   ///< Since the start.
    std::atomic<quint64> tasksFailed; ///< Attempts.
    std::atomic<quint64> answered[6]; ///< Answers by the first digit of their status; 0: anything else.
    LatencyCounts latencies;          ///< Of the answers, from the complete head to the last byte.

    meters::Meters meters; ///< For GET /metrics.

    CrashReport crash;
    ThreadCrumb crumbs[mostThreads];
    ModuleEntry modules[mostModules];
};

static_assert(std::atomic<qint32>::is_always_lock_free && std::atomic<quint64>::is_always_lock_free,
              "shared between processes");
static_assert(std::is_trivially_destructible_v<WorkerSlot>);

/// CLOCK_MONOTONIC in milliseconds: one clock for all processes of a host. Any thread; async-signal-safe.
qint64 monotonicMilliseconds();
/// The same clock as of the kernel's latest tick (up to 10 ms ago), for which it costs next to nothing.
qint64 coarseMonotonicMilliseconds();

} // namespace quoin::supervisor
