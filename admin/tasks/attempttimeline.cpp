// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/attempttimeline.h"

#include "ui/times.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr int scaleHeight = 26, gutter = 26, radius = 5;

QString clockOf(const Moment &moment)
{
    return moment.at.isValid() ? moment.at.toLocalTime().toString(u"HH:mm:ss"_s) : QString();
}

QColor inkAt(const Moment &moment, const Colors &colors)
{
    return moment.tone == Tone::Neutral ? colors.muted : inkOf(moment.tone, colors);
}

} // namespace

AttemptTimeline::AttemptTimeline(QWidget *parent)
    : QWidget(parent)
{
    setAccessibleName(tr("Attempts"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

void AttemptTimeline::setMoments(const QList<Moment> &moments)
{
    if (moments == m_moments)
        return;
    m_moments = moments;
    QStringList lines;
    for (const Moment &moment : moments) {
        QString line = exactTime(moment.at) + u' ' + moment.title;
        if (!moment.detail.isEmpty())
            line += u": "_s + moment.detail;
        lines << line.trimmed();
    }
    setAccessibleDescription(lines.join(u'\n'));
    updateGeometry();
    update();
}

int AttemptTimeline::rowHeight() const { return 2 * fontMetrics().height() + 10; }

QSize AttemptTimeline::sizeHint() const
{
    int height = scaleHeight;
    for (const Moment &moment : m_moments)
        height += moment.detail.isEmpty() ? fontMetrics().height() + 12 : rowHeight();
    return {280, height};
}

void AttemptTimeline::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Colors &colors = Colors::of(palette());
    paintScale(painter, colors);
    for (int row = 0; row < m_moments.size(); ++row)
        paintMoment(painter, colors, row);
}

// The moments to scale: what was waiting is thin, what was running is thick.
void AttemptTimeline::paintScale(QPainter &painter, const Colors &colors) const
{
    QList<const Moment *> dated;
    for (const Moment &moment : m_moments) {
        if (moment.at.isValid())
            dated << &moment;
    }
    if (dated.isEmpty())
        return;
    const qint64 first = dated.first()->at.toMSecsSinceEpoch();
    const qint64 span = std::max<qint64>(1, dated.last()->at.toMSecsSinceEpoch() - first);
    const double left = radius + 1, width = this->width() - 2 * left, y = radius + 3;
    const auto xOf = [&](const Moment *moment) {
        const double part = double(moment->at.toMSecsSinceEpoch() - first) / double(span);
        return left + width * std::clamp(part, 0.0, 1.0);
    };
    painter.setPen(QPen(colors.border, 2, Qt::SolidLine, Qt::RoundCap));
    painter.drawLine(QPointF(left, y), QPointF(left + width, y));
    for (qsizetype i = 1; i < dated.size(); ++i) {
        const Moment *from = dated[i - 1], *to = dated[i];
        if (from->tone != Tone::Info)
            continue;
        painter.setPen(QPen(inkAt(*to, colors), 6, Qt::SolidLine, Qt::FlatCap));
        painter.drawLine(QPointF(xOf(from), y), QPointF(std::max(xOf(to), xOf(from) + 2), y));
    }
    for (const Moment *moment : std::as_const(dated)) {
        painter.setPen(QPen(inkAt(*moment, colors), 1.5));
        painter.setBrush(moment->isAhead ? colors.surface : inkAt(*moment, colors));
        painter.drawEllipse(QPointF(xOf(moment), y), radius - 1, radius - 1);
    }
}

void AttemptTimeline::paintMoment(QPainter &painter, const Colors &colors, int row) const
{
    const Moment &moment = m_moments[row];
    const int line = fontMetrics().height();
    int y = scaleHeight;
    for (int above = 0; above < row; ++above)
        y += m_moments[above].detail.isEmpty() ? line + 12 : rowHeight();
    const double middle = y + line / 2.0;
    const int height = moment.detail.isEmpty() ? line + 12 : rowHeight();
    if (row + 1 < m_moments.size()) {
        const bool leadsAhead = m_moments[row + 1].isAhead;
        painter.setPen(QPen(colors.border, 2, leadsAhead ? Qt::DotLine : Qt::SolidLine));
        painter.drawLine(QPointF(radius + 1, middle + radius + 3), QPointF(radius + 1, middle + height - radius - 3));
    }
    painter.setPen(QPen(inkAt(moment, colors), 1.5));
    painter.setBrush(moment.isAhead ? QBrush(Qt::NoBrush) : QBrush(inkAt(moment, colors)));
    painter.drawEllipse(QPointF(radius + 1, middle), radius - 0.5, radius - 0.5);
    const QString clock = clockOf(moment);
    const int clockWidth = fontMetrics().horizontalAdvance(u"00:00:00"_s);
    const QRect words(gutter, y, width() - gutter - clockWidth - 8, line);
    painter.setPen(colors.text);
    painter.drawText(words, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine,
                     fontMetrics().elidedText(moment.title, Qt::ElideRight, words.width()));
    painter.setPen(colors.muted);
    painter.drawText(QRect(width() - clockWidth, y, clockWidth, line), Qt::AlignRight | Qt::AlignVCenter, clock);
    painter.drawText(QRect(gutter, y + line + 1, width() - gutter, line), Qt::AlignLeft | Qt::TextSingleLine,
                     fontMetrics().elidedText(moment.detail, Qt::ElideRight, width() - gutter));
}

bool AttemptTimeline::event(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    int y = scaleHeight;
    for (const Moment &moment : std::as_const(m_moments)) {
        y += moment.detail.isEmpty() ? fontMetrics().height() + 12 : rowHeight();
        if (help->pos().y() < y) {
            const QString text = exactTime(moment.at) + u'\n' + moment.title + u'\n' + moment.detail.left(1000);
            QToolTip::showText(help->globalPos(), text.trimmed().toHtmlEscaped().replace(u'\n', u"<br>"_s), this);
            return true;
        }
    }
    return true;
}

} // namespace admin
