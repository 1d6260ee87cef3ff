// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "meters/histogram.h"

#include <string_view>

namespace quoin::meters {

/// The answers of one method and path template.
struct RouteMeter
{
    static constexpr std::size_t longestMethod = 15;
    static constexpr std::size_t longestPattern = 127;

    char method[longestMethod + 1];
    char pattern[longestPattern + 1];
    Counter answered[6]; ///< By the first digit of the status; 0: the client left before there was one.
    Histogram<requestBounds> durations;
};

/// The tasks of one name.
struct TaskMeter
{
    static constexpr std::size_t longestName = 127;
    enum Ending { Done, Retried, Dead, Cancelled, GivenBack };
    static constexpr int endings = 5;

    char name[longestName + 1];
    Counter ended[endings];          ///< Attempts, by how they ended.
    Histogram<taskBounds> durations; ///< Of attempts; in a batch, each has that of the batch.
    Histogram<taskBounds> waits;     ///< From the push to the first attempt, the delay of a late one included.
};

/// The database as one process uses it.
struct DatabaseMeter
{
    Histogram<requestBounds> readWaits; ///< Until a thread took the job.
    Histogram<requestBounds> writeWaits;
    Histogram<requestBounds> transactions; ///< From BEGIN until COMMIT was answered, of those that write.
    Histogram<batchBounds> batches;        ///< Jobs in each of these.
    Counter failures;                      ///< Write jobs that were rolled back for good.
    Counter refused;                       ///< Jobs turned away: too many waited, or the server was away.
    Counter outages;                       ///< How often the server was lost.

    // Of this moment: not to be added up over time.
    Counter readsWaiting;
    Counter writesWaiting;
    Counter away; ///< 1: the server cannot be reached.
};

/// What one process counts since its start. It lies in memory that the processes of a host share: lock-free atomics,
/// all zero at first, no pointers. Texts are written once, before the count publishes them. Counters only rise.
struct Meters
{
    static constexpr int mostRoutes = 256;
    static constexpr int mostTasks = 64;
    static constexpr int firstStatus = 100;
    static constexpr int statuses = 500;

    std::atomic<quint32> routeCount;
    std::atomic<quint32> taskCount;
    Counter accepted;           ///< Connections, where this process listens itself.
    Counter refusedConnections; ///< Over a limit.
    Counter outcomesLost;       ///< Of tasks that were no longer ours.
    Counter counterOutages;     ///< How often the Redis with the counters was lost.
    Counter answers[statuses];  ///< By status.
    DatabaseMeter database;
    TaskMeter tasks[mostTasks];
    RouteMeter routes[mostRoutes];
};

static_assert(Counter::is_always_lock_free, "shared between processes");

/// The methods that requests without a route are told apart by; the last one is for all others.
inline constexpr std::array<std::string_view, 8> knownMethods{"GET",   "HEAD",   "POST",    "PUT",
                                                              "PATCH", "DELETE", "OPTIONS", "other"};

// Indexes that are the same in every process: what has no route or is unknown comes first.
inline constexpr int otherRoute = knownMethods.size(); ///< Of a route that found no room.
inline constexpr int firstRoute = otherRoute + 1;
inline constexpr int otherTask = 0;

/// Index of the n-th route of a process, counted from 1.
inline int indexOfRoute(int number)
{
    const int index = firstRoute + number - 1;
    return index < Meters::mostRoutes ? index : otherRoute;
}
int indexWithoutRoute(std::string_view method);

// The process that counts: one thread.

/// Names what has no name of its own. First.
void open(Meters &meters);
/// Routes in their order, see indexOfRoute(). What finds no room is counted as otherRoute.
void addRoute(Meters &meters, std::string_view method, std::string_view pattern);
/// Its index; the same again for the same name; otherTask if there is no room.
int addTask(Meters &meters, std::string_view name);

// Everybody.

/// Adds what the one has counted to the other, which was opened: by name, so that processes may have other routes. What
/// finds no room is counted as otherRoute or otherTask. from need not be trusted: whatever is in it, this stays in
/// bounds.
void addCounters(Meters &to, const Meters &from);
/// Adds what the one says of this moment.
void addGauges(Meters &to, const Meters &from);

/// At most as many as there is room for.
int routeCount(const Meters &meters);
int taskCount(const Meters &meters);
/// Up to its zero, or all of it.
template <std::size_t size>
std::string_view textOf(const char (&text)[size])
{
    return {text, static_cast<std::size_t>(std::find(text, text + size, '\0') - text)};
}

} // namespace quoin::meters
