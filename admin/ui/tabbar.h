// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QTabBar>

namespace admin {

/// A row of tabs, from the left, as wide as they are; the chosen one is bold, and each has room for that.
class TabBar : public QTabBar
{
    Q_OBJECT

public:
    explicit TabBar(const QString &accessibleName, QWidget *parent = nullptr);

protected:
    QSize tabSizeHint(int index) const override;
};

} // namespace admin
