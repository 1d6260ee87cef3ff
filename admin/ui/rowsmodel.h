// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/pagedmodel.h"

#include <QAbstractTableModel>
#include <QJsonArray>

namespace admin {

/// A short list of the API that comes as a whole: processes, queues, the entries of a package. Setting it anew changes
/// only what changed, so that selection and place stay.
class RowsModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    /// key: the member that tells the rows apart.
    RowsModel(const QList<Column> &columns, const QString &key, QObject *parent = nullptr);

    void setRows(const QJsonArray &rows);
    QJsonObject row(int row) const { return m_rows.value(row); }
    /// -1 if there is none.
    int rowOf(const QJsonValue &key) const;
    const QList<Column> &columns() const { return m_columns; }

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void removeMissing(const QList<QJsonObject> &wanted);

    QList<Column> m_columns;
    QString m_key;
    QList<QJsonObject> m_rows;
};

} // namespace admin
