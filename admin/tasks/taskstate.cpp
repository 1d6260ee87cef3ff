// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/taskstate.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("admin", text); }

} // namespace

const QStringList &taskStates()
{
    static const QStringList states{u"scheduled"_s, u"ready"_s, u"sent"_s,     u"running"_s,
                                    u"done"_s,      u"dead"_s,  u"cancelled"_s};
    return states;
}

QString taskStateText(const QString &state)
{
    static const char *const words[]{QT_TRANSLATE_NOOP("admin", "Scheduled"), QT_TRANSLATE_NOOP("admin", "Ready"),
                                     QT_TRANSLATE_NOOP("admin", "Sent"),      QT_TRANSLATE_NOOP("admin", "Running"),
                                     QT_TRANSLATE_NOOP("admin", "Done"),      QT_TRANSLATE_NOOP("admin", "Dead"),
                                     QT_TRANSLATE_NOOP("admin", "Cancelled")};
    const auto at = taskStates().indexOf(state);
    return at < 0 ? state : tr(words[at]);
}

Tone taskStateTone(const QString &state)
{
    if (state == u"done"_s)
        return Tone::Good;
    if (state == u"dead"_s)
        return Tone::Bad;
    if (state == u"running"_s || state == u"sent"_s)
        return Tone::Info;
    return state == u"scheduled"_s ? Tone::Warning : Tone::Neutral;
}

bool isPossible(TaskVerb verb, const QString &state)
{
    const bool isFinished = state == u"done"_s || state == u"dead"_s || state == u"cancelled"_s;
    switch (verb) {
    case TaskVerb::Retry:
        return state == u"scheduled"_s || state == u"dead"_s || state == u"cancelled"_s;
    case TaskVerb::Cancel:
        return !isFinished;
    case TaskVerb::Delete:
        return isFinished;
    }
    return false;
}

bool isPossible(TaskVerb verb, const QJsonObject &task)
{
    const QString state = task[u"state"_s].toString();
    const bool isPutOff = state == u"scheduled"_s && task[u"attempt"_s].toInteger() == 0;
    return isPossible(verb, state) && !(verb == TaskVerb::Retry && isPutOff);
}

QString addressOf(TaskVerb verb)
{
    return verb == TaskVerb::Retry ? u"retry"_s : verb == TaskVerb::Cancel ? u"cancel"_s : u"delete"_s;
}

} // namespace admin
