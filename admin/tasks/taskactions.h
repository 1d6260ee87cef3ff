// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "tasks/taskstate.h"

#include <QJsonArray>
#include <QObject>
#include <QPointer>

#include <functional>

class QWidget;

namespace admin {

class Command;

/// Retry, cancel and delete: the tasks that are selected, or all that match what is shown, after the server counted
/// them and the user agreed to that number.
class TaskActions : public QObject
{
    Q_OBJECT

public:
    /// window: over which it asks.
    explicit TaskActions(QWidget *window);

    void setSession(Session *session);
    /// What the server offers changed.
    void updateOffer();
    void setSelection(const QList<QJsonObject> &tasks);
    /// What is shown, as parameters of the API and as words: "dead tasks, of record 17".
    void setFilter(const Query &filter, const QString &inWords);
    QList<Command *> commands() const;
    Command *selected(TaskVerb verb) const { return m_selected[int(verb)]; }
    Command *matching(TaskVerb verb) const { return m_matching[int(verb)]; }

Q_SIGNALS:
    /// Something was changed on the server.
    void done(const QString &sentence);
    /// Not, or not all of it.
    void failed(const QString &sentence);

private:
    Command *make(TaskVerb verb, bool isForAll);
    void updateSelected(TaskVerb verb);
    void updateMatching(TaskVerb verb);
    QList<qint64> idsFor(TaskVerb verb) const;

    void askSelected(TaskVerb verb);
    void changeOne(TaskVerb verb, qint64 id);
    void changeThese(TaskVerb verb, const QList<qint64> &ids);
    void countMatching(TaskVerb verb, const Query &filter, const QString &inWords, qint64 agreed);
    void askMatching(TaskVerb verb, const Query &filter, const QString &inWords, qint64 count, bool isMore);
    void changeMatching(TaskVerb verb, const Query &filter, qint64 before);
    void begin(ApiReply *reply, const std::function<void(const ApiReply &)> &then);
    void tellBulk(TaskVerb verb, qint64 changed, const QJsonArray &refused);

    QWidget *m_window;
    QPointer<Session> m_session;
    QList<QJsonObject> m_tasks;
    Query m_filter;
    QString m_inWords;
    QList<Command *> m_selected, m_matching; ///< by TaskVerb
    bool m_isBusy = false;
};

} // namespace admin
