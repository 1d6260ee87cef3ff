// SPDX-License-Identifier: GPL-3.0-only
#include "admin/hostjson.h"

#include "admin/adminjson.h"
#include "supervisor/hostmemory.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

QJsonArray checksJson(const QList<HealthCheck> &checks)
{
    QJsonArray array;
    for (const HealthCheck &check : checks) {
        const Result<> result = check.check();
        QJsonObject object{
            {u"name"_s, check.name}, {u"status"_s, result ? u"ok"_s : u"failed"_s}, {u"vital"_s, check.isVital}};
        if (!result)
            object.insert(u"detail"_s, result.error().message());
        array.append(object);
    }
    return array;
}

QList<supervisor::WorkerRow> usableRows(const supervisor::HostBoard &board)
{
    QList<supervisor::WorkerRow> rows = supervisor::rows(board);
    rows.removeIf(
        [](const supervisor::WorkerRow &row) { return row.slot < 0 || row.slot >= supervisor::HostMemory::slots; });
    return rows;
}

QJsonObject secondJson(const supervisor::SecondFigures &figures)
{
    return {{u"time"_s, apiTime(figures.second * 1'000'000)},
            {u"requests"_s, qint64(figures.requests)},
            {u"errors"_s, qint64(figures.errors)},
            {u"p50_us"_s, qint64(figures.p50)},
            {u"p95_us"_s, qint64(figures.p95)},
            {u"p99_us"_s, qint64(figures.p99)},
            {u"connections"_s, qint64(figures.connections)},
            {u"tasks_done"_s, qint64(figures.tasksDone)},
            {u"tasks_failed"_s, qint64(figures.tasksFailed)},
            {u"tasks_running"_s, qint64(figures.tasksRunning)}};
}

QJsonObject countsJson(const queue::TaskCounts &counts)
{
    using enum queue::TaskState;
    QJsonObject object;
    for (const auto state : {Scheduled, Ready, Sent, Running, Done, Dead, Cancelled})
        object.insert(queue::toString(state), counts.states.value(state));
    return object;
}

QString phaseName(supervisor::WorkerPhase phase)
{
    switch (phase) {
    case supervisor::WorkerPhase::Ready:
        return u"ready"_s;
    case supervisor::WorkerPhase::Draining:
        return u"draining"_s;
    case supervisor::WorkerPhase::Starting:
        break;
    }
    return u"starting"_s;
}

} // namespace quoin::server
