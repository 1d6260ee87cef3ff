// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/taskwords.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text, const char *meaning = nullptr, int n = -1)
{
    return QCoreApplication::translate("admin", text, meaning, n);
}

QString tasksText(qint64 count) { return tr("%Ln task(s)", nullptr, int(count)); }

} // namespace

QString verbText(TaskVerb verb)
{
    return verb == TaskVerb::Retry ? tr("Retry") : verb == TaskVerb::Cancel ? tr("Cancel task") : tr("Delete");
}

QString verbText(TaskVerb verb, qint64 count)
{
    const QString verbs = verb == TaskVerb::Retry ? tr("Retry %1")
        : verb == TaskVerb::Cancel                ? tr("Cancel %1")
                                                  : tr("Delete %1");
    return verbs.arg(tasksText(count));
}

QString doneText(TaskVerb verb, qint64 count)
{
    const QString verbs = verb == TaskVerb::Retry ? tr("%1 retried")
        : verb == TaskVerb::Cancel                ? tr("%1 cancelled")
                                                  : tr("%1 deleted");
    return verbs.arg(tasksText(count));
}

Question questionOn(TaskVerb verb, qint64 count, const QString &which)
{
    Question question{verbText(verb, count) + u'?', {}, verbText(verb, count), verb != TaskVerb::Retry};
    switch (verb) {
    case TaskVerb::Retry:
        question.sentence = tr("They begin anew, with all their attempts before them.");
        break;
    case TaskVerb::Cancel:
        question.sentence = tr("What has not begun will not run. What runs is asked to stop, and what it did so far "
                               "stays. A cancelled task can be retried.");
        break;
    case TaskVerb::Delete:
        question.sentence = tr("The server forgets them, with their arguments and errors. This cannot be undone. What "
                               "they made stays.");
        break;
    }
    if (!which.isEmpty())
        question.sentence = which + u' ' + question.sentence;
    return question;
}

} // namespace admin
