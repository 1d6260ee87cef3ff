// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/plugincarddelegate.h"

#include "plugins/pluginwords.h"
#include "ui/badge.h"

#include <QAbstractItemView>
#include <QJsonObject>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

constexpr int gap = 10;     // between cards
constexpr int padding = 14; // within one

QFont titleFont(const QFont &font)
{
    QFont bold = font;
    bold.setWeight(QFont::DemiBold);
    return bold;
}

void paintPlate(QPainter &painter, const QStyleOptionViewItem &option, const QRect &card, const Colors &colors)
{
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    const bool isSelected = option.state & QStyle::State_Selected;
    const bool hasFocus = isSelected && view && view->hasFocus();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(isSelected ? colors.accent : colors.border, hasFocus ? 2 : 1));
    const bool isHovered = option.state & QStyle::State_MouseOver;
    painter.setBrush(isSelected ? colors.accentSoft : isHovered ? colors.raised : colors.surface);
    painter.drawRoundedRect(QRectF(card).adjusted(1, 1, -1, -1), 10, 10);
}

QString elided(const QPainter &painter, const QString &text, int width)
{
    return painter.fontMetrics().elidedText(QString(text).replace(u'\n', u' '), Qt::ElideRight, width);
}

} // namespace

void PluginCardDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Colors &colors = Colors::of(option.palette);
    const QJsonObject plugin = index.data(PluginRole).toJsonObject();
    painter->save();
    const QRect card = option.rect.adjusted(0, 0, 0, -gap);
    paintPlate(*painter, option, card, colors);

    const QString state = plugin[u"state"_s].toString();
    const int badgeWidth = painter->fontMetrics().horizontalAdvance(pluginStateText(state)) + 28;
    QRect line = card.adjusted(padding, padding, -padding, 0);
    line.setHeight(QFontMetrics(titleFont(option.font)).height());
    Badge::paint(*painter, QRect(line.right() - badgeWidth, line.top(), badgeWidth, line.height()),
                 pluginStateText(state), pluginStateTone(state), colors);
    painter->setFont(titleFont(option.font));
    painter->setPen(colors.text);
    painter->drawText(line, Qt::AlignVCenter,
                      elided(*painter, pluginTitle(plugin), line.width() - badgeWidth - padding));

    painter->setFont(option.font);
    painter->setPen(colors.muted);
    const QString second = plugin[u"id"_s].toString() + u"  "_s + plugin[u"version"_s].toString();
    line.translate(0, line.height() + 4);
    painter->drawText(line, Qt::AlignVCenter, elided(*painter, second, line.width()));

    const QString reason = pluginReason(plugin);
    const bool isBad = pluginStateTone(state) == Tone::Bad;
    painter->setPen(isBad && !reason.isEmpty() ? colors.bad : colors.muted);
    line.translate(0, line.height() + 2);
    painter->drawText(line, Qt::AlignVCenter,
                      elided(*painter, reason.isEmpty() ? pluginSummary(plugin) : reason, line.width()));
    painter->restore();
}

QSize PluginCardDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    const int lines = QFontMetrics(titleFont(option.font)).height() * 3;
    return {220, lines + 6 + 2 * padding + gap};
}

} // namespace admin
