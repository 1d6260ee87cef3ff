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
    if (record)
        members.add("record", QByteArray::number(*record));
    return members;
}

} // namespace

QByteArray taskJson(const queue::TaskRow &task, std::optional<qint64> record, int attempts)
{
    Members members = membersOf(task, record, attempts);
    members.addText("error", task.error.section(u'\n', 0, 0));
    return members.object();
}

QByteArray wholeTaskJson(const queue::TaskRow &task, std::optional<qint64> record, int attempts)
{
    Members members = membersOf(task, record, attempts);
    members.addText("error", task.error);
    members.add("arguments", task.arguments);
    return members.object();
}

} // namespace quoin::server
