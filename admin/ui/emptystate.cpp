// SPDX-License-Identifier: GPL-3.0-only
#include "ui/emptystate.h"

#include "ui/commandbutton.h"
#include "ui/iconlabel.h"

#include <QLabel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

EmptyState::EmptyState(const QString &icon, const QString &title, const QString &sentence, QWidget *parent)
    : QWidget(parent)
    , m_title(new QLabel(this))
    , m_sentence(new QLabel(this))
    , m_layout(new QVBoxLayout(this))
{
    m_title->setProperty("role", u"heading"_s);
    m_title->setAlignment(Qt::AlignCenter);
    m_sentence->setProperty("role", u"muted"_s);
    m_sentence->setAlignment(Qt::AlignCenter);
    m_sentence->setWordWrap(true);
    m_sentence->setMaximumWidth(460);
    m_sentence->setMinimumWidth(200);
    m_sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_layout->setSpacing(8);
    m_layout->addStretch(2);
    m_layout->addWidget(new IconLabel(icon, 48, this), 0, Qt::AlignHCenter);
    m_layout->addSpacing(4);
    m_layout->addWidget(m_title, 0, Qt::AlignHCenter);
    m_layout->addWidget(m_sentence, 0, Qt::AlignHCenter);
    m_layout->addStretch(3);
    setText(title, sentence);
}

void EmptyState::setText(const QString &title, const QString &sentence)
{
    m_title->setText(title);
    m_sentence->setText(sentence);
    // A wrapped label in the middle of a layout takes the width it is given, not the one it would like.
    m_sentence->setFixedWidth(std::min(460, m_sentence->fontMetrics().horizontalAdvance(sentence) + 8));
}

void EmptyState::addCommand(Command *command)
{
    m_layout->insertSpacing(m_layout->count() - 1, 6);
    auto *button = new CommandButton(command, CommandButton::Look::Button, this);
    m_layout->insertWidget(m_layout->count() - 1, button, 0, Qt::AlignHCenter);
}

} // namespace admin
