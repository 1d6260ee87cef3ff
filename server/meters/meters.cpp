// SPDX-License-Identifier: GPL-3.0-only
#include "meters/meters.h"

#include <cstring>

namespace quoin::meters {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;

/// More than any process can count: a sum of all of them is still a number.
constexpr quint64 mostCounted = quint64(1) << 53;

int countOf(const std::atomic<quint32> &count, int most)
{
    return static_cast<int>(std::min<quint32>(count.load(std::memory_order_acquire), static_cast<quint32>(most)));
}

/// As much as has room; the memory was zero before.
template <std::size_t size>
void setText(char (&to)[size], std::string_view text)
{
    std::memcpy(to, text.data(), std::min(size - 1, text.size()));
}

void addCounter(Counter &to, const Counter &from) { addAlone(to, std::min(from.load(relaxed), mostCounted)); }

template <std::size_t size>
void addCounter(Counter (&to)[size], const Counter (&from)[size])
{
    for (std::size_t i = 0; i < size; ++i)
        addCounter(to[i], from[i]);
}

template <const auto &bounds>
void addCounter(Histogram<bounds> &to, const Histogram<bounds> &from)
{
    addCounter(to.buckets, from.buckets);
    addCounter(to.sum, from.sum);
}

bool isSame(const RouteMeter &one, const RouteMeter &other)
{
    return textOf(one.pattern) == textOf(other.pattern) && textOf(one.method) == textOf(other.method);
}

bool isSame(const TaskMeter &one, const TaskMeter &other) { return textOf(one.name) == textOf(other.name); }

void setName(RouteMeter &to, const RouteMeter &from)
{
    setText(to.method, textOf(from.method));
    setText(to.pattern, textOf(from.pattern));
}

void setName(TaskMeter &to, const TaskMeter &from) { setText(to.name, textOf(from.name)); }

/// The entry of the same name: mostly at the same index, since processes of a generation have the same plugins.
template <class Entry, std::size_t most>
Entry &entryFor(Entry (&entries)[most], std::atomic<quint32> &count, int index, const Entry &wanted, int other)
{
    const int known = countOf(count, most);
    if (index < known && isSame(entries[index], wanted))
        return entries[index];
    for (int i = 0; i < known; ++i) {
        if (isSame(entries[i], wanted))
            return entries[i];
    }
    if (known == most)
        return entries[other];
    setName(entries[known], wanted);
    count.store(static_cast<quint32>(known + 1), std::memory_order_release);
    return entries[known];
}

void addDatabase(DatabaseMeter &to, const DatabaseMeter &from)
{
    addCounter(to.readWaits, from.readWaits);
    addCounter(to.writeWaits, from.writeWaits);
    addCounter(to.transactions, from.transactions);
    addCounter(to.batches, from.batches);
    addCounter(to.failures, from.failures);
    addCounter(to.refused, from.refused);
    addCounter(to.outages, from.outages);
}

} // namespace

int indexWithoutRoute(std::string_view method)
{
    const auto found = std::find(knownMethods.begin(), knownMethods.end() - 1, method);
    return static_cast<int>(found - knownMethods.begin());
}

void open(Meters &meters)
{
    for (const std::string_view method : knownMethods)
        addRoute(meters, method, "none");
    addRoute(meters, "other", "other");
    addTask(meters, "other");
}

void addRoute(Meters &meters, std::string_view method, std::string_view pattern)
{
    const int index = routeCount(meters);
    if (index == Meters::mostRoutes)
        return;
    setText(meters.routes[index].method, method);
    setText(meters.routes[index].pattern, pattern);
    meters.routeCount.store(static_cast<quint32>(index + 1), std::memory_order_release);
}

int addTask(Meters &meters, std::string_view name)
{
    const int count = taskCount(meters);
    const std::string_view kept = name.substr(0, TaskMeter::longestName);
    for (int i = 0; i < count; ++i) {
        if (textOf(meters.tasks[i].name) == kept)
            return i;
    }
    if (count == Meters::mostTasks)
        return otherTask;
    setText(meters.tasks[count].name, kept);
    meters.taskCount.store(static_cast<quint32>(count + 1), std::memory_order_release);
    return count;
}

void addCounters(Meters &to, const Meters &from)
{
    addCounter(to.accepted, from.accepted);
    addCounter(to.refusedConnections, from.refusedConnections);
    addCounter(to.outcomesLost, from.outcomesLost);
    addCounter(to.counterOutages, from.counterOutages);
    addCounter(to.answers, from.answers);
    addDatabase(to.database, from.database);
    for (int i = 0; i < taskCount(from); ++i) {
        TaskMeter &task = entryFor(to.tasks, to.taskCount, i, from.tasks[i], otherTask);
        addCounter(task.ended, from.tasks[i].ended);
        addCounter(task.durations, from.tasks[i].durations);
        addCounter(task.waits, from.tasks[i].waits);
    }
    for (int i = 0; i < routeCount(from); ++i) {
        RouteMeter &route = entryFor(to.routes, to.routeCount, i, from.routes[i], otherRoute);
        addCounter(route.answered, from.routes[i].answered);
        addCounter(route.durations, from.routes[i].durations);
    }
}

void addGauges(Meters &to, const Meters &from)
{
    addCounter(to.database.readsWaiting, from.database.readsWaiting);
    addCounter(to.database.writesWaiting, from.database.writesWaiting);
    addCounter(to.database.away, from.database.away);
}

int routeCount(const Meters &meters) { return countOf(meters.routeCount, Meters::mostRoutes); }
int taskCount(const Meters &meters) { return countOf(meters.taskCount, Meters::mostTasks); }

} // namespace quoin::meters
