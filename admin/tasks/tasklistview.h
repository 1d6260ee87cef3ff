// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QPointer>
#include <QWidget>

class QSplitter;

namespace admin {

class Command;
class ContentView;
class EmptyState;
class MessageStrip;
class PagedModel;
class TableView;
class TaskActions;
class TaskDetail;
class TaskFilterBar;
class TaskStateTabs;

/// The tasks: tabs by state, filters, the table, and one of them whole at the right.
class TaskListView : public QWidget
{
    Q_OBJECT

public:
    explicit TaskListView(QWidget *parent = nullptr);

    /// Lists nothing before activate().
    void setSession(Session *session);
    void activate();
    /// Something is new about tasks; `counts` if they came along.
    void refresh(const QJsonObject &counts);
    /// What the server offers changed.
    void updateOffer();
    QList<Command *> commands() const;

    void showFilter(const QString &state, const QString &taskName, const QString &record);
    void showTask(qint64 id);
    /// How many gave up, whatever the filter.
    qint64 deadCount() const { return m_dead; }
    /// How many the chosen tab counts; -1 while unknown.
    qint64 shownCount() const;
    /// Whether everything that is shown has come.
    bool isReady() const;

    PagedModel *model() const { return m_model; }
    TableView *table() const { return m_table; }

Q_SIGNALS:
    void notice(const QString &sentence);
    void deadCountChanged();
    void shownCountChanged();
    void recordRequested(qint64 record);
    void recordsRequested();
    void settled(); ///< isReady() may be true now

private:
    void build();
    QWidget *buildTable();
    void connectActions();
    void applyFilter();
    void describeEmpty();
    void fetchCounts();
    void takeCounts(const QJsonObject &counts, bool isOfAll);
    /// The selected rows; without any, what is shown beside for another page, which need not be in the list.
    QList<QJsonObject> chosenTasks() const;
    void selectionChanged();
    void updateSelection();
    void closeDetail();
    void buildCommands();

    QPointer<Session> m_session;
    QPointer<ApiReply> m_counting;
    PagedModel *m_model;
    TaskStateTabs *m_tabs;
    TaskFilterBar *m_filter;
    TaskActions *m_actions;
    TaskDetail *m_detail;
    MessageStrip *m_message;
    TableView *m_table = nullptr;
    ContentView *m_content = nullptr;
    EmptyState *m_filtered = nullptr;
    QSplitter *m_splitter = nullptr;
    Command *m_find = nullptr, *m_records = nullptr, *m_showRecord = nullptr;
    qint64 m_dead = 0;
    bool m_isActive = false, m_detailWanted = true, m_hasCounts = false, m_countAgain = false;
};

} // namespace admin
