// SPDX-License-Identifier: GPL-3.0-only
#include "admin/serverpart.h"

#include "admin/adminjson.h"
#include "admin/hostjson.h"
#include "database/databaseurl.h"
#include "redis/url.h"
#include "settings/settings.h"

#include <QDir>
#include <QSysInfo>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

QJsonObject databaseOf(const Settings &settings)
{
    const auto url = database::DatabaseUrl::parse(settings.text(u"database.url"_s));
    const QString shown = url ? url->toDisplayString() : QString();
    return {{u"kind"_s, shown.startsWith(u"postgres"_s) ? u"postgresql"_s : u"sqlite"_s}, {u"url"_s, shown}};
}

/// kind, and the url of the Redis that it is in, if it is in one.
QJsonObject placeOf(const QString &url, const QString &there, const QString &elsewhere)
{
    if (url.isEmpty())
        return {{u"kind"_s, elsewhere}};
    const auto parsed = redis::Url::parse(url);
    return {{u"kind"_s, there}, {u"url"_s, parsed ? parsed->toDisplayString() : QString()}};
}

QJsonObject processesOf(const QList<supervisor::WorkerRow> &rows)
{
    int web = 0;
    int tasks = 0;
    quint32 generation = 0;
    for (const supervisor::WorkerRow &row : rows) {
        if (row.phase != supervisor::WorkerPhase::Ready)
            continue;
        ++(row.role == supervisor::Role::Web ? web : tasks);
        generation = std::max(generation, row.generation);
    }
    return {{u"web"_s, web}, {u"tasks"_s, tasks}, {u"generation"_s, qint64(generation)}};
}

qint64 connectionsOf(const supervisor::HostMemory &memory, const QList<supervisor::WorkerRow> &rows)
{
    qint64 connections = 0;
    for (const supervisor::WorkerRow &row : rows)
        connections += memory.slot(row.slot).connections.load(std::memory_order_relaxed);
    return connections;
}

template <class Member>
QJsonArray column(const QList<supervisor::SecondFigures> &seconds, Member member)
{
    QJsonArray array;
    for (const supervisor::SecondFigures &second : seconds)
        array.append(qint64(second.*member));
    return array;
}

} // namespace

void ServerPart::describe(Registry &registry)
{
    registry.get(u"/admin/v1/server"_s, [this](const Request &request) { return show(request); })
        .summary(u"How the server is: version, addresses, checks, figures"_s)
        .scope(adminRead);
    registry.get(u"/admin/v1/server/history"_s, [this](const Request &request) { return history(request); })
        .summary(u"Requests, latencies and tasks of each of the last seconds"_s)
        .scope(adminRead);
}

Result<Response> ServerPart::show(const Request &request) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    const supervisor::HostBoard &board = m_host.memory->board();
    const auto rows = usableRows(board);
    const Settings &settings = *m_host.settings;
    const qint64 now = QDateTime::currentMSecsSinceEpoch() * 1000;
    const QJsonObject requests{{u"total"_s, static_cast<qint64>(board.requests.load())},
                               {u"errors"_s, static_cast<qint64>(board.errors.load())}};
    return apiAnswer({{u"version"_s, m_host.version},
                      {u"host"_s, QSysInfo::machineHostName()},
                      {u"pid"_s, board.pid.load()},
                      {u"started"_s, apiTime(board.started.load())},
                      {u"uptime_seconds"_s, (now - board.started.load()) / 1'000'000},
                      {u"data_dir"_s, QDir(settings.text(u"data.dir"_s)).absolutePath()},
                      {u"listening"_s, QJsonArray::fromStringList(supervisor::addresses(board))},
                      {u"database"_s, databaseOf(settings)},
                      {u"queue"_s, placeOf(settings.text(u"queue.url"_s), u"celery"_s, u"database"_s)},
                      {u"counters"_s, placeOf(settings.text(u"redis.url"_s), u"redis"_s, u"database"_s)},
                      {u"checks"_s, checksJson(m_host.checks)},
                      {u"processes"_s, processesOf(rows)},
                      {u"connections"_s, connectionsOf(*m_host.memory, rows)},
                      {u"requests"_s, requests}});
}

Future<Response> ServerPart::history(const Request &request) const
{
    if (const auto fault = request.expectQueries({u"seconds"_s}); !fault)
        return fault.error();
    const auto wanted = request.queryInteger(u"seconds"_s, 300, 1, supervisor::HostBoard::mostSeconds);
    if (!wanted)
        return wanted.error();
    using Second = supervisor::SecondFigures;
    const auto seconds = supervisor::latestSeconds(m_host.memory->board(), static_cast<int>(*wanted));
    const qint64 until = seconds.isEmpty() ? QDateTime::currentSecsSinceEpoch() : seconds.constLast().second;
    return Result<Response>(apiAnswer({{u"interval_seconds"_s, 1},
                                       {u"until"_s, apiTime(until * 1'000'000)},
                                       {u"requests"_s, column(seconds, &Second::requests)},
                                       {u"errors"_s, column(seconds, &Second::errors)},
                                       {u"p50_us"_s, column(seconds, &Second::p50)},
                                       {u"p95_us"_s, column(seconds, &Second::p95)},
                                       {u"p99_us"_s, column(seconds, &Second::p99)},
                                       {u"connections"_s, column(seconds, &Second::connections)},
                                       {u"tasks_done"_s, column(seconds, &Second::tasksDone)},
                                       {u"tasks_failed"_s, column(seconds, &Second::tasksFailed)},
                                       {u"tasks_running"_s, column(seconds, &Second::tasksRunning)}}));
}

} // namespace quoin::server
