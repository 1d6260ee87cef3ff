// SPDX-License-Identifier: GPL-3.0-only
#include "admin/queueroutes.h"

#include "admin/adminjson.h"
#include "queue/clock.h"
#include "queue/taskcounts.h"
#include "settings/settings.h"

#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::server {

void QueueRoutes::describe(Registry &registry)
{
    const QString queues = u"/admin/v1/queues"_s;
    registry.get(queues, [this](const Request &request) { return list(request); })
        .summary(u"What waits of each task name, how long, and whether it is paused"_s)
        .scope(adminRead);
    registry
        .post(queues + u"/{name}/pause"_s,
              [this](const Request &request, const QString &name) { return pause(request, name); })
        .summary(u"Let no process claim tasks of this name"_s)
        .scope(adminWrite);
    registry
        .post(queues + u"/{name}/resume"_s,
              [this](const Request &request, const QString &name) { return resume(request, name); })
        .summary(u"Let tasks of this name be claimed again"_s)
        .scope(adminWrite);
}

Result<> QueueRoutes::start(Services &services)
{
    m_database = services.database();
    m_known = m_tasks ? m_tasks().names() : QStringList();
    return {};
}

bool QueueRoutes::usesCelery() const { return m_host.settings && !m_host.settings->text(u"queue.url"_s).isEmpty(); }

Result<QueueRoutes::Facts> QueueRoutes::facts() const
{
    return m_database
        ->read([](Connection &connection) -> Result<Facts> {
            const auto depths = queue::queueDepths(connection);
            if (!depths)
                return depths.error();
            const auto paused = queue::pausedQueues(connection);
            if (!paused)
                return paused.error();
            return Facts{*depths, *paused};
        })
        .result();
}

QJsonObject QueueRoutes::toJson(const QString &name, const Facts &facts) const
{
    const queue::QueueDepth depth = facts.depths.value(name);
    QJsonObject object{{u"name"_s, name},
                       {u"ready"_s, depth.ready},
                       {u"scheduled"_s, depth.scheduled},
                       {u"running"_s, depth.running},
                       {u"dead"_s, depth.dead},
                       {u"paused"_s, !usesCelery() && facts.paused.contains(name)},
                       {u"can_pause"_s, !usesCelery()}};
    if (usesCelery())
        object.insert(u"sent"_s, depth.sent);
    if (depth.oldestReady > 0)
        object.insert(u"oldest_ready"_s, apiTime(depth.oldestReady));
    if (facts.paused.contains(name) && !usesCelery())
        object.insert(u"paused_since"_s, apiTime(facts.paused.value(name)));
    return object;
}

Result<Response> QueueRoutes::list(const Request &request) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    const auto found = facts();
    if (!found)
        return found.error();
    QStringList names = m_known + found->depths.keys() + found->paused.keys();
    names.removeDuplicates();
    names.sort();
    QJsonArray results;
    for (const QString &name : names)
        results.append(toJson(name, *found));
    QJsonObject answer = apiList(results);
    answer.insert(u"kind"_s, usesCelery() ? u"celery"_s : u"database"_s);
    return apiAnswer(answer);
}

/// Whether the name can be paused or resumed.
Result<> QueueRoutes::check(const Request &request, const QString &name) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault;
    if (usesCelery())
        return Error::conflict(u"Tasks wait in Celery's broker (queue.url), whose workers this server does not rule: a "
                               "queue is paused there with \"celery control cancel_consumer\"."_s);
    if (m_known.contains(name))
        return {};
    const auto names = m_database->read([](Connection &connection) { return queue::taskNames(connection); }).result();
    const auto found = facts();
    if (!names || !found)
        return names ? found.error() : names.error();
    if (names->contains(name) || found->paused.contains(name))
        return {};
    return Error::notFound(u"There is no task \"%1\", neither known here nor in the table."_s.arg(name));
}

Result<Response> QueueRoutes::show(const QString &name) const
{
    const auto found = facts();
    if (!found)
        return found.error();
    return apiAnswer(toJson(name, *found));
}

Result<Response> QueueRoutes::pause(const Request &request, const QString &name) const
{
    if (const auto checked = check(request, name); !checked)
        return checked.error();
    const auto paused = m_database
                            ->write([name](Connection &connection) {
                                return queue::pauseQueue(connection, name, queue::systemMicroseconds());
                            })
                            .result();
    if (!paused)
        return paused.error();
    return show(name);
}

Result<Response> QueueRoutes::resume(const Request &request, const QString &name) const
{
    if (const auto checked = check(request, name); !checked)
        return checked.error();
    const auto resumed
        = m_database->write([name](Connection &connection) { return queue::resumeQueue(connection, name); }).result();
    if (!resumed)
        return resumed.error();
    return show(name);
}

} // namespace quoin::server
