// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QFrame>
#include <QPointer>

class QLabel;
class QVBoxLayout;

namespace admin {

class AttemptTimeline;
class Badge;
class Command;
class Facts;
class IconLabel;
class MessageStrip;
class TextBlock;

/// One task whole, beside the table: what to do next, its attempts, its arguments as pushed, its error.
class TaskDetail : public QFrame
{
    Q_OBJECT

public:
    explicit TaskDetail(QWidget *parent = nullptr);

    void setSession(Session *session);
    /// `row`: what the list knows; it is shown until the server told the rest.
    void showTask(const QJsonObject &row);
    qint64 taskId() const { return m_id; }
    /// What is known of it.
    const QJsonObject &task() const { return m_task; }
    /// Asks again.
    void refresh();
    /// Buttons at the top.
    void addCommand(Command *command);
    /// Whether all of the task is shown.
    bool isWhole() const { return m_isWhole; }
    /// Whether the server had it when it was asked last, so that something can be done with it.
    bool isThere() const { return m_isThere; }

Q_SIGNALS:
    void recordRequested(qint64 record);
    void closeRequested();
    void wholeShown();

private:
    void build();
    QLayout *buildHead();
    QWidget *buildAdvice();
    void present(const QJsonObject &task);
    void showFacts(const QJsonObject &task);
    void take(const ApiReply &reply);

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply;
    qint64 m_id = 0;
    QJsonObject m_task;
    bool m_isWhole = false, m_isThere = false, m_isStale = false;
    QLabel *m_title, *m_name, *m_adviceTitle, *m_advice;
    IconLabel *m_adviceIcon;
    Badge *m_state;
    AttemptTimeline *m_timeline;
    Facts *m_facts;
    TextBlock *m_error, *m_arguments, *m_result;
    MessageStrip *m_message;
    QVBoxLayout *m_buttons = nullptr;
};

} // namespace admin
