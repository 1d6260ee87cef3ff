// SPDX-License-Identifier: GPL-3.0-only
#include "ui/commandbutton.h"

#include "ui/colors.h"
#include "ui/command.h"
#include "ui/icons.h"

#include <QGuiApplication>
#include <QStyleOptionToolButton>
#include <QStylePainter>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString roleOf(CommandButton::Look look)
{
    using enum CommandButton::Look;
    return look == Primary ? u"primary"_s : look == Button ? u"button"_s : u"flat"_s;
}

} // namespace

CommandButton::CommandButton(Command *command, Look look, QWidget *parent)
    : QToolButton(parent)
    , m_look(look)
{
    setDefaultAction(command);
    setToolButtonStyle(look == Look::Icon ? Qt::ToolButtonIconOnly : Qt::ToolButtonTextBesideIcon);
    if (look == Look::Icon)
        setAccessibleName(command->text());
    setProperty("role", roleOf(look));
    setFocusPolicy(Qt::StrongFocus);
    const auto follow = [this, command] { setVisible(command->isVisible()); };
    connect(command, &QAction::changed, this, follow);
    follow();
}

// The icon of a primary one has the colour of its text, which is not that of other texts.
void CommandButton::paintEvent(QPaintEvent *event)
{
    if (m_look != Look::Primary || !isEnabled())
        return QToolButton::paintEvent(event);
    QStylePainter painter(this);
    QStyleOptionToolButton option;
    initStyleOption(&option);
    option.icon = themedIcon(option.icon.name(), Colors::of(QGuiApplication::palette()).onAccent);
    painter.drawComplexControl(QStyle::CC_ToolButton, option);
}

} // namespace admin
