// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QMainWindow>

#include <functional>
#include <memory>

class QStackedWidget;

namespace admin {

class Page;
class SideBar;

/// The one window: pages at the left, the chosen one at the right, all about one server at a time.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    using PageMaker = std::function<QList<Page *>(QWidget *parent)>;
    explicit MainWindow(const PageMaker &makePages, QWidget *parent = nullptr);
    ~MainWindow() override;

    void connectTo(const Connection &connection, const QString &token);
    Session *session() const { return m_session.get(); }
    const QList<Page *> &pages() const { return m_pages; }
    Page *currentPage() const;
    void showPage(Page *page);

private:
    void build();
    void offerPages();
    void applyReadOnly();

    QList<Page *> m_pages;
    std::unique_ptr<Session> m_session;
    SideBar *m_sideBar = nullptr;
    QStackedWidget *m_stack = nullptr;
};

} // namespace admin
