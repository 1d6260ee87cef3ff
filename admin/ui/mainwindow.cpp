// SPDX-License-Identifier: GPL-3.0-only
#include "ui/mainwindow.h"

#include "ui/page.h"
#include "ui/sidebar.h"

#include <QHBoxLayout>
#include <QStackedWidget>

using namespace Qt::StringLiterals;

namespace admin {

MainWindow::MainWindow(const PageMaker &makePages, QWidget *parent)
    : QMainWindow(parent)
    , m_pages(makePages(this))
{
    build();
}

MainWindow::~MainWindow()
{
    for (Page *page : std::as_const(m_pages))
        page->setSession(nullptr);
}

void MainWindow::build()
{
    auto *middle = new QWidget(this);
    auto *layout = new QHBoxLayout(middle);
    m_sideBar = new SideBar(middle);
    m_sideBar->setFixedWidth(220);
    m_stack = new QStackedWidget(middle);
    layout->addWidget(m_sideBar);
    layout->addWidget(m_stack, 1);
    for (Page *page : std::as_const(m_pages)) {
        m_stack->addWidget(page);
        connect(page, &Page::openRequested, this, [this](const QString &id, const QJsonObject &what) {
            for (Page *other : std::as_const(m_pages)) {
                if (other->id() == id) {
                    showPage(other);
                    other->open(what);
                }
            }
        });
    }
    m_sideBar->setPages(m_pages);
    connect(m_sideBar, &SideBar::pageChosen, this, &MainWindow::showPage);
    setCentralWidget(middle);
    resize(1280, 800);
}

void MainWindow::connectTo(const Connection &connection, const QString &token)
{
    for (Page *page : std::as_const(m_pages))
        page->setSession(nullptr);
    m_session = std::make_unique<Session>(connection, token);
    connect(m_session.get(), &Session::endpointsChanged, this, &MainWindow::offerPages);
    connect(m_session.get(), &Session::readOnlyChanged, this, &MainWindow::applyReadOnly);
    for (Page *page : std::as_const(m_pages))
        page->setSession(m_session.get());
    applyReadOnly();
    m_session->start();
}

Page *MainWindow::currentPage() const { return qobject_cast<Page *>(m_stack->currentWidget()); }

void MainWindow::showPage(Page *page)
{
    if (page == currentPage() && page->isVisible())
        return;
    if (Page *before = currentPage())
        before->deactivated();
    m_stack->setCurrentWidget(page);
    m_sideBar->setCurrentPage(page);
    page->activated();
}

void MainWindow::offerPages()
{
    QList<Page *> offered;
    for (Page *page : std::as_const(m_pages)) {
        if (page->isOffered(m_session->endpoints()))
            offered << page;
    }
    m_sideBar->setPages(offered);
    if (!offered.isEmpty() && !offered.contains(currentPage()))
        showPage(offered.first());
}

void MainWindow::applyReadOnly()
{
    for (Page *page : std::as_const(m_pages)) {
        for (Command *command : page->commands())
            command->setReadOnly(m_session && m_session->isReadOnly());
    }
}

} // namespace admin
