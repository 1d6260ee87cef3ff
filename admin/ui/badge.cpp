// SPDX-License-Identifier: GPL-3.0-only
#include "ui/badge.h"

namespace admin {

Badge::Badge(QWidget *parent)
    : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
}

Badge::Badge(const QString &text, Tone tone, QWidget *parent)
    : Badge(parent)
{
    set(text, tone);
}

void Badge::set(const QString &text, Tone tone)
{
    m_text = text;
    m_tone = tone;
    setAccessibleName(text);
    setVisible(!text.isEmpty());
    updateGeometry();
    update();
}

QSize Badge::sizeHint() const { return {fontMetrics().horizontalAdvance(m_text) + 20, fontMetrics().height() + 6}; }

void Badge::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    paint(painter, rect(), m_text, m_tone, Colors::of(palette()));
}

void Badge::paint(QPainter &painter, const QRect &cell, const QString &text, Tone tone, const Colors &colors)
{
    const QFontMetrics metrics = painter.fontMetrics();
    const QSize size(std::min(cell.width(), metrics.horizontalAdvance(text) + 20),
                     std::min(cell.height(), metrics.height() + 6));
    const QRectF plate(cell.left(), cell.top() + (cell.height() - size.height()) / 2.0, size.width(), size.height());
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(softOf(tone, colors));
    painter.drawRoundedRect(plate, plate.height() / 2, plate.height() / 2);
    painter.setPen(inkOf(tone, colors));
    painter.drawText(plate, Qt::AlignCenter, metrics.elidedText(text, Qt::ElideRight, int(plate.width()) - 12));
    painter.restore();
}

} // namespace admin
