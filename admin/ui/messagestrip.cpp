// SPDX-License-Identifier: GPL-3.0-only
#include "ui/messagestrip.h"

#include "ui/iconlabel.h"
#include "ui/icons.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QToolButton>

using namespace Qt::StringLiterals;

namespace admin {

MessageStrip::MessageStrip(QWidget *parent)
    : QFrame(parent)
    , m_icon(new IconLabel(u"warning"_s, 20, this))
    , m_label(new QLabel(this))
{
    setObjectName(u"messageStrip"_s);
    m_label->setWordWrap(true);
    m_label->setTextFormat(Qt::PlainText); // it may be the server's text
    m_label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_label->setAccessibleName(tr("Message"));
    auto *close = new QToolButton(this);
    close->setIcon(themedIcon(u"close"_s));
    close->setProperty("role", u"flat"_s);
    close->setToolTip(tr("Close this message"));
    close->setAccessibleName(tr("Close this message"));
    close->setFocusPolicy(Qt::StrongFocus);
    connect(close, &QToolButton::clicked, this, &QWidget::hide);
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(14, 8, 8, 8);
    layout->setSpacing(10);
    layout->addWidget(m_icon, 0, Qt::AlignVCenter);
    layout->addWidget(m_label, 1);
    layout->addWidget(close, 0, Qt::AlignVCenter);
    hide();
}

void MessageStrip::tell(const QString &sentence, Tone tone)
{
    m_tone = tone;
    m_label->setText(sentence);
    m_icon->set(tone == Tone::Good ? u"ok"_s : u"warning"_s, tone);
    update();
    show();
    QAccessibleEvent event(m_label, QAccessible::Alert);
    QAccessible::updateAccessibility(&event);
}

QString MessageStrip::text() const { return m_label->text(); }

// Painted, not styled: a style sheet set on a change of the palette changes the palette again.
void MessageStrip::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(softOf(m_tone, Colors::of(palette())));
    painter.drawRoundedRect(rect(), 8, 8);
}

} // namespace admin
