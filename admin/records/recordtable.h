// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/recordwalk.h"
#include "ui/tableview.h"

namespace admin {

class RecordModel;

/// The table of records: tells its model what is seen, and takes files that are dropped on it.
class RecordTable : public TableView
{
    Q_OBJECT

public:
    explicit RecordTable(QWidget *parent = nullptr);

    void setRecords(RecordModel *model);
    /// As ranges, from the top: a million selected rows are one.
    QList<RowRange> selectedRanges() const;
    void setDropsAllowed(bool isAllowed) { m_areDropsAllowed = isAllowed; }
    /// The widths and order of the columns for this connection.
    void keepWidths(const QString &connection);

Q_SIGNALS:
    void filesDropped(const QStringList &files);
    void selectionMoved();
    /// Too many rows, or some that are not here.
    void copyRefused();

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void selectionChanged(const QItemSelection &selected, const QItemSelection &deselected) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dragMoveEvent(QDragMoveEvent *event) override;
    void dragLeaveEvent(QDragLeaveEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void tellSeen();
    void applyWidths();
    void saveWidth(int column, int width);
    bool isCopyable() const;

    RecordModel *m_records = nullptr;
    QString m_connection;
    bool m_areDropsAllowed = false, m_isDragOver = false, m_isApplying = false;
};

} // namespace admin
