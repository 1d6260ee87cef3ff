// SPDX-License-Identifier: GPL-3.0-only
#include "ui/palettedelegate.h"

#include "ui/colors.h"

#include <QIcon>
#include <QPainter>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

// Piece by piece, the emphasised letters bold; answers where it ended.
int drawEmphasised(QPainter *painter, const QRect &rect, const QString &text, const QList<int> &positions,
                   const QColor &ink, const QColor &emphasis)
{
    QFont plain = painter->font(), bold = painter->font();
    bold.setWeight(QFont::Bold);
    int x = rect.left();
    for (qsizetype i = 0; i < text.size();) {
        const bool isHit = positions.contains(static_cast<int>(i));
        auto end = i + 1;
        while (end < text.size() && positions.contains(static_cast<int>(end)) == isHit)
            ++end;
        painter->setFont(isHit ? bold : plain);
        painter->setPen(isHit ? emphasis : ink);
        const QString piece = text.mid(i, end - i);
        painter->drawText(QRect(x, rect.top(), rect.right() - x, rect.height()), Qt::AlignVCenter, piece);
        x += painter->fontMetrics().horizontalAdvance(piece);
        i = end;
    }
    painter->setFont(plain);
    return x;
}

void drawKeys(QPainter *painter, const QRect &rect, const QString &keys, const Colors &colors)
{
    const int width = painter->fontMetrics().horizontalAdvance(keys) + 14;
    const QRectF plate(rect.right() - width, rect.center().y() - 10.5, width, 22);
    painter->setPen(QPen(colors.border, 1));
    painter->setBrush(colors.raised);
    painter->drawRoundedRect(plate, 5, 5);
    painter->setPen(colors.muted);
    painter->drawText(plate, Qt::AlignCenter, keys);
}

} // namespace

QSize PaletteDelegate::sizeHint(const QStyleOptionViewItem &option, const QModelIndex &) const
{
    return {200, option.fontMetrics.height() + 20};
}

void PaletteDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Colors &colors = Colors::of(option.palette);
    const QString whyNot = index.data(WhyNotRole).toString(), keys = index.data(ShortcutRole).toString();
    const bool isPossible = whyNot.isEmpty();
    const QColor ink = isPossible ? colors.text : colors.muted;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(option.state & QStyle::State_Selected ? colors.accentSoft : colors.raised);
        painter->drawRoundedRect(option.rect.adjusted(0, 1, 0, -1), 7, 7);
    }
    const QRect inner = option.rect.adjusted(12, 0, -10, 0);
    const QRect picture(inner.left(), inner.center().y() - 8, 18, 18);
    index.data(Qt::DecorationRole)
        .value<QIcon>()
        .paint(painter, picture, Qt::AlignCenter, isPossible ? QIcon::Normal : QIcon::Disabled);
    painter->setFont(option.font);
    const QRect words = inner.adjusted(30, 0, 0, 0);
    const int end = drawEmphasised(painter, words, index.data().toString(),
                                   index.data(PositionsRole).value<QList<int>>(), ink, colors.accent);
    painter->setPen(colors.muted);
    const QString place = isPossible ? index.data(PlaceRole).toString() : whyNot;
    painter->drawText(QRect(end + 12, words.top(), words.right() - end - 12, words.height()), Qt::AlignVCenter,
                      painter->fontMetrics().elidedText(place, Qt::ElideRight, words.right() - end - 110));
    if (!keys.isEmpty())
        drawKeys(painter, inner, keys, colors);
    painter->restore();
}

} // namespace admin
