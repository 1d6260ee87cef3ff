// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QWidget>

namespace admin {

class ContentView;
class PagedModel;
class TableView;

/// Who changed what through the admin API, when, and what came of it; newest first.
class AuditView : public QWidget
{
    Q_OBJECT

public:
    explicit AuditView(QWidget *parent = nullptr);

    void setSession(Session *session);
    void refresh();
    bool isReady() const;
    QString subtitle() const;
    PagedModel *model() const { return m_model; }

Q_SIGNALS:
    void changed();
    /// The lines of the log that belong to a change.
    void logRequested(const QString &requestId);

private:
    PagedModel *m_model;
    TableView *m_table;
};

} // namespace admin
