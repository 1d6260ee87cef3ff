// SPDX-License-Identifier: GPL-3.0-only
#include "ui/celldelegate.h"

#include "ui/badge.h"
#include "ui/pagedmodel.h"
#include "ui/tableview.h"

#include <QFontDatabase>

namespace admin {

namespace {

QFont fontOf(const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (!index.data(MonospaceRole).toBool())
        return option.font;
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(option.font.pointSizeF() * 0.95);
    return font;
}

// The background of the row, and a bar at its left where the keyboard is.
void paintPlate(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index, const Colors &colors)
{
    const auto *view = qobject_cast<const QAbstractItemView *>(option.widget);
    const bool isSelected = option.state & QStyle::State_Selected;
    const bool isHovered = view && view->property("hoveredRow").toInt() == index.row();
    if (isSelected || isHovered)
        painter->fillRect(option.rect, isSelected ? colors.accentSoft : colors.raised);
    const bool isCurrentRow = view && view->hasFocus() && view->currentIndex().row() == index.row();
    if (isCurrentRow && option.rect.left() <= 0)
        painter->fillRect(QRect(option.rect.topLeft(), QSize(3, option.rect.height())), colors.accent);
}

} // namespace

void CellDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Colors &colors = Colors::of(option.palette);
    painter->save();
    paintPlate(painter, option, index, colors);
    painter->setFont(fontOf(option, index));
    const QRect inner = option.rect.adjusted(12, 0, -8, 0);
    const QString text = index.data().toString();
    if (const QVariant tone = index.data(ToneRole); tone.isValid() && !text.isEmpty()) {
        Badge::paint(*painter, inner, text, static_cast<Tone>(tone.toInt()), colors);
    } else {
        painter->setPen(index.data(MutedRole).toBool() ? colors.muted : colors.text);
        const auto alignment = static_cast<Qt::Alignment>(index.data(Qt::TextAlignmentRole).toInt());
        const QString line = QString(text.left(2000)).replace(u'\n', u' ');
        painter->drawText(inner, int(alignment | Qt::AlignVCenter) | Qt::TextSingleLine,
                          painter->fontMetrics().elidedText(line, option.textElideMode, inner.width()));
    }
    painter->restore();
}

} // namespace admin
