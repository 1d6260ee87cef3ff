// SPDX-License-Identifier: GPL-3.0-only
#include "metrics/metricspage.h"

#include "metrics/processfigures.h"
#include "supervisor/retirement.h"

#include <QDateTime>

#include <map>

namespace quoin::server {

namespace {

constexpr auto relaxed = std::memory_order_relaxed;
constexpr double perSecond = 1e6; // microseconds; divided by it, 100 become the 0.0001 that is written so
constexpr double one = 1;

using meters::Counter;
using meters::Meters;
using meters::RouteMeter;
using meters::TaskMeter;
using supervisor::HostBoard;
using supervisor::Role;
using supervisor::WorkerPhase;
using supervisor::WorkerRow;

quint64 valueOf(const Counter &counter) { return counter.load(relaxed); }

QByteArrayView viewOf(std::string_view text) { return {text.data(), static_cast<qsizetype>(text.size())}; }

const char *nameOf(Role role) { return role == Role::Web ? "web" : "tasks"; }

const char *nameOf(WorkerPhase phase)
{
    switch (phase) {
    case WorkerPhase::Ready:
        return "ready";
    case WorkerPhase::Draining:
        return "draining";
    case WorkerPhase::Starting:
        break;
    }
    return "starting";
}

template <const auto &bounds>
void write(Exposition &to, const meters::Histogram<bounds> &histogram, double perUnit, Exposition::Labels labels = {})
{
    std::array<quint64, bounds.size() + 1> buckets;
    for (std::size_t i = 0; i < buckets.size(); ++i)
        buckets[i] = valueOf(histogram.buckets[i]);
    to.sample(bounds, buckets, valueOf(histogram.sum), perUnit, labels);
}

template <std::size_t size>
quint64 sumOf(const Counter (&counters)[size])
{
    quint64 sum = 0;
    for (const Counter &counter : counters)
        sum += valueOf(counter);
    return sum;
}

// ---- The host -----------------------------------------------------------------------------------------------------

void writeHost(Exposition &to, const HostBoard &board, const QString &version)
{
    to.gauge("quoin_build_info", "Always 1; the labels tell the version of the program and of Qt.");
    to.sample(quint64(1), {{"version", version.toUtf8()}, {"qt", qVersion()}});
    to.gauge("quoin_start_time_seconds", "When the host was started, seconds since 1970 UTC.");
    to.sample(static_cast<double>(board.started.load(relaxed)) / perSecond);
}

void writeWorkers(Exposition &to, const HostBoard &board, const QList<WorkerRow> &rows)
{
    to.gauge("quoin_workers", "Worker processes by what they are for and how far they are.");
    for (const Role role : {Role::Web, Role::Tasks}) {
        for (const WorkerPhase phase : {WorkerPhase::Starting, WorkerPhase::Ready, WorkerPhase::Draining}) {
            const auto count = std::count_if(
                rows.begin(), rows.end(), [&](const WorkerRow &row) { return row.role == role && row.phase == phase; });
            to.sample(static_cast<quint64>(count), {{"role", nameOf(role)}, {"state", nameOf(phase)}});
        }
    }
    to.counter("quoin_generations", "Generations of workers that were started, by whether they came to serve.");
    to.sample(valueOf(board.generationsServed), {{"result", "served"}});
    to.sample(valueOf(board.generationsRefused), {{"result", "refused"}});
    to.counter("quoin_worker_deaths",
               "Workers that ended and should not have (crashed, hung or left unasked), by the plugin to blame.");
    const auto blamed = std::min<quint32>(board.blamedCount.load(std::memory_order_acquire), HostBoard::mostBlamed);
    for (quint32 i = 0; i < blamed; ++i)
        to.sample(valueOf(board.blamed[i].deaths), {{"plugin", viewOf(meters::textOf(board.blamed[i].plugin))}});
}

void writePlugins(Exposition &to, const HostBoard &board)
{
    to.gauge("quoin_plugin_info", "Always 1; the labels tell each plugin's version and state.");
    for (const supervisor::PluginRow &plugin : supervisor::plugins(board)) {
        to.sample(
            quint64(1),
            {{"plugin", plugin.id.toUtf8()}, {"version", plugin.version.toUtf8()}, {"state", plugin.state.toUtf8()}});
    }
}

using Measure = std::optional<quint64> (*)(qint64 pid);

/// Of each kind of process, the sum; kinds of which nothing is known are left out.
void writeSums(Exposition &to, const HostBoard &board, const QList<WorkerRow> &rows, Measure measure)
{
    std::map<std::string_view, quint64> sums;
    const auto add = [&](std::string_view kind, qint64 pid) {
        if (const auto measured = measure(pid))
            sums[kind] += *measured;
    };
    const qint64 supervisor = board.pid.load(relaxed);
    add("supervisor", supervisor);
    for (const WorkerRow &row : rows) {
        if (row.pid != supervisor) // with --single they are one
            add(nameOf(row.role), row.pid);
    }
    for (const auto &[kind, sum] : sums)
        to.sample(sum, {{"process", viewOf(kind)}});
}

void writeProcesses(Exposition &to, const HostBoard &board, const QList<WorkerRow> &rows)
{
    to.gauge("quoin_process_resident_memory_bytes",
             "Resident memory, summed by kind of process; pages they share count for each.");
    writeSums(to, board, rows, &residentBytes);
    to.gauge("quoin_process_open_fds", "Open descriptors, summed by kind of process.");
    writeSums(to, board, rows, &openDescriptors);
    to.counter("quoin_process_cpu_seconds", "Time of the processor used by all processes of the kind there have been.");
    constexpr std::array kinds{"supervisor", "web", "tasks"};
    for (std::size_t i = 0; i < kinds.size(); ++i)
        to.sample(static_cast<double>(valueOf(board.processorMicroseconds[i])) / perSecond, {{"process", kinds[i]}});
}

// ---- Requests -----------------------------------------------------------------------------------------------------

void writeRoutes(Exposition &to, const Meters &all)
{
    constexpr std::array digits{"aborted", "1xx", "2xx", "3xx", "4xx", "5xx"};
    const std::span routes(all.routes, static_cast<std::size_t>(meters::routeCount(all)));
    to.counter("quoin_http_requests", "Answers by method, path template and first digit of the status.");
    for (const RouteMeter &route : routes) {
        for (std::size_t i = 0; i < digits.size(); ++i) {
            if (const quint64 count = valueOf(route.answered[i]); count > 0) {
                to.sample(count,
                          {{"method", viewOf(meters::textOf(route.method))},
                           {"route", viewOf(meters::textOf(route.pattern))},
                           {"status", digits[i]}});
            }
        }
    }
    to.histogram("quoin_http_request_duration_seconds",
                 "From the complete head of a request to the last byte of its answer.");
    for (const RouteMeter &route : routes) {
        if (sumOf(route.durations.buckets) > 0) {
            write(to, route.durations, perSecond,
                  {{"method", viewOf(meters::textOf(route.method))}, {"route", viewOf(meters::textOf(route.pattern))}});
        }
    }
}

void writeAnswers(Exposition &to, const Meters &all)
{
    to.counter("quoin_http_responses", "Answers by status.");
    for (int i = 0; i < Meters::statuses; ++i) {
        if (const quint64 count = valueOf(all.answers[i]); count > 0)
            to.sample(count, {{"code", QByteArray::number(Meters::firstStatus + i)}});
    }
}

struct Now
{
    quint64 connections = 0;
    quint64 waitingRequests = 0;
    quint64 runningTasks = 0;
};

Now sumOf(const supervisor::HostMemory &memory, const QList<WorkerRow> &rows)
{
    Now now;
    for (const WorkerRow &row : rows) {
        const supervisor::WorkerSlot &slot = memory.slot(row.slot);
        now.connections += slot.connections.load(relaxed);
        now.waitingRequests += slot.waitingJobs.load(relaxed);
        now.runningTasks += slot.runningTasks.load(relaxed);
    }
    return now;
}

void writeConnections(Exposition &to, const HostBoard &board, const Meters &all, const Now &now)
{
    to.gauge("quoin_http_requests_waiting", "Requests that wait for a thread of the pool.");
    to.sample(now.waitingRequests);
    to.gauge("quoin_http_connections", "Open connections.");
    to.sample(now.connections);
    to.gauge("quoin_http_connections_waiting", "Connections that wait for a worker to be ready.");
    to.sample(valueOf(board.waitingConnections));
    to.counter("quoin_http_connections_accepted", "Connections that were accepted.");
    to.sample(valueOf(board.accepted) + valueOf(all.accepted));
    to.counter("quoin_http_connections_refused",
               "Connections over a limit of http.max_connections*, and those for which no worker became ready.");
    to.sample(valueOf(all.refusedConnections), {{"reason", "limit"}});
    to.sample(valueOf(board.turnedAway), {{"reason", "no_worker"}});
}

// ---- Tasks --------------------------------------------------------------------------------------------------------

void writeTasks(Exposition &to, const Meters &all, const Now &now)
{
    constexpr std::array endings{"done", "retried", "dead", "cancelled", "given_back"};
    static_assert(endings.size() == TaskMeter::endings);
    const std::span tasks(all.tasks, static_cast<std::size_t>(meters::taskCount(all)));
    to.counter("quoin_task_attempts", "Attempts of tasks that ended on this host, by name and by what became of them.");
    for (const TaskMeter &task : tasks) {
        for (std::size_t i = 0; i < endings.size(); ++i)
            to.sample(valueOf(task.ended[i]), {{"task", viewOf(meters::textOf(task.name))}, {"outcome", endings[i]}});
    }
    to.histogram("quoin_task_duration_seconds", "How long attempts took; in a batch, each has the time of the batch.");
    for (const TaskMeter &task : tasks)
        write(to, task.durations, perSecond, {{"task", viewOf(meters::textOf(task.name))}});
    to.histogram("quoin_task_wait_seconds", "From the push of a task to its first attempt, with the delay of a late one.");
    for (const TaskMeter &task : tasks)
        write(to, task.waits, perSecond, {{"task", viewOf(meters::textOf(task.name))}});
    to.counter("quoin_task_outcomes_lost", "Outcomes that did not count, because the task was no longer ours.");
    to.sample(valueOf(all.outcomesLost));
    to.gauge("quoin_tasks_held", "Tasks that this host runs, or has claimed and is about to run.");
    to.sample(now.runningTasks);
}

/// Of all hosts that share the database.
void writeQueue(Exposition &to, const QueueFigures::Figures &queue)
{
    if (!queue)
        return;
    const std::pair<const char *, qint64> states[]{{"ready", queue->ready},
                                                   {"scheduled", queue->scheduled},
                                                   {"sent", queue->sent},
                                                   {"running", queue->running},
                                                   {"dead", queue->dead}};
    to.gauge("quoin_queue_tasks", "Tasks in the database by state, of all hosts that share it.");
    for (const auto &[state, count] : states)
        to.sample(static_cast<quint64>(count), {{"state", state}});
    to.gauge("quoin_queue_oldest_ready_seconds", "Age of the oldest task that is ready to run; 0: there is none.");
    const qint64 now = QDateTime::currentMSecsSinceEpoch() * 1000;
    to.sample(queue->oldestReady > 0 ? static_cast<double>(std::max<qint64>(now - queue->oldestReady, 0)) / perSecond
                                     : 0.0);
}

// ---- The database -------------------------------------------------------------------------------------------------

void writeDatabase(Exposition &to, const meters::DatabaseMeter &database)
{
    to.gauge("quoin_database_up", "Whether every process of this host reaches the database: 1 or 0.");
    to.sample(quint64(valueOf(database.away) == 0 ? 1 : 0));
    to.histogram("quoin_database_wait_seconds", "How long jobs waited until a database thread took them.");
    write(to, database.readWaits, perSecond, {{"kind", "read"}});
    write(to, database.writeWaits, perSecond, {{"kind", "write"}});
    to.gauge("quoin_database_jobs_waiting", "Jobs that wait for a database thread.");
    to.sample(valueOf(database.readsWaiting), {{"kind", "read"}});
    to.sample(valueOf(database.writesWaiting), {{"kind", "write"}});
    to.histogram("quoin_database_transaction_seconds",
                 "Transactions that write, from BEGIN until COMMIT was answered.");
    write(to, database.transactions, perSecond);
    to.histogram("quoin_database_batch_jobs", "Jobs that shared a transaction.");
    write(to, database.batches, one);
    to.counter("quoin_database_failures", "Write jobs that were rolled back for good.");
    to.sample(valueOf(database.failures));
    to.counter("quoin_database_refused", "Jobs turned away: too many waited, or the database was away.");
    to.sample(valueOf(database.refused));
    to.counter("quoin_database_outages", "How often a process lost the database.");
    to.sample(valueOf(database.outages));
}

} // namespace

QByteArray metricsPage(const MetricsHost &host, const QueueFigures::Figures &queue, Exposition::Format format)
{
    const HostBoard &board = host.memory->board();
    const auto all = supervisor::totals(*host.memory);
    QList<WorkerRow> rows = supervisor::rows(board);
    rows.removeIf([](const WorkerRow &row) { return row.slot < 0 || row.slot >= supervisor::HostMemory::slots; });
    const Now now = sumOf(*host.memory, rows);

    Exposition page(format);
    writeHost(page, board, host.version);
    writeWorkers(page, board, rows);
    writePlugins(page, board);
    writeProcesses(page, board, rows);
    writeRoutes(page, *all);
    writeAnswers(page, *all);
    writeConnections(page, board, *all, now);
    writeTasks(page, *all, now);
    writeQueue(page, queue);
    writeDatabase(page, all->database);
    page.counter("quoin_counters_outages", "How often a process lost the Redis that has the counters.");
    page.sample(valueOf(all->counterOutages));
    return page.finish();
}

} // namespace quoin::server
