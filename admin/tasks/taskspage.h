// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/page.h"

class QActionGroup;
class QStackedWidget;

namespace admin {

class PageHeader;
class QueuesView;
class TaskListView;
class WorkersView;

/// What is done in the background: the tasks, the processes that run them, and the queues they wait in; live.
class TasksPage : public Page
{
    Q_OBJECT

public:
    explicit TasksPage(QWidget *parent = nullptr);

    QString id() const override;
    QString title() const override;
    QString iconName() const override;
    bool isOffered(const Endpoints &endpoints) const override;
    void setSession(Session *session) override;
    QList<Command *> commands() const override;
    int badge() const override;
    bool isReady() const override;
    void activated() override;
    void deactivated() override;
    /// {"id": task}, {"record": 17}, {"state": "dead"}, {"name": "sip.make_sip"}, {"view": "workers" | "queues"}.
    void open(const QJsonObject &what) override;

private:
    void build();
    Command *addView(const QString &id, const QString &text, const QString &icon, QWidget *view);
    void showView(QWidget *view);
    void changed(const QString &what, const QJsonObject &data);
    void offerViews();
    void updateSubtitle();

    QPointer<Session> m_session;
    PageHeader *m_header;
    QStackedWidget *m_stack;
    QActionGroup *m_views;
    QList<Command *> m_viewCommands;
    TaskListView *m_list;
    WorkersView *m_workers;
    QueuesView *m_queues;
    bool m_isActive = false;
};

} // namespace admin
