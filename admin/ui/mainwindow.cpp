// SPDX-License-Identifier: GPL-3.0-only
#include "ui/mainwindow.h"

#include "ui/banner.h"
#include "ui/connectionbutton.h"
#include "ui/connector.h"
#include "ui/emptystate.h"
#include "ui/filedrop.h"
#include "ui/page.h"
#include "ui/sidebar.h"
#include "ui/sidepane.h"
#include "ui/toast.h"
#include "ui/windowcommands.h"

#include <QCloseEvent>
#include <QDropEvent>
#include <QHBoxLayout>
#include <QMenu>
#include <QSettings>
#include <QStackedWidget>

using namespace Qt::StringLiterals;

namespace admin {

MainWindow::MainWindow(const PageMaker &makePages, Theme *theme, TokenStore::Place tokens)
    : m_pages(makePages(this))
    , m_connector(new Connector(this, tokens))
{
    build();
    m_commands = new WindowCommands(this, theme);
    m_side->addCommand(m_commands->palette());
    m_side->addCommand(m_commands->readOnly());
    if (theme)
        m_side->addCommand(m_commands->theme());
    connect(m_connector, &Connector::chosen, this, &MainWindow::connectTo);
    connect(m_connector, &Connector::notice, this, &MainWindow::say);
    connect(m_connector, &Connector::noneFound, this, [this] { m_stack->setCurrentWidget(m_welcome); });
    connect(m_connector, &Connector::tokenRenewed, this, [this](const QString &token) {
        if (m_session)
            m_session->setToken(token);
    });
    showState();
}

MainWindow::~MainWindow()
{
    for (Page *page : std::as_const(m_pages))
        page->setSession(nullptr);
}

void MainWindow::build()
{
    m_side = new SidePane(this);
    m_banner = new Banner(this);
    m_stack = new QStackedWidget(this);
    m_stack->setObjectName(u"pages"_s);
    auto *main = new QWidget(this);
    main->setObjectName(u"mainArea"_s);
    auto *column = new QVBoxLayout(main);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_stack, 1);
    auto *middle = new QWidget(this);
    auto *row = new QHBoxLayout(middle);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_side);
    row->addWidget(main, 1);
    setCentralWidget(middle);
    m_toast = new Toast(main);

    buildWelcome();
    for (Page *page : std::as_const(m_pages))
        connectPage(page);
    connect(m_side->sideBar(), &SideBar::pageChosen, this, &MainWindow::showPage);
    connect(m_side->connectionButton(), &QAbstractButton::clicked, this, &MainWindow::showConnectionMenu);
    connect(m_banner, &Banner::tokenRequested, this,
            [this] { m_connector->renewToken(m_session->connection(), m_session->api().token(), true); });
    setAcceptDrops(true);
    setMinimumSize(820, 520);
    resize(1280, 820);
}

void MainWindow::buildWelcome()
{
    m_welcome = new EmptyState(u"server"_s, tr("No server yet"),
                               tr("Start one on this computer with “quoin serve”: it is found by itself. Or connect to "
                                  "a server elsewhere with its address and a token."),
                               m_stack);
    auto *connectTo = new Command(u"welcome.connect"_s, tr("Connect to a server…"), u"add"_s, Command::Effect::Looks,
                                  this);
    connect(connectTo, &QAction::triggered, this, [this] { m_connector->add(); });
    m_welcome->addCommand(connectTo);
    m_stack->addWidget(m_welcome);
    m_connecting = new EmptyState(u"server"_s, {}, {}, m_stack);
    m_stack->addWidget(m_connecting);
}

void MainWindow::connectPage(Page *page)
{
    m_stack->addWidget(page);
    page->setFocusPolicy(Qt::NoFocus);
    connect(page, &Page::notice, this, &MainWindow::say);
    connect(page, &Page::openRequested, this, &MainWindow::openIn);
}

bool MainWindow::openIn(const QString &page, const QJsonObject &what)
{
    for (Page *offered : std::as_const(m_offered)) {
        if (offered->id() == page) {
            showPage(offered);
            offered->open(what);
            return true;
        }
    }
    return false;
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    const FileDrop drop = fileDropOf(event->mimeData());
    if (drop.page.isEmpty() || !m_session)
        return;
    event->acceptProposedAction();
    say(m_session->isReadOnly()       ? tr("This window is read-only: what is dropped here is not sent.")
            : drop.page == u"plugins" ? tr("Drop to install on %1.").arg(m_session->connection().name)
                                      : tr("Drop to store as records on %1.").arg(m_session->connection().name));
}

void MainWindow::dropEvent(QDropEvent *event)
{
    const FileDrop drop = fileDropOf(event->mimeData());
    if (drop.page.isEmpty() || !m_session)
        return;
    event->setDropAction(Qt::CopyAction);
    event->accept();
    if (m_session->isReadOnly())
        say(tr("This window is read-only: nothing was sent."));
    else if (!openIn(drop.page, drop.what))
        say(tr("This server takes no such files."));
}

