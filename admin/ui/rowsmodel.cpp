// SPDX-License-Identifier: GPL-3.0-only
#include "ui/rowsmodel.h"

#include <algorithm>

namespace admin {

RowsModel::RowsModel(const QList<Column> &columns, const QString &key, QObject *parent)
    : QAbstractTableModel(parent)
    , m_columns(columns)
    , m_key(key)
{
}

void RowsModel::setRows(const QJsonArray &rows)
{
    QList<QJsonObject> wanted;
    for (const auto &value : rows)
        wanted << value.toObject();
    removeMissing(wanted);
    for (qsizetype i = 0; i < wanted.size(); ++i) {
        const int present = rowOf(wanted[i][m_key]);
        const int at = static_cast<int>(i);
        if (present < 0) {
            beginInsertRows({}, at, at);
            m_rows.insert(i, wanted[i]);
            endInsertRows();
        } else if (present != at) {
            beginMoveRows({}, present, present, {}, at); // upwards: those before `at` are in place already
            m_rows.move(present, i);
            endMoveRows();
        }
        if (m_rows[i] != wanted[i]) {
            m_rows[i] = wanted[i];
            Q_EMIT dataChanged(index(at, 0), index(at, columnCount() - 1));
        }
    }
}

void RowsModel::removeMissing(const QList<QJsonObject> &wanted)
{
    for (int row = rowCount() - 1; row >= 0; --row) {
        const auto key = m_rows[row][m_key];
        if (std::ranges::any_of(wanted, [&](const QJsonObject &one) { return one[m_key] == key; }))
            continue;
        beginRemoveRows({}, row, row);
        m_rows.removeAt(row);
        endRemoveRows();
    }
}

int RowsModel::rowOf(const QJsonValue &key) const
{
    const auto at = std::ranges::find_if(m_rows, [&](const QJsonObject &row) { return row[m_key] == key; });
    return at == m_rows.end() ? -1 : static_cast<int>(at - m_rows.begin());
}

int RowsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int RowsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant RowsModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows.size())
        return {};
    const Column &column = m_columns[index.column()];
    const QJsonObject &row = m_rows[index.row()];
    if (role == Qt::DisplayRole)
        return column.text(row);
    if (column.more) {
        if (const QVariant value = column.more(row, role); value.isValid())
            return value;
    }
    return role == Qt::TextAlignmentRole ? QVariant(column.alignment) : QVariant();
}

QVariant RowsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::DisplayRole)
        return m_columns[section].title;
    return role == Qt::TextAlignmentRole ? QVariant(m_columns[section].alignment) : QVariant();
}

} // namespace admin
