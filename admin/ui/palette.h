// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QDialog>
#include <QList>
#include <QPointer>

#include <functional>

class QLineEdit;
class QListWidget;
class QListWidgetItem;

namespace admin {

class Command;

/// Everything that can be done, found by a few letters (Ctrl+K). What cannot be done now is there too, and says why.
class CommandPalette : public QDialog
{
    Q_OBJECT

public:
    struct Entry
    {
        QPointer<Command> command;
        QString place;                      ///< the page it belongs to; shown beside it, and matched too
        std::function<void()> prepare = {}; ///< such as showing that page
    };

    /// Deletes itself when it is closed.
    CommandPalette(const QList<Entry> &entries, QWidget *parent);
    /// One more, below the others.
    void add(const Entry &entry);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void filter(const QString &typed);
    void run(const QListWidgetItem *item);

    QList<Entry> m_entries;
    QLineEdit *m_input;
    QListWidget *m_list;
};

} // namespace admin
