// SPDX-License-Identifier: GPL-3.0-only
#include "admin/workerspart.h"

#include "admin/adminjson.h"
#include "admin/hostjson.h"
#include "supervisor/slotview.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using supervisor::WorkerPhase;
using supervisor::WorkerRow;
using supervisor::WorkerSlot;

QString kindName(supervisor::CrumbKind kind)
{
    switch (kind) {
    case supervisor::CrumbKind::Loop:
        return u"loop"_s;
    case supervisor::CrumbKind::Pool:
        return u"pool"_s;
    case supervisor::CrumbKind::Task:
        return u"task"_s;
    case supervisor::CrumbKind::Start:
        break;
    }
    return u"start"_s;
}

QJsonArray doingJson(const WorkerSlot &slot, qint64 now)
{
    QJsonArray doing;
    for (const supervisor::LiveCrumb &crumb : supervisor::liveCrumbs(slot)) {
        const auto plugin = supervisor::pluginAt(slot, crumb.module);
        if (!plugin)
            continue;
        QJsonObject object{{u"plugin"_s, plugin->name},
                           {u"kind"_s, kindName(crumb.kind)},
                           {u"since_ms"_s, std::max<qint64>(0, now - crumb.since)}};
        if (crumb.number != 0)
            object.insert(u"number"_s, static_cast<qint64>(crumb.number));
        doing.append(object);
    }
    return doing;
}

/// How long the loop has been in its present turn; 0: it waits for events.
qint64 beatAge(const WorkerSlot &slot, qint64 now)
{
    const qint64 beat = slot.beat.load(std::memory_order_acquire);
    return beat > 0 ? std::max<qint64>(0, now - beat) : 0;
}

QJsonObject workerJson(const WorkerRow &row, const WorkerSlot &slot)
{
    constexpr auto relaxed = std::memory_order_relaxed;
    const qint64 now = supervisor::monotonicMilliseconds();
    return {{u"pid"_s, row.pid},
            {u"role"_s, row.role == supervisor::Role::Web ? u"web"_s : u"tasks"_s},
            {u"generation"_s, qint64(row.generation)},
            {u"state"_s, phaseName(row.phase)},
            {u"started"_s, apiTime(row.started)},
            {u"beat_age_ms"_s, beatAge(slot, now)},
            {u"connections"_s, qint64(slot.connections.load(relaxed))},
            {u"waiting_jobs"_s, qint64(slot.waitingJobs.load(relaxed))},
            {u"running_tasks"_s, qint64(slot.runningTasks.load(relaxed))},
            {u"requests"_s, static_cast<qint64>(slot.requests.load(relaxed))},
            {u"doing"_s, doingJson(slot, now)}};
}

} // namespace

void WorkersPart::describe(Registry &registry)
{
    registry.get(u"/admin/v1/workers"_s, [this](const Request &request) { return list(request); })
        .summary(u"The processes of this host and what they do"_s)
        .scope(adminRead);
    registry
        .post(u"/admin/v1/workers/{pid}/drain"_s,
              [this](const Request &request, qint64 pid) { return drainOne(request, pid); })
        .summary(u"Start another worker in the place of this one, and let it leave"_s)
        .scope(adminWrite);
}

Future<Response> WorkersPart::list(const Request &request) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    QJsonArray results;
    for (const WorkerRow &row : usableRows(m_host.memory->board()))
        results.append(workerJson(row, m_host.memory->slot(row.slot)));
    return Result<Response>(apiAnswer(apiList(results)));
}

Future<Response> WorkersPart::drainOne(const Request &request, qint64 pid) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    if (m_host.isSingle) {
        return Error::conflict(u"This server is one process (--single): there is no other that could take its place. "
                               "Restart it instead."_s);
    }
    const auto rows = usableRows(m_host.memory->board());
    const auto row = std::ranges::find(rows, pid, &WorkerRow::pid);
    if (row == rows.end())
        return Error::notFound(u"No process %1 works here. GET /admin/v1/workers lists those that do."_s.arg(pid));
    if (row->phase == WorkerPhase::Starting)
        return Error::conflict(u"Process %1 is starting: try again when it is ready."_s.arg(pid));
    if (row->phase == WorkerPhase::Ready)
        m_host.drainWorker(pid, u"request %1"_s.arg(QString::fromUtf8(request.id())));
    return Result<Response>(apiAnswer({{u"pid"_s, pid}, {u"state"_s, phaseName(WorkerPhase::Draining)}}, 202));
}

} // namespace quoin::server
