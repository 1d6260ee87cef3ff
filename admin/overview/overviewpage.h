// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/page.h"

namespace admin {

/// How the server is: checks, rates, latencies, tasks, processes; live.
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

private:
    QPointer<Session> m_session;
};

} // namespace admin
