// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QList>
#include <QObject>
#include <QPointer>

class QWidget;

namespace admin {

class Command;

/// What can be done to the plugin that is chosen: enable, disable, reload, roll back, remove.
class PluginActions : public QObject
{
    Q_OBJECT

public:
    /// Asks over `over` before what others will notice.
    explicit PluginActions(QWidget *over);

    QList<Command *> commands() const;
    void setSession(Session *session);
    /// An empty object: none is chosen.
    void setPlugin(const QJsonObject &plugin);

Q_SIGNALS:
    void notice(const QString &sentence);
    void failed(const admin::Problem &problem);
    /// The server has answered: there is something new to see.
    void changed();

private:
    struct Verb
    {
        QString name; ///< of the route
        QString done; ///< "%1 is disabled"
    };
    void update();
    void offer(Command *command, const QString &method, const QString &path, bool fits, const QString &whyNot);
    void ask(const Verb &verb, const QString &title, const QString &sentence, const QString &action);
    void act(const Verb &verb);
    void remove();
    void take(const ApiReply &reply, const QString &done);

    QWidget *const m_over;
    QPointer<Session> m_session;
    QJsonObject m_plugin;
    Command *m_enable, *m_disable, *m_reload, *m_rollBack, *m_remove;
    bool m_isBusy = false;
};

} // namespace admin
