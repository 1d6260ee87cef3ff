// SPDX-License-Identifier: GPL-3.0-only
#include "ui/legenddot.h"

#include <QPainter>

namespace admin {

LegendDot::LegendDot(Tone tone, bool isThin, QWidget *parent)
    : QWidget(parent)
    , m_tone(tone)
    , m_isThin(isThin)
{
    setFixedSize(16, 12);
}

void LegendDot::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(inkOf(m_tone, Colors::of(palette())), m_isThin ? 1.2 : 2.4, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(2, height() / 2.0), QPointF(width() - 2, height() / 2.0));
}

} // namespace admin
