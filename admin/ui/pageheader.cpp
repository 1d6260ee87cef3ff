// SPDX-License-Identifier: GPL-3.0-only
#include "ui/pageheader.h"

#include "ui/commandbutton.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

PageHeader::PageHeader(const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_subtitle(new QLabel(this))
    , m_right(new QHBoxLayout)
{
    auto *label = new QLabel(title, this);
    label->setProperty("role", u"title"_s);
    m_subtitle->setProperty("role", u"muted"_s);
    auto *left = new QVBoxLayout;
    left->setSpacing(2);
    left->addWidget(label);
    left->addWidget(m_subtitle);
    m_subtitle->hide();
    m_right->setSpacing(8);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0);
    line->addLayout(left, 1);
    line->addLayout(m_right);
}

void PageHeader::setSubtitle(const QString &text)
{
    m_subtitle->setText(text);
    m_subtitle->setVisible(!text.isEmpty());
}

void PageHeader::addCommand(Command *command, bool isPrimary)
{
    using enum CommandButton::Look;
    addWidget(new CommandButton(command, isPrimary ? Primary : Button, this));
}

void PageHeader::addWidget(QWidget *widget) { m_right->addWidget(widget, 0, Qt::AlignVCenter); }

} // namespace admin
