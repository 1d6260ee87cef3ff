// SPDX-License-Identifier: GPL-3.0-only
#include "admin/logpart.h"

#include "admin/adminjson.h"
#include "admin/logtail.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

Result<LogFilter> filterOf(const Request &request)
{
    LogFilter filter;
    const QString level = request.query(u"level"_s).value_or(u"debug"_s);
    const auto rank = logRank(level.toLatin1());
    if (!rank) {
        return Error::invalid(
            u"Query parameter \"level\" must be debug, info, warning, critical or fatal: the least grave level."_s);
    }
    filter.least = *rank;
    filter.requestId = request.query(u"request_id"_s).value_or(QString());
    filter.text = request.query(u"text"_s).value_or(QString());
    return filter;
}

Result<std::optional<LogCursor>> cursorOf(const Request &request)
{
    const auto text = request.query(u"after"_s);
    if (!text)
        return std::optional<LogCursor>();
    const auto cursor = LogCursor::parse(*text);
    return cursor ? Result<std::optional<LogCursor>>(*cursor) : cursor.error();
}

} // namespace

void LogPart::describe(Registry &registry)
{
    registry.get(u"/admin/v1/log"_s, [this](const Request &request) { return list(request); })
        .summary(u"The latest lines of the log of all processes of this host"_s)
        .scope(adminRead);
}

Result<Response> LogPart::list(const Request &request) const
{
    if (const auto fault = request.expectQueries({u"limit"_s, u"after"_s, u"level"_s, u"request_id"_s, u"text"_s});
        !fault)
        return fault.error();
    const auto limit = request.queryInteger(u"limit"_s, 100, 1, 1000);
    if (!limit)
        return limit.error();
    const auto filter = filterOf(request);
    if (!filter)
        return filter.error();
    const auto after = cursorOf(request);
    if (!after)
        return after.error();
    const LogPage page = logPage(m_host.memory->log(), m_host.memory->board().instance.load(), *filter, *limit, *after,
                                 QDateTime::currentMSecsSinceEpoch() * 1000);
    QJsonArray results;
    for (const LogRow &row : page.rows)
        results.append(row.toJson());
    QJsonObject answer = apiList(results, page.next.toText());
    if (page.missed > 0)
        answer.insert(u"missed"_s, static_cast<qint64>(page.missed));
    return apiAnswer(answer);
}

} // namespace quoin::server
