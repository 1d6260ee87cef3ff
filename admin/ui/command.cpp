// SPDX-License-Identifier: GPL-3.0-only
#include "ui/command.h"

#include "ui/icons.h"

using namespace Qt::StringLiterals;

namespace admin {

Command::Command(const QString &id, const QString &text, const QString &icon, Effect effect, QObject *parent)
    : QAction(text, parent)
    , m_id(id)
    , m_effect(effect)
{
    setObjectName(id);
    if (!icon.isEmpty())
        setIcon(themedIcon(icon));
    connect(this, &QAction::changed, this, &Command::update); // a shortcut was set, or the text
    update();
}

void Command::setHelp(const QString &help)
{
    m_help = help;
    update();
}

void Command::setPossible(bool possible, const QString &whyNot)
{
    m_isPossible = possible;
    m_whyNot = whyNot;
    update();
}

void Command::setReadOnly(bool readOnly)
{
    m_isReadOnly = readOnly;
    update();
}

QString Command::whyNot() const
{
    if (m_isReadOnly && m_effect == Effect::Changes)
        return tr("This connection is read-only");
    return m_isPossible ? QString() : m_whyNot;
}

void Command::update()
{
    const bool isEnabledNow = m_isPossible && !(m_isReadOnly && m_effect == Effect::Changes);
    QString tip = m_help.isEmpty() ? text() : m_help;
    if (!shortcut().isEmpty())
        tip += u" ("_s + shortcut().toString(QKeySequence::NativeText) + u')';
    if (!isEnabledNow && !whyNot().isEmpty())
        tip += u"\n"_s + whyNot() + u'.';
    if (isEnabled() != isEnabledNow)
        setEnabled(isEnabledNow);
    if (toolTip() != tip)
        setToolTip(tip);
}

} // namespace admin
