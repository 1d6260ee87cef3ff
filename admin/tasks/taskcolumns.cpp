// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/taskcolumns.h"

#include "tasks/taskstate.h"
#include "ui/times.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("admin", text); }

QString textIn(const QJsonObject &task, const QString &member) { return task[member].toString(); }

QVariant muted(const QJsonObject &, int role) { return role == MutedRole ? QVariant(true) : QVariant(); }

Column timeColumn(const QString &member, const QString &title)
{
    return {member,
            title,
            [member](const QJsonObject &task) { return relativeTime(timeOf(textIn(task, member))); },
            [member](const QJsonObject &task, int role) {
                if (role == Qt::ToolTipRole)
                    return QVariant(exactTime(timeOf(textIn(task, member))));
                return muted(task, role);
            },
            Qt::AlignLeft | Qt::AlignVCenter,
            110};
}

Column stateColumn()
{
    return {u"state"_s,
            tr("State"),
            [](const QJsonObject &task) { return taskStateText(textIn(task, u"state"_s)); },
            [](const QJsonObject &task, int role) {
                return role == ToneRole ? QVariant(int(taskStateTone(textIn(task, u"state"_s)))) : QVariant();
            },
            Qt::AlignLeft | Qt::AlignVCenter,
            110};
}

Column errorColumn()
{
    return {u"error"_s,
            tr("Error"),
            [](const QJsonObject &task) { return textIn(task, u"error"_s).section(u'\n', 0, 0); },
            [](const QJsonObject &task, int role) {
                if (role == Qt::ToolTipRole)
                    return QVariant(textIn(task, u"error"_s).left(1000).toHtmlEscaped());
                return muted(task, role);
            },
            Qt::AlignLeft | Qt::AlignVCenter,
            260};
}

} // namespace

QList<Column> taskColumns()
{
    const auto right = Qt::AlignRight | Qt::AlignVCenter;
    return {
        {u"id"_s, tr("Id"), [](const QJsonObject &task) { return QString::number(task[u"id"_s].toInteger()); }, muted,
         right, 84},
        {u"name"_s,
         tr("Task"),
         [](const QJsonObject &task) { return textIn(task, u"name"_s); },
         {},
         Qt::AlignLeft | Qt::AlignVCenter,
         170},
        stateColumn(),
        {u"record"_s, tr("Record"),
         [](const QJsonObject &task) {
             return task.contains(u"record"_s) ? QString::number(task[u"record"_s].toInteger()) : QString();
         },
         muted, right, 84},
        {u"attempt"_s, tr("Attempt"), attemptText, muted, Qt::AlignLeft | Qt::AlignVCenter, 84},
        timeColumn(u"created"_s, tr("Created")),
        {u"duration"_s, tr("Ran for"), runningTime, muted, right, 92},
        errorColumn(),
    };
}

QString runningTime(const QJsonObject &task)
{
    const QDateTime started = timeOf(textIn(task, u"started"_s));
    if (!started.isValid())
        return {};
    const QDateTime finished = timeOf(textIn(task, u"finished"_s));
    if (!finished.isValid() && textIn(task, u"state"_s) != u"running"_s)
        return {}; // an earlier attempt began then
    const QDateTime end = finished.isValid() ? finished : QDateTime::currentDateTimeUtc();
    return durationText(std::max<qint64>(0, started.msecsTo(end)) * 1000);
}

QString attemptText(const QJsonObject &task)
{
    const auto attempt = task[u"attempt"_s].toInteger();
    const auto attempts = task[u"attempts"_s].toInteger();
    if (attempt <= 0)
        return {};
    return attempts > 0 ? tr("%1 of %2").arg(attempt).arg(attempts) : QString::number(attempt);
}

} // namespace admin
