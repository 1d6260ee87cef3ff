// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "ui/pagedmodel.h"

#include <QJsonArray>
#include <QPointer>
#include <QWidget>

class QLabel;

namespace admin {

class Command;
class ContentView;
class EmptyState;
class MessageStrip;
class RowsModel;
class TableView;

/// A list of the API that is short enough to come whole, live, with what can be done to its rows beneath: the ground of
/// WorkersView and QueuesView. It asks only while it is shown.
class ShortListView : public QWidget
{
    Q_OBJECT

public:
    void setSession(Session *session);
    /// Asks again, if this is seen; else when it is next.
    void refresh();
    virtual QList<Command *> commands() const = 0;
    RowsModel *model() const { return m_model; }
    TableView *table() const { return m_table; }
    /// Whether the server answered, with rows or with a problem.
    bool isAnswered() const { return m_isAnswered; }

Q_SIGNALS:
    void answered();
    void notice(const QString &sentence);

protected:
    ShortListView(const QString &path, const QString &key, const QList<Column> &columns, const QString &accessibleName,
                  EmptyState *empty, QWidget *parent);
    void addCommand(Command *command);
    void setHint(const QString &text);
    /// The rows that are selected.
    QList<QJsonObject> selectedRows() const;
    /// Posts and tells; `sentence` is the notice if it was done.
    void change(const QString &path, const QString &sentence);
    virtual void updateCommands() = 0;
    virtual void take(const QJsonObject &answer);
    void showEvent(QShowEvent *event) override;

    QPointer<Session> m_session;

private:
    void build(const QString &accessibleName, EmptyState *empty);
    void finish(const ApiReply &reply);

    QString m_path;
    RowsModel *m_model;
    TableView *m_table = nullptr;
    ContentView *m_content = nullptr;
    MessageStrip *m_message;
    QLabel *m_hint;
    QWidget *m_bar;
    QPointer<ApiReply> m_reply;
    bool m_isAnswered = false, m_isDirty = true;
};

} // namespace admin
