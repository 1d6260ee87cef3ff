// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/taskadvice.h"

#include "tasks/taskstate.h"
#include "ui/times.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("admin", text); }

Advice onScheduled(const QJsonObject &task, const QDateTime &now)
{
    const QDateTime due = timeOf(task[u"not_before"_s].toString());
    const QString when = due.isValid() ? relativeTime(due, now) : tr("at its time");
    const auto attempt = task[u"attempt"_s].toInteger();
    if (attempt == 0)
        return {tr("It runs %1").arg(when), tr("It was scheduled for later. There is nothing to do."), Tone::Neutral};
    return {tr("It is tried again %1").arg(when),
            tr("Attempt %1 failed. If the error below goes away by itself, there is nothing to do; if it does not, "
               "remove its cause and retry, or cancel the task.")
                .arg(attempt),
            Tone::Warning};
}

Advice onDead(const QJsonObject &task)
{
    const auto attempt = task[u"attempt"_s].toInteger();
    const QString how = attempt > 1 ? tr("All %1 attempts failed.").arg(attempt) : tr("It failed.");
    return {tr("It gave up"),
            how + u' '
                + tr("Read the error below and remove its cause, then retry: it begins anew with all its attempts."),
            Tone::Bad};
}

Advice onReady(const QJsonObject &task, const QDateTime &now)
{
    const QDateTime created = timeOf(task[u"created"_s].toString());
    if (created.isValid() && created.secsTo(now) < 60)
        return {tr("It waits for its turn"), tr("A worker takes it next. There is nothing to do."), Tone::Neutral};
    return {tr("It waits for a worker"),
            tr("It waits for more than a minute. See in Queues whether its queue is paused or long, and in Workers "
               "whether somebody runs tasks."),
            Tone::Warning};
}

Advice onRunning(const QJsonObject &task)
{
    const QString worker = task[u"worker"_s].toString();
    return {worker.isEmpty() ? tr("It runs now") : tr("%1 runs it now").arg(worker),
            tr("There is nothing to do. Cancel asks it to stop; what it did so far stays."), Tone::Info};
}

} // namespace

Advice adviceOn(const QJsonObject &task, const QDateTime &now)
{
    const QString state = task[u"state"_s].toString();
    if (state == u"scheduled"_s)
        return onScheduled(task, now);
    if (state == u"ready"_s)
        return onReady(task, now);
    if (state == u"sent"_s)
        return {
            tr("It is with the broker"),
            tr("It was handed to Celery's broker and no worker told of it yet. If it stays so, see whether a worker "
               "listens to its queue."),
            Tone::Info};
    if (state == u"running"_s)
        return onRunning(task);
    if (state == u"done"_s)
        return {tr("It is done"), tr("There is nothing to do."), Tone::Good};
    if (state == u"dead"_s)
        return onDead(task);
    if (state == u"cancelled"_s)
        return {tr("Somebody cancelled it"), tr("Retry runs it after all; delete forgets it."), Tone::Neutral};
    return {taskStateText(state), tr("This program does not know this state; a newer one may."), Tone::Neutral};
}

} // namespace admin
