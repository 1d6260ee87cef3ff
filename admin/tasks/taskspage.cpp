// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/taskspage.h"

#include "tasks/queuesview.h"
#include "tasks/tasklistview.h"
#include "tasks/workersview.h"
#include "ui/pagedmodel.h"
#include "ui/pageheader.h"

#include <QActionGroup>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <limits>

using namespace Qt::StringLiterals;

namespace admin {

TasksPage::TasksPage(QWidget *parent)
    : Page(parent)
    , m_header(new PageHeader(title(), this))
    , m_stack(new QStackedWidget(this))
    , m_views(new QActionGroup(this))
    , m_list(new TaskListView(this))
    , m_workers(new WorkersView(this))
    , m_queues(new QueuesView(this))
{
    build();
}

void TasksPage::build()
{
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(28, 24, 28, 24);
    layout->setSpacing(16);
    layout->addWidget(m_header);
    layout->addWidget(m_stack, 1);
    m_viewCommands << addView(u"tasks.show.list"_s, tr("Tasks"), u"tasks"_s, m_list)
                   << addView(u"tasks.show.workers"_s, tr("Workers"), u"worker"_s, m_workers)
                   << addView(u"tasks.show.queues"_s, tr("Queues"), u"filter"_s, m_queues);
    m_viewCommands.first()->setChecked(true);
    connect(m_list, &TaskListView::notice, this, &Page::notice);
    connect(m_workers, &ShortListView::notice, this, &Page::notice);
    connect(m_queues, &ShortListView::notice, this, &Page::notice);
    connect(m_list, &TaskListView::deadCountChanged, this, &Page::badgeChanged);
    connect(m_list, &TaskListView::shownCountChanged, this, &TasksPage::updateSubtitle);
    connect(m_list, &TaskListView::recordRequested, this, [this](qint64 record) {
        Q_EMIT openRequested(u"records"_s, {{u"id"_s, record}});
    });
    connect(m_list, &TaskListView::recordsRequested, this, [this] { Q_EMIT openRequested(u"records"_s, {}); });
    connect(m_queues, &QueuesView::tasksRequested, this, [this](const QString &name) { open({{u"name"_s, name}}); });
    const auto settle = [this] {
        if (isReady())
            Q_EMIT ready();
    };
    connect(m_list, &TaskListView::settled, this, settle);
    connect(m_workers, &ShortListView::answered, this, settle);
    connect(m_queues, &ShortListView::answered, this, settle);
}

Command *TasksPage::addView(const QString &id, const QString &text, const QString &icon, QWidget *view)
{
    m_stack->addWidget(view);
    auto *command = new Command(id, text, icon, Command::Effect::Looks, this);
    command->setCheckable(true);
    command->setHelp(tr("Show %1").arg(text.toLower()));
    m_views->addAction(command);
    m_header->addCommand(command);
    connect(command, &QAction::toggled, this, [this, view](bool isChosen) {
        if (isChosen)
            showView(view);
    });
    return command;
}

void TasksPage::showView(QWidget *view)
{
    m_stack->setCurrentWidget(view);
    if (m_isActive && view == m_list)
        m_list->activate();
    updateSubtitle();
}

QString TasksPage::id() const { return u"tasks"_s; }

QString TasksPage::title() const { return tr("Tasks"); }

QString TasksPage::iconName() const { return u"tasks"_s; }

bool TasksPage::isOffered(const Endpoints &endpoints) const { return endpoints.exists(u"GET"_s, u"/admin/v1/tasks"_s); }

void TasksPage::setSession(Session *session)
{
    if (m_session)
        m_session->disconnect(this);
    m_session = session;
    m_list->setSession(session);
    m_workers->setSession(session);
    m_queues->setSession(session);
    if (session) {
        connect(session, &Session::changed, this, &TasksPage::changed);
        connect(session, &Session::endpointsChanged, this, &TasksPage::offerViews);
        connect(&session->reachability(), &Reachability::cameOnline, this, [this] { changed(u"tasks"_s, {}); });
    }
    offerViews();
    updateSubtitle();
    if (m_isActive)
        activated();
}

void TasksPage::offerViews()
{
    const auto exists = [this](const QString &path) {
        return m_session && m_session->endpoints().exists(u"GET"_s, path);
    };
    m_viewCommands[1]->setVisible(exists(u"/admin/v1/workers"_s));
    m_viewCommands[2]->setVisible(exists(u"/admin/v1/queues"_s));
    m_list->updateOffer();
    m_workers->refresh();
    m_queues->refresh();
    if (m_session && !m_viewCommands[m_stack->currentIndex()]->isVisible())
        m_viewCommands.first()->setChecked(true);
}

QList<Command *> TasksPage::commands() const
{
    return m_list->commands() + m_workers->commands() + m_queues->commands() + m_viewCommands;
}

int TasksPage::badge() const
{
    return static_cast<int>(std::min<qint64>(m_list->deadCount(), std::numeric_limits<int>::max()));
}

bool TasksPage::isReady() const
{
    if (m_stack->currentWidget() == m_list)
        return m_list->isReady();
    return m_stack->currentWidget() == m_workers ? m_workers->isAnswered() : m_queues->isAnswered();
}

void TasksPage::activated()
{
    m_isActive = true;
    if (m_stack->currentWidget() == m_list)
        m_list->activate();
}

void TasksPage::deactivated() { m_isActive = false; }

void TasksPage::changed(const QString &what, const QJsonObject &news)
{
    if (what == u"tasks"_s) {
        m_list->refresh(news[u"counts"_s].toObject());
        m_queues->refresh();
    } else if (what == u"workers"_s || what == u"server"_s) { // heartbeats: with each sample
        m_workers->refresh();
    }
}

void TasksPage::updateSubtitle()
{
    const qint64 count = m_list->shownCount();
    if (m_stack->currentWidget() == m_workers)
        m_header->setSubtitle(tr("Processes of this server"));
    else if (m_stack->currentWidget() == m_queues)
        m_header->setSubtitle(tr("What waits, and for how long"));
    else
        m_header->setSubtitle(count < 0 ? QString() : tr("%Ln task(s)", nullptr, int(count)));
}

void TasksPage::open(const QJsonObject &what)
{
    const QString view = what[u"view"_s].toString();
    m_viewCommands[view == u"workers"_s ? 1 : view == u"queues"_s ? 2 : 0]->setChecked(true);
    if (what.contains(u"id"_s))
        m_list->showTask(what[u"id"_s].toInteger());
    else if (view.isEmpty() && !what.isEmpty())
        m_list->showFilter(what[u"state"_s].toString(), what[u"name"_s].toString(),
                           what.contains(u"record"_s) ? QString::number(what[u"record"_s].toInteger()) : QString());
}

} // namespace admin
