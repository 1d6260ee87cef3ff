// SPDX-License-Identifier: GPL-3.0-only
#include "faketasks.h"

#include <QDateTime>
#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

const QString tasksPath = u"/admin/v1/tasks"_s;

qint64 idIn(const FakeServer::Asked &asked) { return asked.path.section(u'/', 4, 4).toLongLong(); }

QString timeBefore(int seconds)
{
    return QDateTime::currentDateTimeUtc().addSecs(-seconds).toString(u"yyyy-MM-ddTHH:mm:ss.zzz000Z"_s);
}

} // namespace

FakeTasks::FakeTasks(FakeServer &server)
{
    const QString task = tasksPath + u"/{id}"_s;
    const QStringList finished{u"done"_s, u"dead"_s, u"cancelled"_s};
    const QStringList unfinished{u"scheduled"_s, u"ready"_s, u"sent"_s, u"running"_s};
    const QStringList failed{u"dead"_s, u"cancelled"_s};
    server.on("GET", task, [this](const Asked &asked) { return show(asked); });
    server.on("DELETE", task, [this](const Asked &asked) { return change(asked, {}); });
    server.on("POST", task + u"/retry"_s, [this](const Asked &asked) { return change(asked, u"ready"_s); });
    server.on("POST", task + u"/cancel"_s, [this](const Asked &asked) { return change(asked, u"cancelled"_s); });
    const auto all = [&](const QString &verb, const QString &to, const QStringList &from) {
        server.on("POST", tasksPath + u'/' + verb,
                  [=, this](const Asked &asked) { return changeAll(asked, to, from); });
    };
    all(u"retry"_s, u"ready"_s, failed);
    all(u"cancel"_s, u"cancelled"_s, unfinished);
    all(u"delete"_s, {}, finished);
    server.on("GET", tasksPath, [this](const Asked &asked) { return list(asked); });
    server.on("GET", tasksPath + u"/counts"_s, [this](const Asked &asked) { return counts(asked); });
    server.on("GET", u"/admin/v1/workers"_s, [this](const Asked &) { return Answer::json({{u"results"_s, workers}}); });
    server.on("GET", u"/admin/v1/queues"_s, [this](const Asked &) {
        return Answer::json({{u"results"_s, queues}, {u"kind"_s, u"database"_s}});
    });
}

qint64 FakeTasks::add(const QString &name, const QString &state, const QJsonObject &more)
{
    QJsonObject task{{u"id"_s, m_next}, {u"name"_s, name},  {u"state"_s, state},   {u"priority"_s, 0},
                     {u"attempt"_s, 1}, {u"attempts"_s, 5}, {u"record"_s, m_next}, {u"created"_s, timeBefore(300)}};
    for (auto it = more.begin(); it != more.end(); ++it)
        task[it.key()] = it.value();
    m_tasks.prepend(task);
    return m_next++;
}

void FakeTasks::setState(qint64 id, const QString &state)
{
    for (QJsonObject &task : m_tasks) {
        if (task[u"id"_s].toInteger() == id)
            task[u"state"_s] = state;
    }
}

void FakeTasks::remove(qint64 id)
{
    m_tasks.removeIf([id](const QJsonObject &task) { return task[u"id"_s].toInteger() == id; });
}

QString FakeTasks::stateOf(qint64 id) const
{
    for (const QJsonObject &task : m_tasks) {
        if (task[u"id"_s].toInteger() == id)
            return task[u"state"_s].toString();
    }
    return {};
}

QList<QJsonObject> FakeTasks::matching(const Asked &asked, const QStringList &states) const
{
    const QString state = asked.value(u"state"_s), name = asked.value(u"name"_s), record = asked.value(u"record"_s);
    QList<QJsonObject> found;
    for (const QJsonObject &task : m_tasks) {
        const QString its = task[u"state"_s].toString();
        if ((states.isEmpty() || states.contains(its)) && (state.isEmpty() || its == state)
            && (name.isEmpty() || task[u"name"_s] == name)
            && (record.isEmpty() || task[u"record"_s].toInteger() == record.toLongLong()))
            found << task;
    }
    return found;
}

FakeServer::Answer FakeTasks::list(const Asked &asked) const
{
    const qint64 after = asked.value(u"after"_s).toLongLong();
    const int limit = asked.value(u"limit"_s).toInt();
    QJsonArray rows;
    QJsonObject answer;
    for (const QJsonObject &task : matching(asked)) {
        if (after > 0 && task[u"id"_s].toInteger() >= after)
            continue;
        if (rows.size() == limit) {
            answer[u"next"_s] = QString::number(rows.last()[u"id"_s].toInteger());
            break;
        }
        rows << task;
    }
    answer[u"results"_s] = rows;
    return Answer::json(answer);
}

FakeServer::Answer FakeTasks::counts(const Asked &asked) const
{
    QJsonObject counts;
    QStringList names;
    for (const auto &state :
         {u"scheduled"_s, u"ready"_s, u"sent"_s, u"running"_s, u"done"_s, u"dead"_s, u"cancelled"_s})
        counts[state] = 0;
    for (const QJsonObject &task : matching(asked))
        counts[task[u"state"_s].toString()] = counts[task[u"state"_s].toString()].toInteger() + 1;
    for (const QJsonObject &task : m_tasks) {
        if (!names.contains(task[u"name"_s].toString()))
            names << task[u"name"_s].toString();
    }
    return Answer::json({{u"counts"_s, counts}, {u"names"_s, QJsonArray::fromStringList(names)}});
}

FakeServer::Answer FakeTasks::show(const Asked &asked) const
{
    for (const QJsonObject &task : m_tasks) {
        if (task[u"id"_s].toInteger() != idIn(asked))
            continue;
        Answer answer = Answer::json(task);
        answer.body.chop(1);
        answer.body += ",\"arguments\":" + arguments + '}';
        return answer;
    }
    return Answer::problem(404, u"Not Found"_s, u"There is no such task"_s);
}

FakeServer::Answer FakeTasks::change(const Asked &asked, const QString &to)
{
    const Answer before = show(asked);
    if (before.status != 200)
        return before;
    if (to.isEmpty()) {
        remove(idIn(asked));
        return {.status = 204};
    }
    setState(idIn(asked), to);
    return show(asked);
}

FakeServer::Answer FakeTasks::changeAll(const Asked &asked, const QString &to, const QStringList &from)
{
    QList<qint64> ids;
    if (asked.body.isEmpty()) {
        if (asked.query.isEmpty())
            return Answer::problem(400, u"Bad Request"_s, u"Say which, or all=true"_s);
        for (const QJsonObject &task : matching(asked, from))
            ids << task[u"id"_s].toInteger();
    }
    for (const auto &id : QJsonDocument::fromJson(asked.body).object()[u"ids"_s].toArray())
        ids << id.toInteger();
    QJsonArray refused;
    const qint64 matches = ids.size();
    if (asked.value(u"dry_run"_s) == u"true"_s)
        return Answer::json({{u"matches"_s, matches}});
    for (const qint64 id : std::as_const(ids)) {
        if (!from.contains(stateOf(id)))
            refused << QJsonObject{{u"id"_s, id}, {u"reason"_s, u"it is "_s + stateOf(id)}};
        else if (to.isEmpty())
            remove(id);
        else
            setState(id, to);
    }
    return Answer::json({{u"matches"_s, matches}, {u"changed"_s, matches - refused.size()}, {u"refused"_s, refused}});
}

} // namespace admin
