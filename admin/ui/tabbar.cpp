// SPDX-License-Identifier: GPL-3.0-only
#include "ui/tabbar.h"

namespace admin {

TabBar::TabBar(const QString &accessibleName, QWidget *parent)
    : QTabBar(parent)
{
    setAccessibleName(accessibleName);
    setExpanding(false);
    setElideMode(Qt::ElideNone);
}

QSize TabBar::tabSizeHint(int index) const
{
    QSize size = QTabBar::tabSizeHint(index);
    QFont bold = font();
    bold.setWeight(QFont::DemiBold);
    const QString text = tabText(index);
    const int more = QFontMetrics(bold).horizontalAdvance(text) - fontMetrics().horizontalAdvance(text);
    return {size.width() + std::max(0, more), size.height()};
}

} // namespace admin
