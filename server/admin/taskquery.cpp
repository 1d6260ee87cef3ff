// SPDX-License-Identifier: GPL-3.0-only
#include "admin/taskquery.h"

#include <limits>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using queue::TaskState;

/// "dead" or "dead,cancelled".
Result<QList<TaskState>> statesOf(const Request &request)
{
    QList<TaskState> states;
    const auto text = request.query(u"state"_s);
    if (!text)
        return states;
    for (const QString &word : text->split(u',')) {
        const auto state = queue::taskState(word);
        if (!state)
            return Error::invalid(u"Query parameter \"state\" must be of scheduled, ready, sent, running, done, dead, "
                                  "cancelled, several with commas between them."_s);
        if (!states.contains(*state))
            states += *state;
    }
    return states;
}

} // namespace

QStringList taskFilterNames() { return {u"state"_s, u"name"_s, u"record"_s, u"from"_s, u"to"_s, u"text"_s}; }

Result<queue::TaskFilter> filterOf(const Request &request)
{
    const auto states = statesOf(request);
    const auto name = queryText(request, u"name"_s);
    const auto record = request.queryInteger(u"record"_s, 0, std::numeric_limits<qint64>::min(),
                                             std::numeric_limits<qint64>::max());
    const auto from = queryTime(request, u"from"_s);
    const auto to = queryTime(request, u"to"_s);
    const auto text = queryText(request, u"text"_s);
    if (!states || !name || !record)
        return !states ? states.error() : !name ? name.error() : record.error();
    if (!from || !to || !text)
        return !from ? from.error() : !to ? to.error() : text.error();
    queue::TaskFilter filter{*states, *name, {}, *from, *to, *text};
    if (request.query(u"record"_s))
        filter.record = *record;
    return filter;
}

} // namespace quoin::server
