// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/keyring.h"
#include "client/session.h"

#include <QMainWindow>

#include <functional>
#include <memory>

class QStackedWidget;

namespace admin {

class Banner;
class Connector;
class EmptyState;
class Page;
class SidePane;
class Theme;
class Toast;
class WindowCommands;

/// The one window: pages at the left, the chosen one at the right, all about one server at a time.
class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    using PageMaker = std::function<QList<Page *>(QWidget *parent)>;

    /// `theme` may be null, and outlives the window.
    explicit MainWindow(const PageMaker &makePages, Theme *theme = nullptr,
                        TokenStore::Place tokens = TokenStore::Place::Keyring);
    ~MainWindow() override;

    void connectTo(const Connection &connection, const QString &token);
    Connector &connector() { return *m_connector; }
    /// Null as long as there is no connection.
    Session *session() const { return m_session.get(); }
    void setReadOnly(bool readOnly);

    const QList<Page *> &pages() const { return m_pages; }
    /// Those the server offers.
    const QList<Page *> &offeredPages() const { return m_offered; }
    Page *currentPage() const;
    void showPage(Page *page);
    /// A short sentence at the bottom.
    void say(const QString &sentence);
    Banner &banner() { return *m_banner; }

    /// Place and size of the window, and its page, as they were left.
    void restore();

protected:
    void closeEvent(QCloseEvent *event) override;
    /// Files that the page under them does not take: to the page that does.
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;

private:
    void build();
    void buildWelcome();
    void connectPage(Page *page);
    /// The page of that id shows it; false if the server offers no such page.
    bool openIn(const QString &page, const QJsonObject &what);
    void offerPages();
    void leavePage();
    void applyReadOnly();
    void showState();
    void refused();
    void showConnectionMenu();

    QList<Page *> m_pages, m_offered;
    std::unique_ptr<Session> m_session;
    Connector *m_connector;
    SidePane *m_side = nullptr;
    Banner *m_banner = nullptr;
    QStackedWidget *m_stack = nullptr;
    EmptyState *m_welcome = nullptr, *m_connecting = nullptr;
    Toast *m_toast = nullptr;
    WindowCommands *m_commands = nullptr;
    QString m_wantedPage; ///< of the last time, shown once the server offers it
};

} // namespace admin
