// SPDX-License-Identifier: GPL-3.0-only
#include "ui/connectionbutton.h"

#include "ui/colors.h"
#include "ui/icons.h"

#include <QPainter>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

// Black or white, whichever is easier to read on it (WCAG 2.2, relative luminance, with its usual simplification).
QColor inkOn(const QColor &color)
{
    const double luminance = 0.2126 * color.redF() + 0.7152 * color.greenF() + 0.0722 * color.blueF();
    return luminance > 0.55 ? QColor(0x10141a) : QColor(Qt::white);
}

QColor lightColor(ConnectionButton::Light light, const Colors &colors)
{
    using enum ConnectionButton::Light;
    return light == Good ? colors.good : light == Busy ? colors.warning : light == Bad ? colors.bad : QColor();
}

} // namespace

ConnectionButton::ConnectionButton(QWidget *parent)
    : QAbstractButton(parent)
{
    setObjectName(u"connectionButton"_s);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    describe();
}

void ConnectionButton::setConnection(const Connection &connection)
{
    m_shown = connection;
    describe();
}

void ConnectionButton::setLight(Light light)
{
    m_light = light;
    describe();
}

QSize ConnectionButton::sizeHint() const { return {200, 2 * fontMetrics().height() + 22}; }

void ConnectionButton::describe()
{
    const QString name = m_shown.url.isEmpty() ? tr("No server") : m_shown.name;
    QString words = m_shown.url.isEmpty() ? tr("Choose or add a connection") : m_shown.url.toDisplayString();
    if (m_shown.isReadOnly)
        words += u", "_s + tr("read-only");
    setText(name);
    setAccessibleName(tr("Connection: %1").arg(name));
    setAccessibleDescription(words);
    setToolTip(name + u'\n' + words);
    updateGeometry();
    update();
}

void ConnectionButton::paintEvent(QPaintEvent *)
{
    const Colors &colors = Colors::of(palette());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(hasFocus() ? colors.accent : colors.border, hasFocus() ? 1.5 : 1));
    painter.setBrush(underMouse() || isDown() ? colors.raised : colors.surface);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.75, 0.75, -0.75, -0.75), 10, 10);

    const QColor own = m_shown.color.isValid() ? m_shown.color : colors.accent;
    const QRectF plate(11, height() / 2.0 - 16, 32, 32);
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_shown.url.isEmpty() ? colors.raised : own);
    painter.drawRoundedRect(plate, 8, 8);
    themedIcon(m_shown.isReadOnly ? u"lock"_s : u"server"_s, m_shown.url.isEmpty() ? colors.muted : inkOn(own))
        .paint(&painter, plate.toRect().adjusted(7, 7, -7, -7));
    if (const QColor light = lightColor(m_light, colors); light.isValid()) {
        painter.setPen(QPen(colors.surface, 2));
        painter.setBrush(light);
        painter.drawEllipse(plate.bottomRight() + QPointF(-1, -1), 5.5, 5.5);
    }

    const int left = 54, right = width() - 30, line = fontMetrics().height() + 1;
    const QString host = m_shown.url.isEmpty() ? tr("Choose a connection")
                                               : m_shown.url.authority() + m_shown.url.path();
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    painter.setFont(bold);
    painter.setPen(colors.text);
    painter.drawText(QRect(left, height() / 2 - line, right - left, line), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(text(), Qt::ElideRight, right - left));
    QFont small = font();
    small.setPointSizeF(font().pointSizeF() * 0.88);
    painter.setFont(small);
    painter.setPen(colors.muted);
    painter.drawText(QRect(left, height() / 2, right - left, line), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(host, Qt::ElideMiddle, right - left));
    themedIcon(u"chevron-down"_s, colors.muted).paint(&painter, QRect(width() - 27, height() / 2 - 8, 16, 16));
}

} // namespace admin
