// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"

#include <QWidget>

class QComboBox;
class QLineEdit;

namespace admin {

class Command;
class ContentView;
class LogModel;
class MessageStrip;
class TableView;

/// The tail of the log with its filters. It follows the end while the end is seen; scrolling up holds it there.
class LogView : public QWidget
{
    Q_OBJECT

public:
    explicit LogView(QWidget *parent = nullptr);

    void setSession(Session *session);
    QList<Command *> commands() const;
    /// Asks now, unless it is paused.
    void follow();
    void showRequest(const QString &requestId);
    bool isReady() const;
    QString subtitle() const;
    const LogModel &model() const { return *m_model; }
    TableView *table() const { return m_table; }

Q_SIGNALS:
    void changed();

private:
    void build();
    void connectAll();
    QWidget *filterBar();
    void applyFilter();
    void updateState();
    void updateCommands();
    void copy();
    void showRequestOfRow();

    LogModel *m_model;
    TableView *m_table;
    ContentView *m_content = nullptr;
    MessageStrip *m_strip;
    QComboBox *m_level;
    QLineEdit *m_text, *m_request;
    Command *m_pause, *m_clear, *m_copy, *m_sameRequest;
    bool m_isAtEnd = true;
};

} // namespace admin
