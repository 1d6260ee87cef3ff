// SPDX-License-Identifier: GPL-3.0-only
#include "admin/taskroutes.h"

#include "admin/adminjson.h"
#include "admin/taskbulkroutes.h"
#include "admin/taskjson.h"
#include "admin/taskquery.h"
#include "queue/taskcounts.h"

#include <limits>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

/// The tasks whose first argument is the id of a record, by what their plugins call it.
QStringList recordTasks(const queue::TaskCatalogue &catalogue)
{
    static const QStringList ids{u"recid"_s, u"record"_s, u"record_id"_s};
    QStringList names;
    for (const QString &name : catalogue.names()) {
        if (ids.contains(catalogue.find(name)->parameters.value(0)))
            names += name;
    }
    return names;
}

} // namespace

void TaskRoutes::describe(Registry &registry)
{
    const QString tasks = u"/admin/v1/tasks"_s, task = tasks + u"/{id}"_s;
    registry.get(tasks, [this](const Request &request) { return list(request); })
        .summary(u"Tasks, the newest first, by state, name, record, time and text"_s)
        .scope(adminRead);
    registry.get(tasks + u"/counts"_s, [this](const Request &request) { return counts(request); })
        .summary(u"How many tasks there are in each state"_s)
        .scope(adminRead);
    registry.get(task, [this](const Request &request, qint64 id) { return show(request, id); })
        .summary(u"One task with its arguments, its error and its attempts"_s)
        .scope(adminRead);
    registry.post(task + u"/retry"_s, [this](const Request &request, qint64 id) { return retry(request, id); })
        .summary(u"Run a failed or cancelled task again"_s)
        .scope(adminWrite);
    registry.post(task + u"/cancel"_s, [this](const Request &request, qint64 id) { return cancel(request, id); })
        .summary(u"Cancel a task that is not finished"_s)
        .scope(adminWrite);
    registry.remove(task, [this](const Request &request, qint64 id) { return remove(request, id); })
        .summary(u"Forget a finished task"_s)
        .scope(adminWrite);
    describeBulk(registry);
}

void TaskRoutes::describeBulk(Registry &registry)
{
    const auto bulk = [this, &registry](const QString &verb, queue::TaskAction action, const QString &summary) {
        registry
            .post(u"/admin/v1/tasks/"_s + verb,
                  [this, action](const Request &request) {
                      return bulkAnswer(request, action, queue::TaskBulk(m_ground->database), m_ground->listing);
                  })
            .summary(summary)
            .scope(adminWrite)
            .deadline(30s);
    };
    bulk(u"retry"_s, queue::TaskAction::Retry, u"Run many failed or cancelled tasks again"_s);
    bulk(u"cancel"_s, queue::TaskAction::Cancel, u"Cancel many tasks that are not finished"_s);
    bulk(u"delete"_s, queue::TaskAction::Delete, u"Forget many finished tasks"_s);
}

Result<> TaskRoutes::start(Services &services)
{
    const Database database = services.database();
    const queue::TaskCatalogue catalogue = m_tasks ? m_tasks() : queue::TaskCatalogue();
    m_ground.emplace(Ground{database, queue::TaskAdmin(database), catalogue,
                            queue::TaskListing(database.dialect(), recordTasks(catalogue))});
    return {};
}

void TaskRoutes::stop() { m_ground.reset(); }

int TaskRoutes::attemptsOf(const QString &task) const
{
    const queue::TaskKind *kind = m_ground->catalogue.find(task);
    return kind ? kind->attempts : 0;
}

Result<Response> TaskRoutes::list(const Request &request) const
{
    if (const auto fault = request.expectQueries(taskFilterNames() + QStringList{u"limit"_s, u"after"_s}); !fault)
        return fault.error();
    const auto limit = request.queryInteger(u"limit"_s, 100, 1, 1000);
    const auto after = request.queryInteger(u"after"_s, 0, 1, std::numeric_limits<qint64>::max());
    const auto filter = filterOf(request);
    if (!limit || !after || !filter)
        return !limit ? limit.error() : !after ? after.error() : filter.error();
    const queue::TaskListing &listing = m_ground->listing;
    RowSelection selection = listing.selection(*filter);
    if (*after > 0)
        selection.after = *after;
    const auto page = readPage(m_ground->database, selection, listing.columns(), *limit, Patience(request, 3s),
                               [this](const Rows &rows) {
                                   const queue::TaskRow task = queue::TaskListing::rowOf(rows);
                                   return taskJson(task, m_ground->listing.recordOf(task), attemptsOf(task.name));
                               });
    if (!page)
        return page.error();
    return uncached(Response::json(listJson(page->rows, page->next ? QByteArray::number(*page->next) : QByteArray())));
}

Result<Response> TaskRoutes::show(const Request &request, qint64 id) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    const auto found = m_ground->database
                           .read([listing = m_ground->listing, id](Connection &connection) -> Result<WholeTask> {
                               const auto task = listing.find(connection, id);
                               if (!task)
                                   return task.error();
                               const auto attempts = queue::attemptsOf(connection, id);
                               if (!attempts)
                                   return attempts.error();
                               return WholeTask{*task, *attempts};
                           })
                           .result();
    if (!found)
        return found.error();
    return uncached(
        Response::json(wholeTaskJson(*found, m_ground->listing.recordOf(found->task), attemptsOf(found->task.name))));
}

Result<Response> TaskRoutes::counts(const Request &request) const
{
    if (const auto fault = request.expectQueries({u"name"_s}); !fault)
        return fault.error();
    const auto name = queryText(request, u"name"_s);
    if (!name)
        return name.error();
    const auto counted = m_ground->database
                             .read(
                                 [name = *name](Connection &connection) { return queue::countTasks(connection, name); })
                             .result();
    const auto names = m_ground->database.read([](Connection &connection) { return queue::taskNames(connection); })
                           .result();
    if (!counted || !names)
        return counted ? names.error() : counted.error();
    QJsonObject counts;
    for (const queue::TaskState state : queue::allTaskStates)
        counts.insert(queue::toString(state), counted->states.value(state));
    QJsonObject answer{{u"counts"_s, counts}, {u"names"_s, QJsonArray::fromStringList(*names)}};
    if (counted->oldestReady > 0)
        answer.insert(u"oldest_ready"_s, apiTime(counted->oldestReady));
    return apiAnswer(answer);
}

Result<Response> TaskRoutes::retry(const Request &request, qint64 id) const
{
    if (const auto retried = m_ground->admin.retry(id).result(); !retried)
        return retried.error();
    return show(request, id);
}

Result<Response> TaskRoutes::cancel(const Request &request, qint64 id) const
{
    if (const auto cancelled = m_ground->admin.cancel(id).result(); !cancelled)
        return cancelled.error();
    return show(request, id);
}

Result<Response> TaskRoutes::remove(const Request &request, qint64 id) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    if (const auto removed = m_ground->admin.remove(id).result(); !removed)
        return removed.error();
    return Response::empty();
}

} // namespace quoin::server
