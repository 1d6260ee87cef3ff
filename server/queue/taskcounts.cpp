// SPDX-License-Identifier: GPL-3.0-only
#include "queue/taskcounts.h"

#include "queue/rows.h"

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

/// The next name behind each name, along an index that begins with it, so that no row is read but these.
QString namesOf(TaskState state)
{
    return u"SELECT name FROM (WITH RECURSIVE step (name) AS (SELECT min(name) FROM task WHERE state = '%1' "
           "UNION ALL SELECT (SELECT min(name) FROM task WHERE state = '%1' AND task.name > step.name) FROM step "
           "WHERE step.name IS NOT NULL) SELECT name FROM step) AS found_%1 WHERE name IS NOT NULL"_s.arg(
               toString(state));
}

/// States without such an index, and with few rows but in a long outage.
QString someNamesOf(TaskState state)
{
    return u"SELECT name FROM (SELECT name FROM task WHERE state = '%1' LIMIT 1000) AS some_%1"_s.arg(toString(state));
}

} // namespace

Result<TaskCounts> countTasks(Connection &connection, const QString &name)
{
    const QString ofName = name.isEmpty() ? QString() : u" AND name = ?"_s;
    QStringList columns;
    QVariantList values;
    const auto add = [&](const QString &what, TaskState state) {
        columns += u"(SELECT %1 FROM task WHERE state = '%2'%3)"_s.arg(what, toString(state), ofName);
        if (!name.isEmpty())
            values += name;
    };
    for (const TaskState state : allTaskStates)
        add(u"count(*)"_s, state);
    add(u"min(created)"_s, TaskState::Ready);
    const auto counted = eachRow(connection, u"SELECT "_s + columns.join(u", "_s), values, [](const Rows &row) {
        TaskCounts counts;
        int column = 0;
        for (const TaskState state : allTaskStates)
            counts.states.insert(state, row.integer(column++));
        counts.oldestReady = row.integer(column);
        return counts;
    });
    if (!counted)
        return counted.error();
    return counted->value(0);
}

Result<QStringList> taskNames(Connection &connection)
{
    using enum TaskState;
    QStringList parts;
    for (const TaskState state : {Ready, Done, Dead, Cancelled})
        parts += namesOf(state);
    for (const TaskState state : {Scheduled, Sent, Running})
        parts += someNamesOf(state);
    const auto names = eachRow(connection, parts.join(u" UNION "_s), {},
                               [](const Rows &row) { return QString::fromUtf8(row.text(0)); });
    if (!names)
        return names.error();
    QStringList sorted = *names;
    sorted.sort();
    return sorted;
}

} // namespace quoin::queue
