// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QStyledItemDelegate>

namespace admin {

/// A plugin as a card: title and state, id and version, what it has or why it is out of service. The row's JSON object
/// is its PluginRole.
class PluginCardDelegate : public QStyledItemDelegate
{
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override;
    QSize sizeHint(const QStyleOptionViewItem &option, const QModelIndex &index) const override;
};

constexpr int PluginRole = Qt::UserRole + 1;

} // namespace admin
