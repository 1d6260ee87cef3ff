// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "ui/tone.h"

#include <QFrame>
#include <QPointer>
#include <QTimer>

class QLabel;
class QToolButton;

namespace admin {

class IconLabel;

/// One line above all pages when the server does not answer, does not want us, or takes long: what is wrong, and what
/// to do. Otherwise it takes no place.
class Banner : public QFrame
{
    Q_OBJECT

public:
    explicit Banner(QWidget *parent = nullptr);

    void setSession(Session *session);
    QString text() const;

Q_SIGNALS:
    /// The token was refused, and the user wants to enter another.
    void tokenRequested();

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    void update();
    void show(Tone tone, const QString &icon, const QString &title, const QString &sentence, const QString &action);
    void act();

    QPointer<Session> m_session;
    IconLabel *m_icon;
    QLabel *m_title, *m_sentence;
    QToolButton *m_action;
    QTimer m_clock;
    Tone m_tone = Tone::Neutral;
};

} // namespace admin
