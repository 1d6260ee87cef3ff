// SPDX-License-Identifier: GPL-3.0-only
#include "tasks/tasklistview.h"

#include "tasks/taskactions.h"
#include "tasks/taskcolumns.h"
#include "tasks/taskdetail.h"
#include "tasks/taskfilterbar.h"
#include "tasks/taskstatetabs.h"
#include "ui/command.h"
#include "ui/contentview.h"
#include "ui/emptystate.h"
#include "ui/messagestrip.h"
#include "ui/tableview.h"

#include <QJsonArray>
#include <QShortcut>
#include <QSplitter>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace admin {

TaskListView::TaskListView(QWidget *parent)
    : QWidget(parent)
    , m_model(new PagedModel(taskColumns(), this))
    , m_tabs(new TaskStateTabs(this))
    , m_filter(new TaskFilterBar(this))
    , m_actions(new TaskActions(this))
    , m_detail(new TaskDetail(this))
    , m_message(new MessageStrip(this))
{
    buildCommands();
    build();
    connectActions();
    applyFilter();
}

void TaskListView::buildCommands()
{
    m_find = new Command(u"tasks.find"_s, tr("Find tasks"), u"search"_s, Command::Effect::Looks, this);
    m_find->setShortcut(QKeySequence::Find);
    connect(m_find, &QAction::triggered, m_filter, &TaskFilterBar::focusText);
    m_records = new Command(u"tasks.records"_s, tr("Open Records"), u"records"_s, Command::Effect::Looks, this);
    connect(m_records, &QAction::triggered, this, &TaskListView::recordsRequested);
    m_showRecord = new Command(u"tasks.record"_s, tr("Show its record"), u"records"_s, Command::Effect::Looks, this);
    connect(m_showRecord, &QAction::triggered, this, [this] {
        for (const QJsonObject &task : chosenTasks().mid(0, 1))
            Q_EMIT recordRequested(task[u"record"_s].toInteger());
    });
    for (Command *command : m_actions->commands())
        addAction(command);
}

QList<Command *> TaskListView::commands() const
{
    return m_actions->commands() + QList<Command *>{m_showRecord, m_find, m_filter->clearCommand()};
}

void TaskListView::build()
{
    m_splitter = new QSplitter(this);
    m_splitter->setChildrenCollapsible(false);
    m_splitter->addWidget(buildTable());
    m_splitter->addWidget(m_detail);
    m_splitter->setStretchFactor(0, 1);
    m_splitter->setSizes({680, 400});
    m_detail->setMinimumWidth(320);
    m_detail->hide();
    using enum TaskVerb;
    for (const TaskVerb verb : {Retry, Cancel, Delete})
        m_detail->addCommand(m_actions->selected(verb));
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(m_tabs);
    layout->addWidget(m_filter);
    layout->addWidget(m_message);
    layout->addWidget(m_splitter, 1);
    connect(m_tabs, &TaskStateTabs::stateChosen, this, &TaskListView::applyFilter);
    connect(m_filter, &TaskFilterBar::changed, this, &TaskListView::applyFilter);
}

QWidget *TaskListView::buildTable()
{
    m_table = new TableView(tr("Tasks"), this);
    m_table->setModel(m_model);
    m_table->keepColumns(u"tasks"_s);
    QList<Command *> menu = m_actions->commands();
    menu.insert(3, nullptr);
    m_table->setRowCommands(menu + QList<Command *>{nullptr, m_showRecord});
    auto *none = new EmptyState(u"tasks"_s, tr("No tasks yet"),
                                tr("Work that is done in the background appears here: when a record is posted, a task "
                                   "makes its package."),
                                this);
    none->addCommand(m_records);
    m_filtered = new EmptyState(u"filter"_s, {}, {}, this);
    m_filtered->addCommand(m_filter->clearCommand());
    m_content = new ContentView(m_table, m_model, none, m_filtered, this);
    connect(m_model, &PagedModel::stateChanged, this, &TaskListView::settled);
    connect(m_model, &QAbstractItemModel::dataChanged, this, &TaskListView::updateSelection);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &TaskListView::updateSelection);
    connect(m_model, &QAbstractItemModel::modelReset, this, &TaskListView::selectionChanged, Qt::QueuedConnection);
    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &TaskListView::selectionChanged);
    connect(m_table, &TableView::opened, this, [this] {
        m_detailWanted = true;
        selectionChanged();
    });
    return m_content;
}

void TaskListView::connectActions()
{
    connect(m_actions, &TaskActions::done, this, [this](const QString &sentence) {
        m_message->hide();
        Q_EMIT notice(sentence);
        refresh({});
    });
    connect(m_actions, &TaskActions::failed, this, [this](const QString &sentence) {
        m_message->tell(sentence, Tone::Bad);
        refresh({});
    });
    connect(m_detail, &TaskDetail::recordRequested, this, &TaskListView::recordRequested);
    connect(m_detail, &TaskDetail::closeRequested, this, &TaskListView::closeDetail);
    connect(m_detail, &TaskDetail::wholeShown, this, &TaskListView::settled);
    connect(m_detail, &TaskDetail::wholeShown, this, &TaskListView::updateSelection);
    auto *escape = new QShortcut(Qt::Key_Escape, this);
    escape->setContext(Qt::WidgetWithChildrenShortcut);
    connect(escape, &QShortcut::activated, this, &TaskListView::closeDetail);
}

