// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "overview/figures.h"
#include "ui/page.h"

#include <QTimer>

namespace admin {

class ChartCard;
class ChecksCard;
class ContentView;
class PageHeader;
class ProcessesCard;

/// How the server is: checks, rates, latencies, tasks, processes; live by events, else asked for every few seconds.
class OverviewPage : public Page
{
    Q_OBJECT

public:
    explicit OverviewPage(QWidget *parent = nullptr);

    QString id() const override;
    QString title() const override;
    QString iconName() const override;
    bool isOffered(const Endpoints &endpoints) const override;
    void setSession(Session *session) override;
    bool isReady() const override { return m_hasServer && !m_figures.isEmpty(); }
    void activated() override;
    void deactivated() override;

private:
    QWidget *buildCards();
    void follow(const QString &what, const QJsonObject &news);
    void fetchAll();
    void fetchServer();
    void fetchHistory();
    void fetchWorkers();
    void fetchTasks();
    void ask(const QString &path, const Query &query, void (OverviewPage::*taker)(const ApiReply &));
    void takeServer(const ApiReply &reply);
    void takeHistory(const ApiReply &reply);
    void takeWorkers(const ApiReply &reply);
    void takeCounts(const ApiReply &reply);
    void showFigures();
    void showTasks();

    QPointer<Session> m_session;
    QObject *m_requests = nullptr; ///< owner of what is asked of the present session
    QSet<QString> m_asked;         ///< paths that are under way
    PageHeader *m_header;
    ContentView *m_content;
    ChartCard *m_rate, *m_latency, *m_tasks, *m_connections;
    ChecksCard *m_checks;
    ProcessesCard *m_processes;
    Figures m_figures;
    QJsonObject m_counts;
    QTimer m_slow; ///< for what no event tells
    bool m_hasServer = false, m_isActive = false;
};

} // namespace admin
