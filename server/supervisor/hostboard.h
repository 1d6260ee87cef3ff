// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "meters/meters.h"
#include "supervisor/workerphase.h"

#include <QList>
#include <QStringList>

#include <atomic>

namespace quoin::supervisor {

/// What happened on the whole host within one second.
struct SecondFigures
{
    static constexpr int figures = 9;

    qint64 second = 0; ///< Its end, since 1970 UTC.
    quint32 requests = 0;
    quint32 errors = 0; ///< Of the requests, those with a status of 500 or above.
    quint32 p50 = 0;    ///< Microseconds, as are the others; 0 without requests.
    quint32 p95 = 0;
    quint32 p99 = 0;
    quint32 connections = 0; ///< At its end.
    quint32 tasksDone = 0;
    quint32 tasksFailed = 0; ///< Attempts.
    quint32 tasksRunning = 0;

    bool operator==(const SecondFigures &) const = default;
};

/// A worker process as the supervisor knows it.
struct WorkerRow
{
    int slot = 0;
    qint64 pid = 0;
    quint32 generation = 0;
    Role role = Role::Web;
    WorkerPhase phase = WorkerPhase::Starting;
    qint64 started = 0; ///< Microseconds since 1970 UTC.

    bool operator==(const WorkerRow &) const = default;
};

/// A plugin as the supervisor knows it.
struct PluginRow
{
    QString id;
    QString version; ///< May be empty.
    QString state;   ///< "live", "refused" ...

    bool operator==(const PluginRow &) const = default;
};

/// What the supervisor tells all workers of the host: they map it for reading only. Lock-free atomics, all zero at
/// first. Where several belong together, a number that is the same before and after says that they do.
struct alignas(4096) HostBoard
{
    static constexpr int mostSeconds = 600;
    static constexpr int mostRows = 64;
    static constexpr int longestText = 1000;

    struct SecondCell
    {
        std::atomic<quint64> number; ///< Of the second, from 1; 0: nothing, or being written.
        std::atomic<qint64> second;
        std::atomic<quint32> figures[SecondFigures::figures];
    };
    struct RowCell
    {
        std::atomic<qint32> slot;
        std::atomic<quint32> generation;
        std::atomic<qint64> pid;
        std::atomic<qint32> role;
        std::atomic<qint32> phase;
        std::atomic<qint64> started;
    };

    std::atomic<qint64> pid;       ///< Of the supervisor.
    std::atomic<qint64> started;   ///< Microseconds since 1970 UTC.
    std::atomic<quint64> instance; ///< Random: another one after a restart.
    std::atomic<quint64> requests; ///< Answered since the start, also by workers that are gone.
    std::atomic<quint64> errors;
    std::atomic<quint64> seconds; ///< Written so far.
    SecondCell cells[mostSeconds];
    static constexpr int mostBlamed = 32;
    static constexpr int kinds = 3; ///< Of processes: the supervisor, those of Role::Web and of Role::Tasks.

    struct Blamed
    {
        char plugin[64]; ///< Written once, before blamedCount publishes it.
        meters::Counter deaths;
    };

    // What the supervisor counts since its start, and one figure of this moment.
    meters::Counter accepted;           ///< Connections.
    meters::Counter turnedAway;         ///< Connections for which no worker was ready in time.
    meters::Counter waitingConnections; ///< Now.
    meters::Counter generationsServed;
    meters::Counter generationsRefused;
    meters::Counter processorMicroseconds[kinds]; ///< Of all processes there have been, as of the last second.
    std::atomic<quint32> blamedCount;
    Blamed blamed[mostBlamed]; ///< Workers that ended and should not have. The first is for what has no name or room.

    static constexpr int mostPlugins = 128;

    struct PluginCell
    {
        std::atomic<char> id[64];
        std::atomic<char> version[32];
        std::atomic<char> state[16];
    };
    std::atomic<quint32> pluginsVersion; ///< Odd: being written.
    std::atomic<qint32> pluginCount;
    PluginCell plugins[mostPlugins];

    std::atomic<quint32> retiredVersion; ///< Odd: being written.
    std::atomic<quint64> counted;        ///< A bit for each slot whose worker's meters count, see retirement.h.
    meters::Meters retired;              ///< What workers that are gone have counted.

    std::atomic<quint32> rowsVersion; ///< Odd: being written.
    std::atomic<qint32> rowCount;
    RowCell rows[mostRows];
    char addresses[longestText + 1]; ///< Written once, before there is a worker.
};

// The supervisor's side; one thread.

/// Who writes, from now on.
void open(HostBoard &board);
void setAddresses(HostBoard &board, const QStringList &addresses);
void append(HostBoard &board, const SecondFigures &figures);
/// Counts a worker that ended and should not have, for this plugin; empty: it is not known for which.
void addDeath(HostBoard &board, const QString &plugin);
/// Replaces all of them; nothing if they are the same.
void setRows(HostBoard &board, const QList<WorkerRow> &rows);
/// The same of plugins. What is too long is cut, what is too many left out.
void setPlugins(HostBoard &board, const QList<PluginRow> &plugins);

// Everybody's side.

QStringList addresses(const HostBoard &board);
/// The latest ones, the oldest first, at most that many.
QList<SecondFigures> latestSeconds(const HostBoard &board, int most);
/// As they were at one moment; none if they change without end.
QList<WorkerRow> rows(const HostBoard &board);
QList<PluginRow> plugins(const HostBoard &board);

} // namespace quoin::supervisor
