// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/attempttimeline.h"
#include "ui/times.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("admin", text); }

QDateTime timeIn(const QJsonObject &object, const QString &member) { return timeOf(object[member].toString()); }

QString firstLine(const QString &text) { return text.section(u'\n', 0, 0); }

QString after(const QDateTime &from, const QDateTime &to)
{
    return from.isValid() && to.isValid() ? durationText(std::max<qint64>(0, from.msecsTo(to)) * 1000) : QString();
}

Moment endOf(const QString &attempt, const QString &outcome, const QDateTime &started, const QDateTime &finished,
             const QString &detail)
{
    const QString time = after(started, finished);
    if (outcome == u"done"_s || outcome == u"succeeded"_s)
        return {finished,
                time.isEmpty() ? tr("%1 succeeded").arg(attempt) : tr("%1 succeeded after %2").arg(attempt, time),
                detail, Tone::Good};
    if (outcome == u"cancelled"_s)
        return {finished, tr("%1 was cancelled").arg(attempt), detail, Tone::Neutral};
    return {finished, time.isEmpty() ? tr("%1 failed").arg(attempt) : tr("%1 failed after %2").arg(attempt, time),
            detail, Tone::Bad};
}

void addHistory(QList<Moment> &moments, const QJsonArray &history)
{
    for (const auto &value : history) {
        const QJsonObject attempt = value.toObject();
        const QString name = tr("Attempt %1").arg(attempt[u"attempt"_s].toInteger());
        const QDateTime started = timeIn(attempt, u"started"_s), finished = timeIn(attempt, u"finished"_s);
        const QString worker = attempt[u"worker"_s].toString();
        if (started.isValid())
            moments << Moment{started, tr("%1 began").arg(name), worker, Tone::Info};
        if (finished.isValid())
            moments << endOf(name, attempt[u"outcome"_s].toString(), started, finished,
                             firstLine(attempt[u"error"_s].toString()));
    }
}

// Without a history a row tells of its last attempt only.
void addLastAttempt(QList<Moment> &moments, const QJsonObject &task)
{
    const auto attempt = task[u"attempt"_s].toInteger();
    const QString state = task[u"state"_s].toString(), name = tr("Attempt %1").arg(attempt);
    const QString error = firstLine(task[u"error"_s].toString());
    const QDateTime started = timeIn(task, u"started"_s), finished = timeIn(task, u"finished"_s);
    if (started.isValid() && attempt > 0)
        moments << Moment{started, tr("%1 began").arg(name), task[u"worker"_s].toString(), Tone::Info};
    if (finished.isValid() && attempt > 0 && started.isValid())
        moments << endOf(name, state, started, finished, error);
    else if (finished.isValid())
        moments << Moment{finished, state == u"cancelled"_s ? tr("Cancelled") : tr("Ended"), error, Tone::Neutral};
    else if (attempt > 0 && !error.isEmpty() && state != u"running"_s)
        moments << Moment{{}, tr("%1 failed").arg(name), error, Tone::Bad};
}

} // namespace

QList<Moment> momentsOf(const QJsonObject &task, const QDateTime &now)
{
    QList<Moment> moments;
    if (const QDateTime created = timeIn(task, u"created"_s); created.isValid())
        moments << Moment{created, tr("Created"), {}, Tone::Neutral};
    const QJsonArray history = task[u"history"_s].toArray();
    if (history.isEmpty())
        addLastAttempt(moments, task);
    else
        addHistory(moments, history);
    const QString state = task[u"state"_s].toString();
    if (state == u"running"_s) {
        moments << Moment{now, tr("Running for %1").arg(after(timeIn(task, u"started"_s), now)), {}, Tone::Info, true};
    } else if (state == u"scheduled"_s) {
        const QDateTime due = timeIn(task, u"not_before"_s);
        moments << Moment{due, tr("Next attempt %1").arg(relativeTime(due, now)), {}, Tone::Warning, true};
    } else if (state == u"ready"_s || state == u"sent"_s) {
        moments << Moment{now, tr("Waiting for a worker"), {}, Tone::Neutral, true};
    }
    return moments;
}

} // namespace admin