void MainWindow::connectTo(const Connection &connection, const QString &token)
{
    for (Page *page : std::as_const(m_pages))
        page->setSession(nullptr);
    m_banner->setSession(nullptr);
    m_session = std::make_unique<Session>(connection, token);
    connect(m_session.get(), &Session::endpointsChanged, this, &MainWindow::offerPages);
    connect(m_session.get(), &Session::readOnlyChanged, this, &MainWindow::applyReadOnly);
    connect(&m_session->reachability(), &Reachability::changed, this, &MainWindow::showState);
    connect(&m_session->reachability(), &Reachability::changed, this, &MainWindow::refused);
    m_banner->setSession(m_session.get());
    m_offered.clear();
    m_side->sideBar()->setPages({});
    if (Page *current = currentPage())
        m_wantedPage = current->id();
    leavePage();
    m_connecting->setText(tr("Connecting to %1").arg(connection.name),
                          tr("%1 is asked what it has to show.").arg(connection.url.toDisplayString()));
    m_stack->setCurrentWidget(m_connecting);
    for (Page *page : std::as_const(m_pages))
        page->setSession(m_session.get());
    applyReadOnly();
    m_session->start();
    showState();
}

void MainWindow::refused()
{
    // Without a question: only whether this computer's server wrote another token meanwhile.
    if (m_session->reachability().state() == Reachability::State::Unauthorized)
        m_connector->renewToken(m_session->connection(), m_session->api().token(), false);
}

void MainWindow::setReadOnly(bool readOnly)
{
    if (!m_session)
        return;
    m_session->setReadOnly(readOnly);
    Connector::keepReadOnly(m_session->connection());
    say(readOnly ? tr("Read-only: this window changes nothing on this server.") : tr("Changes are possible again."));
}

Page *MainWindow::currentPage() const { return qobject_cast<Page *>(m_stack->currentWidget()); }

void MainWindow::showPage(Page *page)
{
    if (page == currentPage())
        return;
    leavePage();
    m_stack->setCurrentWidget(page);
    m_side->sideBar()->setCurrentPage(page);
    m_wantedPage = page->id();
    for (Command *command : page->commands())
        addAction(command); // its shortcuts hold now
    page->activated();
    showState();
}

void MainWindow::leavePage()
{
    Page *page = currentPage();
    if (!page)
        return;
    page->deactivated();
    for (Command *command : page->commands())
        removeAction(command);
}

void MainWindow::offerPages()
{
    QList<Page *> offered;
    for (Page *page : std::as_const(m_pages)) {
        if (page->isOffered(m_session->endpoints()))
            offered << page;
    }
    if (std::exchange(m_offered, offered) != offered) {
        m_side->sideBar()->setPages(offered);
        m_commands->setPages(offered);
    }
    Page *wanted = offered.value(0);
    for (Page *page : std::as_const(offered)) {
        if (page->id() == m_wantedPage)
            wanted = page;
    }
    if (wanted && !offered.contains(currentPage())) {
        showPage(wanted);
        m_side->sideBar()->setFocus();
    }
    if (wanted)
        m_side->sideBar()->setCurrentPage(currentPage());
}

void MainWindow::applyReadOnly()
{
    for (Page *page : std::as_const(m_pages)) {
        for (Command *command : page->commands())
            command->setReadOnly(m_session && m_session->isReadOnly());
    }
    showState();
}

void MainWindow::showState()
{
    using State = Reachability::State;
    using Light = ConnectionButton::Light;
    const Connection shown = m_session ? m_session->connection() : Connection{};
    const State state = m_session ? m_session->reachability().state() : State::Connecting;
    m_side->connectionButton()->setConnection(shown);
    m_side->connectionButton()->setLight(!m_session                       ? Light::None
                                             : state == State::Online     ? Light::Good
                                             : state == State::Connecting ? Light::Busy
                                             : state == State::Offline    ? Light::Busy
                                                                          : Light::Bad);
    const QString place = m_session ? shown.name + u" — Quoin"_s : u"Quoin"_s;
    setWindowTitle(currentPage() ? currentPage()->title() + u" — "_s + place : place);
    if (m_commands)
        m_commands->update();
}

void MainWindow::showConnectionMenu()
{
    auto *menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    m_connector->fillMenu(menu, m_session ? m_session->connection().id : QString());
    const QWidget *button = m_side->connectionButton();
    menu->setMinimumWidth(button->width());
    menu->popup(button->mapToGlobal(QPoint(0, button->height() + 4)));
}

void MainWindow::say(const QString &sentence) { m_toast->say(sentence); }

void MainWindow::restore()
{
    const QSettings settings;
    restoreGeometry(settings.value(u"window/geometry"_s).toByteArray());
    m_wantedPage = settings.value(u"window/page"_s).toString();
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    QSettings settings;
    settings.setValue(u"window/geometry"_s, saveGeometry());
    settings.setValue(u"window/page"_s, m_wantedPage);
    event->accept();
}

} // namespace admin
