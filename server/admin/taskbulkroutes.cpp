// SPDX-License-Identifier: GPL-3.0-only
#include "admin/taskbulkroutes.h"

#include "admin/adminjson.h"
#include "admin/taskquery.h"

#include <QJsonDocument>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::server {

namespace {

constexpr qsizetype mostIds = 10'000;
constexpr auto longestWork = 20s; ///< Less than a client waits.

QJsonObject toJson(const queue::BulkResult &result)
{
    QJsonArray refused;
    for (const queue::RefusedTask &task : result.refused)
        refused.append(QJsonObject{{u"id"_s, task.id}, {u"reason"_s, task.reason}});
    QJsonObject object{{u"matches"_s, result.matches}, {u"changed"_s, result.changed}, {u"refused"_s, refused}};
    if (result.refusedCount > result.refused.size())
        object.insert(u"refused_count"_s, result.refusedCount);
    if (result.hasMore)
        object.insert(u"more"_s, true);
    return object;
}

Result<bool> flag(const Request &request, const QString &name)
{
    const QString text = request.query(name).value_or(u"false"_s);
    if (text == u"true"_s || text == u"false"_s)
        return text == u"true"_s;
    return Error::invalid(u"Query parameter \"%1\" must be true or false."_s.arg(name));
}

Result<Response> bulkOfIds(const Request &request, queue::TaskAction action, const queue::TaskBulk &bulk,
                           const QList<qint64> &ids, bool isDryRun)
{
    for (const QString &name : taskFilterNames()) {
        if (request.query(name))
            return Error::invalid(u"Either ids in the body or a filter in the query, not both."_s);
    }
    if (isDryRun)
        return apiAnswer({{u"matches"_s, ids.size()}});
    const auto done = bulk.apply(action, ids);
    if (!done)
        return done.error();
    return apiAnswer(toJson(*done));
}

} // namespace

Result<std::optional<QList<qint64>>> idsOf(const Request &request)
{
    if (request.body().trimmed().isEmpty())
        return std::optional<QList<qint64>>();
    const Error fault = Error::invalid(u"The body must be {\"ids\":[1,2,...]}, with 1 to %1 ids."_s.arg(mostIds));
    const QJsonObject object = QJsonDocument::fromJson(request.body()).object();
    const QJsonArray array = object.value(u"ids"_s).toArray();
    if (object.size() != 1 || array.isEmpty() || array.size() > mostIds)
        return fault;
    QList<qint64> ids;
    for (const QJsonValue &value : array) {
        const qint64 id = value.toInteger(-1);
        if (id < 1)
            return fault;
        if (!ids.contains(id) || array.size() > 1000) // a double is harmless, and looking for it dear
            ids += id;
    }
    return std::optional(ids);
}

Result<Response> bulkAnswer(const Request &request, queue::TaskAction action, const queue::TaskBulk &bulk,
                            const queue::TaskListing &listing)
{
    if (const auto fault = request.expectQueries(taskFilterNames() + QStringList{u"dry_run"_s, u"all"_s}); !fault)
        return fault.error();
    const auto isDryRun = flag(request, u"dry_run"_s);
    const auto isAll = flag(request, u"all"_s);
    const auto ids = idsOf(request);
    const auto filter = filterOf(request);
    if (!isDryRun || !isAll)
        return isDryRun ? isAll.error() : isDryRun.error();
    if (!ids || !filter)
        return ids ? filter.error() : ids.error();
    if (*ids)
        return bulkOfIds(request, action, bulk, **ids, *isDryRun);
    if (filter->isEmpty() && !*isAll)
        return Error::invalid(u"Say which tasks: ids in the body, a filter in the query, or all=true."_s);
    const Patience patience(request, longestWork);
    if (*isDryRun) {
        const auto count = bulk.count(action, *filter, listing, patience);
        if (!count)
            return count.error();
        return apiAnswer({{u"matches"_s, *count}});
    }
    const auto done = bulk.apply(action, *filter, listing, patience);
    if (!done)
        return done.error();
    return apiAnswer(toJson(*done));
}

} // namespace quoin::server
