// SPDX-License-Identifier: GPL-3.0-only
#include "ui/sidepane.h"

#include "ui/command.h"
#include "ui/commandbutton.h"
#include "ui/connectionbutton.h"
#include "ui/sidebar.h"

#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

SidePane::SidePane(QWidget *parent)
    : QWidget(parent)
    , m_connection(new ConnectionButton(this))
    , m_sideBar(new SideBar(this))
    , m_bottom(new QVBoxLayout)
{
    setObjectName(u"sidePane"_s);
    setAttribute(Qt::WA_StyledBackground);
    setFixedWidth(236);
    m_bottom->setSpacing(2);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 14, 12, 12);
    layout->setSpacing(14);
    layout->addWidget(m_connection);
    layout->addWidget(m_sideBar, 1);
    layout->addLayout(m_bottom);
}

void SidePane::addCommand(Command *command)
{
    auto *button = new CommandButton(command, CommandButton::Look::Flat, this);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_bottom->addWidget(button);
}

} // namespace admin
