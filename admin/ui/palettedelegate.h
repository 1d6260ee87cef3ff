// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QStyledItemDelegate>

namespace admin {

/// A row of the palette: icon, the command with the typed letters emphasised, its page, and its shortcut or why it is
/// not possible.
class PaletteDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    enum Role { EntryRole = Qt::UserRole, PlaceRole, ShortcutRole, WhyNotRole, PositionsRole };
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

} // namespace admin
