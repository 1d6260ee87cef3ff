// SPDX-License-Identifier: GPL-3.0-only
#include "ui/colorrow.h"

#include "ui/colors.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>

namespace admin {

namespace {

// Told apart by people who see few colours too, by their lightness; bright enough on dark, dark enough on light.
struct Choice
{
    const char *name;
    QRgb rgb;
};
constexpr Choice choices[] = {
    {QT_TRANSLATE_NOOP("ColorRow", "No colour"), 0},        {QT_TRANSLATE_NOOP("ColorRow", "Blue"), 0x4c7ee8},
    {QT_TRANSLATE_NOOP("ColorRow", "Green"), 0x2f9e5f},     {QT_TRANSLATE_NOOP("ColorRow", "Amber"), 0xd9962b},
    {QT_TRANSLATE_NOOP("ColorRow", "Red"), 0xd5493f},       {QT_TRANSLATE_NOOP("ColorRow", "Violet"), 0x8d62d6},
    {QT_TRANSLATE_NOOP("ColorRow", "Turquoise"), 0x22a3a8},
};

class Swatch : public QAbstractButton
{
public:
    Swatch(const QColor &color, const QString &name, QWidget *parent)
        : QAbstractButton(parent)
        , m_color(color)
    {
        setCheckable(true);
        setFixedSize(30, 30);
        setFocusPolicy(Qt::StrongFocus);
        setAccessibleName(name);
        setToolTip(name);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Colors &colors = Colors::of(palette());
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        if (isChecked() || hasFocus()) {
            painter.setPen(QPen(hasFocus() ? colors.accent : colors.text, 2));
            painter.drawEllipse(QRectF(rect()).adjusted(2, 2, -2, -2));
        }
        painter.setPen(m_color.isValid() ? Qt::NoPen : QPen(colors.muted, 1.5));
        painter.setBrush(m_color.isValid() ? QBrush(m_color) : QBrush(Qt::NoBrush));
        const QRectF inner = QRectF(rect()).adjusted(6, 6, -6, -6);
        painter.drawEllipse(inner);
        if (!m_color.isValid())
            painter.drawLine(inner.center() + QPointF(-5, 5), inner.center() + QPointF(5, -5));
    }

private:
    QColor m_color;
};

QColor colorOf(int index) { return index <= 0 ? QColor() : QColor(choices[index].rgb); }

} // namespace

ColorRow::ColorRow(QWidget *parent)
    : QWidget(parent)
    , m_buttons(new QButtonGroup(this))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    for (int i = 0; i < int(std::size(choices)); ++i) {
        auto *swatch = new Swatch(colorOf(i), tr(choices[i].name), this);
        m_buttons->addButton(swatch, i);
        layout->addWidget(swatch);
    }
    layout->addStretch();
    m_buttons->button(0)->setChecked(true);
}

QColor ColorRow::color() const { return colorOf(m_buttons->checkedId()); }

void ColorRow::setColor(const QColor &color)
{
    for (int i = 0; i < int(std::size(choices)); ++i) {
        if (colorOf(i) == color)
            m_buttons->button(i)->setChecked(true);
    }
}

} // namespace admin
