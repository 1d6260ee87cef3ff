// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/jsonview.h"
#include "records/recordlist.h"

#include "client/session.h"

#include <QPointer>
#include <QTimer>
#include <QWidget>

class QHBoxLayout;
class QLabel;
class QStackedWidget;

namespace admin {

class Command;
class ContentView;
class PackageList;
class TabBar;

/// One record beside the table: its data as tree and as text, and its packages.
class RecordDetail : public QWidget
{
    Q_OBJECT

public:
    enum Tab { TreeTab, TextTab, PackagesTab };

    explicit RecordDetail(QWidget *parent = nullptr);

    void setSession(Session *session);
    /// 0: none. Fetched after a moment, so that walking through the table with a key held down asks for nothing.
    void showRecord(qint64 id);
    /// The same as a row knows it, for what is said about it.
    void showFacts(const RecordRow &row);
    qint64 recordId() const { return m_id; }
    /// Whether the data of recordId() is here.
    bool isLoaded() const { return m_id > 0 && m_loaded == m_id; }
    bool isSettled() const { return m_id == 0 || isLoaded() || m_hasProblem; }
    const QByteArray &json() const { return m_view->json(); }
    void setTab(Tab tab);
    void startSearch();
    void refreshPackages();
    JsonView *view() const { return m_view; }
    PackageList *packages() const { return m_packages; }
    /// A small button at the head.
    void addCommand(Command *command);

Q_SIGNALS:
    void loaded();

private:
    QWidget *buildHead();
    void buildTabs();
    void fetch();
    void take(const ApiReply &reply);
    void takeData(const std::optional<QByteArray> &bytes, bool isJson);
    void followTab();

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply;
    QTimer m_soon;
    QLabel *m_title, *m_facts;
    QHBoxLayout *m_actions;
    TabBar *m_tabs;
    QStackedWidget *m_stack;
    JsonView *m_view;
    PackageList *m_packages;
    ContentView *m_content;
    qint64 m_id = 0, m_loaded = 0;
    bool m_hasProblem = false;
};

} // namespace admin
