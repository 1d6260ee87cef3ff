// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QTableView>

namespace admin {

class Command;

/// A table as this window has them: whole rows, no grid, roomy; Enter or a double click opens, Ctrl+C copies the
/// selected rows for a spreadsheet, the menu of the header hides columns, and the columns are as they were left.
class TableView : public QTableView
{
    Q_OBJECT

public:
    explicit TableView(const QString &accessibleName, QWidget *parent = nullptr);

    void setModel(QAbstractItemModel *model) override;
    /// Remembers order, width and visibility of the columns under this name. Call after setModel().
    void keepColumns(const QString &key);
    /// In the menu of a row, in this order; a null is a line.
    void setRowCommands(const QList<Command *> &commands) { m_commands = commands; }
    /// Rows that are selected, from the top.
    QList<int> selectedRows() const;
    /// The selected rows with their header, tabs between; or the cell that is current if no row is selected.
    QString selectionAsText() const;

Q_SIGNALS:
    /// Enter or a double click.
    void opened(const QModelIndex &index);

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void copy() const;
    void showColumnMenu(const QPoint &at);
    void saveColumns() const;
    void fetchAhead();
    void holdPlace();
    void restorePlace();

    QList<Command *> m_commands;
    QString m_key;
    QPersistentModelIndex m_place; ///< the row at the top, while rows come and go
    int m_placeOffset = 0;
};

} // namespace admin
