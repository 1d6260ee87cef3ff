// SPDX-License-Identifier: GPL-3.0-only
#include "queue/tasklisting.h"

#include "queue/rows.h"
#include "queue/statements.h"

namespace quoin::queue {

using namespace Qt::StringLiterals;

namespace {

constexpr int argumentsHead = 40; ///< Enough to see an id.

/// Conditions joined by AND, and what is bound to them.
class Conditions
{
public:
    void add(const QString &condition, const QVariantList &values = {})
    {
        m_conditions += condition;
        m_values += values;
    }
    QString text() const { return m_conditions.join(u" AND "_s); }
    const QVariantList &values() const { return m_values; }

private:
    QStringList m_conditions;
    QVariantList m_values;
};

QString oneOf(const QString &column, qsizetype count)
{
    return u"%1 IN (%2)"_s.arg(column, QStringList(count, u"?"_s).join(u", "_s));
}

/// By words of their own rather than bound, so that the planner sees which partial index is meant.
QString inStates(const QList<TaskState> &states)
{
    QStringList words;
    for (const TaskState state : states)
        words += u'\'' + toString(state) + u'\'';
    return u"state IN (%1)"_s.arg(words.join(u", "_s));
}

} // namespace

RowSelection TaskListing::selection(const TaskFilter &filter) const
{
    Conditions conditions;
    if (!filter.states.isEmpty())
        conditions.add(inStates(filter.states));
    if (!filter.name.isEmpty())
        conditions.add(u"name = ?"_s, {filter.name});
    if (filter.record && m_recordTasks.isEmpty())
        conditions.add(u"1 = 0"_s);
    else if (filter.record) {
        const QString id = u'[' + QString::number(*filter.record);
        conditions.add(u'(' + oneOf(u"name"_s, m_recordTasks.size()) + u" AND (arguments LIKE ? OR arguments = ?))"_s,
                       QVariantList(m_recordTasks.begin(), m_recordTasks.end())
                           + QVariantList{id + u",%"_s, id + u']'});
    }
    if (filter.from)
        conditions.add(u"created >= ?"_s, {*filter.from});
    if (filter.to)
        conditions.add(u"created < ?"_s, {*filter.to});
    if (!filter.text.isEmpty()) {
        QStringList either;
        for (const auto &column : {u"name"_s, u"arguments"_s, u"error"_s, u"message"_s, u"unique_key"_s, u"trace"_s})
            either += containsCondition(m_dialect, column);
        conditions.add(u'(' + either.join(u" OR "_s) + u')', QVariantList(either.size(), containing(filter.text)));
    }
    return {u"task"_s, conditions.text(), conditions.values()};
}

QString TaskListing::columns(bool whole) const
{
    const bool isSqlite = m_dialect == Dialect::Sqlite;
    const QString head = u"substr(arguments, 1, %1)"_s.arg(argumentsHead);
    const QString arguments = whole ? statements::argumentsColumn(m_dialect)
        : isSqlite                  ? u"CAST(%1 AS BLOB)"_s.arg(head)
                                    : head;
    return u"name, state, priority, attempt, created, not_before, started, finished, worker, error, unique_key, "
           "message, substr(trace, 4, 32), "_s // as trace::toText() has it
        + arguments;
}

TaskRow TaskListing::rowOf(const Rows &row)
{
    const auto text = [&row](int column) { return QString::fromUtf8(row.text(column)); };
    return {row.integer(0),
            text(1),
            text(2),
            static_cast<int>(row.integer(3)),
            static_cast<int>(row.integer(4)),
            row.integer(5),
            row.integer(6),
            row.integer(7),
            row.integer(8),
            text(9),
            text(10),
            text(11),
            text(12),
            text(13),
            row.text(14)};
}

Result<TaskRow> TaskListing::find(Connection &connection, qint64 id) const
{
    const auto rows = eachRow(connection, u"SELECT id, %1 FROM task WHERE id = ?"_s.arg(columns(true)), {id}, rowOf);
    if (!rows)
        return rows.error();
    if (rows->isEmpty())
        return Error::notFound(u"There is no task %1; it may have been pruned."_s.arg(id));
    return rows->first();
}

std::optional<qint64> TaskListing::recordOf(const TaskRow &task) const
{
    if (!m_recordTasks.contains(task.name) || !task.arguments.startsWith('['))
        return std::nullopt;
    const QByteArray head = task.arguments.left(argumentsHead);
    const qsizetype end = std::min(head.indexOf(',') < 0 ? head.size() : head.indexOf(','),
                                   head.indexOf(']') < 0 ? head.size() : head.indexOf(']'));
    bool isNumber = false;
    const qint64 id = head.sliced(1, end - 1).toLongLong(&isNumber);
    return isNumber ? std::optional(id) : std::nullopt;
}

} // namespace quoin::queue
