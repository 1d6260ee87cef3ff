// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QToolButton>

namespace admin {

class Command;

/// A button for a command, which looks and reads as the command does. It is there while the command is: QToolButton
/// alone stays where it is when its action hides, and what a server does not offer has no button.
class CommandButton : public QToolButton
{
    Q_OBJECT

public:
    enum class Look {
        Button,  ///< Icon and text on a frame.
        Primary, ///< The one that most come for; in the accent colour.
        Flat,    ///< Without a frame.
        Icon,    ///< Without a frame and text.
    };

    CommandButton(Command *command, Look look, QWidget *parent);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Look m_look;
};

} // namespace admin
