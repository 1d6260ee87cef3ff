// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QListWidget>

namespace admin {

class Page;

/// The list of pages at the left. Up and down, first letters, and Alt+1 to Alt+9 (by the window) choose.
class SideBar : public QListWidget
{
    Q_OBJECT

public:
    explicit SideBar(QWidget *parent = nullptr);

    /// Shows these pages, in order, and keeps the current one where it can.
    void setPages(const QList<Page *> &pages);
    void setCurrentPage(Page *page);
    Page *currentPage() const;

Q_SIGNALS:
    void pageChosen(admin::Page *page);

private:
    void updateBadge(Page *page);
    QListWidgetItem *itemOf(const Page *page) const;
};

} // namespace admin
