// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/page.h"

class QActionGroup;
class QStackedWidget;

namespace admin {

class AuditView;
class LogView;
class PageHeader;

/// What the server says, and what people did to it.
class LogPage : public Page
{
    Q_OBJECT

public:
    explicit LogPage(QWidget *parent = nullptr);

    QString id() const override;
    QString title() const override;
    QString iconName() const override;
    bool isOffered(const Endpoints &endpoints) const override;
    void setSession(Session *session) override;
    QList<Command *> commands() const override;
    bool isReady() const override;
    void activated() override;
    void deactivated() override;
    /// {"request_id": "..."} or {"view": "log" | "audit"}.
    void open(const QJsonObject &what) override;

private:
    Command *addView(const QString &id, const QString &text, const QString &icon, QWidget *view);
    void offerViews();
    void update(const QString &what);
    void updateSubtitle();

    QPointer<Session> m_session;
    PageHeader *m_header;
    QStackedWidget *m_stack;
    QActionGroup *m_views;
    LogView *m_log;
    AuditView *m_audit;
    Command *m_showLog = nullptr, *m_showAudit = nullptr;
    bool m_isActive = false;
};

} // namespace admin
