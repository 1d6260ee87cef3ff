// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/controlmethods.h"

#include "queue/celery/controlviews.h"
#include "queue/celery/controlwords.h"
#include "queue/celery/node.h"
#include "queue/queuelog.h"

#include <algorithm>
#include <cmath>

using namespace Qt::StringLiterals;

namespace quoin::celery {

namespace {

/// A reply is one text: it must not grow with the queue.
constexpr int mostScheduled = 1000;
/// Of one task's arguments, in bytes. Replies are for people; a record may be of any size.
constexpr qsizetype largestArguments = 64 * 1024;
/// Longer than any task runs, and far from where durations overflow.
constexpr double longestLimit = 1e9;

QList<TaskView> bounded(QList<TaskView> tasks)
{
    for (TaskView &task : tasks) {
        if (task.args.size() > largestArguments)
            task.args = "[\"... " + QByteArray::number(task.args.size()) + " bytes\"]";
        if (task.kwargs.size() > largestArguments)
            task.kwargs = "{\"...\": \"" + QByteArray::number(task.kwargs.size()) + " bytes\"}";
    }
    return tasks;
}

/// Nothing: it is not one. A null in it: no limit.
std::optional<std::optional<std::chrono::milliseconds>> timeLimitIn(const ControlCommand &command, QStringView name)
{
    using Limit = std::optional<std::chrono::milliseconds>;
    if (command.argument(name).isNull())
        return Limit();
    const auto seconds = command.seconds(name);
    if (!seconds || !(*seconds > 0) || *seconds > longestLimit)
        return std::nullopt;
    return Limit(std::chrono::milliseconds(static_cast<qint64>(std::ceil(*seconds * 1000))));
}

} // namespace

ControlMethods::Value ControlMethods::active(const ControlCommand &command)
{
    return tasksValue(bounded(m_node.active()), command.flag(u"safe"));
}

ControlMethods::Value ControlMethods::reserved(const ControlCommand &command)
{
    return tasksValue(bounded(m_node.reserved()), command.flag(u"safe"));
}

void ControlMethods::scheduled(const Answer &answer)
{
    m_node.scheduled(mostScheduled, [answer](const Result<QList<TaskView>> &tasks) {
        answer(tasks ? scheduledValue(bounded(*tasks)) : errorValue(tasks.error().message()));
    });
}

ControlMethods::Value ControlMethods::queryTask(const ControlCommand &command)
{
    const QStringList list = command.texts(u"ids");
    const QSet<QString> ids(list.begin(), list.end());
    QList<QPair<QByteArray, TaskView>> found;
    const auto look = [&](const QByteArray &state, const QList<TaskView> &tasks) {
        for (const TaskView &task : bounded(tasks)) {
            if (ids.contains(task.id))
                found.append({state, task});
        }
    };
    look("active", m_node.active());
    look("reserved", m_node.reserved());
    return queryValue(found);
}

ControlMethods::Value ControlMethods::registered(const ControlCommand &)
{
    QStringList names = m_node.registered();
    names.sort();
    return namesValue(names);
}

ControlMethods::Value ControlMethods::rateLimit(const ControlCommand &command)
{
    if (!m_node.registered().contains(command.text(u"task_name")))
        return errorValue(u"unknown task"_s);
    return errorValue(u"rate limits are not supported by this worker"_s);
}

ControlMethods::Value ControlMethods::timeLimit(const ControlCommand &command)
{
    const auto hard = timeLimitIn(command, u"hard");
    const auto soft = timeLimitIn(command, u"soft");
    if (!hard || !soft)
        return errorValue(u"a time limit is a number of seconds above 0, or null for none"_s);
    const QString task = command.text(u"task_name");
    const Result<> done = m_node.setTimeLimits(task, *hard, *soft);
    if (!done)
        return errorValue(done.error().kind() == ErrorKind::NotFound ? u"unknown task"_s : done.error().message());
    qCInfo(quoinQueue, "time limits set by remote control kind=\"%ls\"", qUtf16Printable(task));
    return okValue(u"time limits set successfully"_s);
}

} // namespace quoin::celery
