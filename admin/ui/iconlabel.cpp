// SPDX-License-Identifier: GPL-3.0-only
#include "ui/iconlabel.h"

#include "ui/icons.h"

#include <QPainter>

namespace admin {

IconLabel::IconLabel(const QString &icon, int size, QWidget *parent)
    : QWidget(parent)
    , m_icon(icon)
{
    setFixedSize(size, size);
}

void IconLabel::set(const QString &icon, Tone tone)
{
    m_icon = icon;
    m_tone = tone;
    update();
}

void IconLabel::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    themedIcon(m_icon, inkOf(m_tone, Colors::of(palette()))).paint(&painter, rect());
}

} // namespace admin
