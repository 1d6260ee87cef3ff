// SPDX-License-Identifier: GPL-3.0-only
#include "ui/pageheader.h"

#include "ui/colors.h"
#include "ui/command.h"
#include "ui/icons.h"

#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QStyleOptionToolButton>
#include <QStylePainter>
#include <QToolButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

/// Its icon has the colour of its text, which is not that of other texts.
class PrimaryButton : public QToolButton
{
public:
    using QToolButton::QToolButton;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QStylePainter painter(this);
        QStyleOptionToolButton option;
        initStyleOption(&option);
        if (isEnabled())
            option.icon = themedIcon(option.icon.name(), Colors::of(QGuiApplication::palette()).onAccent);
        painter.drawComplexControl(QStyle::CC_ToolButton, option);
    }
};

} // namespace

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
    auto *button = isPrimary ? new PrimaryButton(this) : new QToolButton(this);
    button->setDefaultAction(command);
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setProperty("role", isPrimary ? u"primary"_s : u"button"_s);
    button->setFocusPolicy(Qt::StrongFocus);
    addWidget(button);
}

void PageHeader::addWidget(QWidget *widget) { m_right->addWidget(widget, 0, Qt::AlignVCenter); }

} // namespace admin
