// SPDX-License-Identifier: GPL-3.0-only
#include "admin/taskjson.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

/// The members of an object, of which those without a value are left out.
class Members
{
public:
    void add(const char *name, const QByteArray &json) { m_json += QByteArray(",\"") + name + "\":" + json; }
    void addText(const char *name, const QString &text)
    {
        if (!text.isEmpty())
            add(name, jsonString(text));
    }
    void addTime(const char *name, qint64 microseconds)
    {
        if (microseconds > 0)
            add(name, '"' + timeText(microseconds) + '"');
    }
    QByteArray object() const { return '{' + m_json.mid(1) + '}'; }

private:
    QByteArray m_json;
};

Members membersOf(const queue::TaskRow &task, std::optional<qint64> record, int attempts)
{
    Members members;
    members.add("id", QByteArray::number(task.id));
    members.add("name", jsonString(task.name));
    members.add("state", jsonString(task.state));
    members.add("priority", QByteArray::number(task.priority));
    members.add("attempt", QByteArray::number(task.attempt));
    if (attempts > 0)
        members.add("attempts", QByteArray::number(attempts));
    members.addTime("created", task.created);
    members.addTime("not_before", task.notBefore);
    members.addTime("started", task.started);
    members.addTime("finished", task.finished);
    members.addText("worker", task.worker);
    members.addText("unique_key", task.uniqueKey);
    members.addText("message", task.message);
    members.addText("trace", task.trace);
    if (record)
        members.add("record", QByteArray::number(*record));
    return members;
}

QByteArray attemptJson(const queue::TaskAttempt &attempt)
{
    Members members;
    members.add("attempt", QByteArray::number(attempt.attempt));
    members.addTime("started", attempt.started);
    members.addTime("finished", attempt.finished);
    members.addText("worker", attempt.worker);
    members.add("outcome", jsonString(attempt.outcome));
    members.addText("error", attempt.error);
    return members.object();
}

/// What only the row of the task knows: the attempt that runs, that ended well, or that a person cut short.
std::optional<queue::TaskAttempt> latestAttempt(const WholeTask &whole)
{
    const queue::TaskRow &task = whole.task;
    const bool isTold = !whole.attempts.isEmpty() && whole.attempts.last().attempt == task.attempt
        && whole.attempts.last().started == task.started;
    const bool isKnown = task.state == u"running"_s || task.state == u"done"_s || task.state == u"cancelled"_s;
    if (task.attempt == 0 || task.started == 0 || !isKnown || isTold)
        return std::nullopt;
    return queue::TaskAttempt{task.attempt, task.started, task.finished, task.worker, task.state, {}};
}

} // namespace

QByteArray taskJson(const queue::TaskRow &task, std::optional<qint64> record, int attempts)
{
    Members members = membersOf(task, record, attempts);
    members.addText("error", task.error.section(u'\n', 0, 0));
    return members.object();
}

QByteArray wholeTaskJson(const WholeTask &whole, std::optional<qint64> record, int attempts)
{
    Members members = membersOf(whole.task, record, attempts);
    members.addText("error", whole.task.error);
    members.add("arguments", whole.task.arguments);
    QByteArrayList history;
    for (const queue::TaskAttempt &attempt : whole.attempts)
        history += attemptJson(attempt);
    if (const auto latest = latestAttempt(whole))
        history += attemptJson(*latest);
    members.add("history", '[' + history.join(',') + ']');
    return members.object();
}

} // namespace quoin::server