void TaskListView::setSession(Session *session)
{
    delete m_counting;
    m_session = session;
    m_isActive = m_hasCounts = false;
    m_dead = 0;
    m_tabs->setCounts({});
    m_message->hide();
    m_detail->hide();
    m_detail->setSession(session);
    m_actions->setSession(session);
    m_model->setSource(nullptr, {});
    Q_EMIT deadCountChanged();
}

void TaskListView::updateOffer()
{
    m_actions->updateOffer();
    if (!m_hasCounts) // it was asked before the server told that it counts
        fetchCounts();
}

void TaskListView::activate()
{
    if (!m_session)
        return;
    if (std::exchange(m_isActive, true))
        m_model->refresh();
    else
        applyFilter();
    fetchCounts();
}

void TaskListView::refresh(const QJsonObject &counts)
{
    if (counts.isEmpty() || !m_filter->taskName().isEmpty())
        fetchCounts();
    if (!counts.isEmpty())
        takeCounts(counts, true);
    if (!m_isActive)
        return;
    m_model->refresh();
    if (!m_detail->isHidden())
        m_detail->refresh();
}

void TaskListView::applyFilter()
{
    Query query = m_filter->query();
    if (!m_tabs->state().isEmpty())
        query.prepend({u"state"_s, m_tabs->state()});
    QString words = m_tabs->state().isEmpty() ? tr("tasks")
                                              : tr("%1 tasks").arg(taskStateText(m_tabs->state()).toLower());
    if (!m_filter->isEmpty())
        words += u' ' + m_filter->inWords();
    m_actions->setFilter(query, words);
    describeEmpty();
    if (!m_isActive)
        return;
    m_model->setSource(m_session, u"/admin/v1/tasks"_s, query);
    fetchCounts();
    Q_EMIT shownCountChanged();
}

void TaskListView::describeEmpty()
{
    const QString state = m_tabs->state();
    if (!m_filter->isEmpty())
        m_filtered->setText(
            tr("No tasks match"),
            tr("There are no %1 tasks %2.").arg(taskStateText(state).toLower(), m_filter->inWords()).simplified());
    else if (state == u"dead"_s)
        m_filtered->setText(tr("No dead tasks"), tr("No task has used up its attempts. There is nothing to do."));
    else
        m_filtered->setText(tr("No %1 tasks").arg(taskStateText(state).toLower()),
                            tr("No task is in this state at the moment. This list is live: they appear as they come."));
}

void TaskListView::fetchCounts()
{
    if (!m_session || !m_session->endpoints().has(u"GET"_s, u"/admin/v1/tasks/counts"_s))
        return;
    m_countAgain = m_counting;
    if (m_counting)
        return;
    Query query;
    if (!m_filter->taskName().isEmpty())
        query << std::pair(u"name"_s, m_filter->taskName());
    m_counting = m_session->api().get(u"/admin/v1/tasks/counts"_s, query, this);
    m_counting->then(this, [this, isOfAll = query.isEmpty()](const ApiReply &reply) {
        m_counting = nullptr;
        if (reply.isOk()) {
            takeCounts(reply.object()[u"counts"_s].toObject(), isOfAll);
            QStringList names;
            for (const auto &name : reply.object()[u"names"_s].toArray())
                names << name.toString();
            m_filter->setNames(names);
        }
        if (std::exchange(m_countAgain, false))
            fetchCounts();
    });
}

void TaskListView::takeCounts(const QJsonObject &counts, bool isOfAll)
{
    if (isOfAll && std::exchange(m_dead, counts[u"dead"_s].toInteger()) != m_dead)
        Q_EMIT deadCountChanged();
    if (isOfAll != m_filter->taskName().isEmpty())
        return; // the answer to another filter
    m_tabs->setCounts(counts);
    m_hasCounts = true;
    Q_EMIT shownCountChanged();
}

qint64 TaskListView::shownCount() const { return m_hasCounts ? m_tabs->countOf(m_tabs->state()) : -1; }

bool TaskListView::isReady() const
{
    const bool isListed = m_model->isLoaded() || m_model->problem();
    return isListed && (m_detail->isHidden() || m_detail->isWhole());
}

QList<QJsonObject> TaskListView::chosenTasks() const
{
    QList<QJsonObject> tasks;
    for (const int row : m_table->selectedRows())
        tasks << m_model->row(row);
    if (tasks.isEmpty() && !m_detail->isHidden() && m_detail->isThere())
        tasks << m_detail->task();
    return tasks;
}

void TaskListView::updateSelection()
{
    const auto tasks = chosenTasks();
    m_actions->setSelection(tasks);
    m_showRecord->setPossible(tasks.size() == 1 && tasks.first().contains(u"record"_s),
                              tr("Select one task that is about a record first"));
}

void TaskListView::selectionChanged()
{
    updateSelection();
    const auto rows = m_table->selectedRows();
    if (rows.isEmpty() || !m_detailWanted) {
        m_detail->setVisible(m_detail->taskId() > 0 && m_detailWanted && !m_detail->isHidden());
        return;
    }
    const int current = m_table->currentIndex().row();
    m_detail->showTask(m_model->row(rows.contains(current) ? current : rows.first()));
    m_detail->show();
}

void TaskListView::closeDetail()
{
    m_detailWanted = false;
    m_detail->hide();
    updateSelection();
    m_table->setFocus();
}

void TaskListView::showFilter(const QString &state, const QString &taskName, const QString &record)
{
    m_filter->set(taskName, record);
    m_tabs->setState(state);
}

void TaskListView::showTask(qint64 id)
{
    showFilter({}, {}, {});
    m_detailWanted = true;
    m_table->clearSelection();
    m_detail->showTask({{u"id"_s, id}});
    m_detail->show();
}

} // namespace admin
