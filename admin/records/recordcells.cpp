// SPDX-License-Identifier: GPL-3.0-only
// RecordModel: what its cells show.
#include "records/recordmodel.h"

#include "ui/pagedmodel.h"
#include "ui/times.h"

using namespace Qt::StringLiterals;

namespace admin {

int RecordModel::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : m_rows; }

int RecordModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : FirstPathColumn + static_cast<int>(m_paths.size()) + 1;
}

const RecordRow *RecordModel::rowAt(int row) const
{
    const auto page = m_pages.constFind(row / Snapshot::pageRows);
    const int at = row % Snapshot::pageRows;
    return row >= 0 && page != m_pages.cend() && at < page->size() ? &page->at(at) : nullptr;
}

qint64 RecordModel::idAt(int row) const
{
    const RecordRow *found = rowAt(row);
    return found ? found->id : 0;
}

int RecordModel::rowOfId(qint64 id) const
{
    for (auto page = m_pages.cbegin(); page != m_pages.cend(); ++page) {
        for (qsizetype at = 0; at < page->size(); ++at) {
            if (page->at(at).id == id)
                return page.key() * Snapshot::pageRows + static_cast<int>(at);
        }
    }
    return -1;
}

QVariant RecordModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_rows)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(index.column() == SizeColumn ? Qt::AlignRight | Qt::AlignVCenter
                                                     : Qt::AlignLeft | Qt::AlignVCenter);
    if (const RecordRow *row = rowAt(index.row()))
        return cell(*row, index.column(), role);
    const bool isFetched = m_pages.contains(index.row() / Snapshot::pageRows);
    if (role == Qt::DisplayRole && index.column() == IdColumn)
        return isFetched ? tr("deleted") : u"…"_s;
    return role == MutedRole ? QVariant(true) : QVariant();
}

QVariant RecordModel::cell(const RecordRow &row, int column, int role) const
{
    const bool isPreview = column == columnCount() - 1;
    if (role == Qt::DisplayRole)
        return textOf(row, column);
    if (role == Qt::ToolTipRole)
        return tip(row, column);
    if (role == RecordIdRole)
        return row.id;
    if (role == MonospaceRole)
        return isPreview && !row.isTruncated;
    if (role == MutedRole)
        return column == CreatedColumn || column == SizeColumn || isPreview;
    return {};
}

QString RecordModel::textOf(const RecordRow &row, int column) const
{
    if (column == IdColumn)
        return QString::number(row.id);
    if (column == CreatedColumn)
        return relativeTime(timeOf(row.created));
    if (column == SizeColumn)
        return sizeText(row.size);
    if (row.isTruncated)
        return column == columnCount() - 1 ? tr("Too large for a list; open it to see it") : QString();
    return column < columnCount() - 1 ? row.cells.value(column - FirstPathColumn) : row.preview;
}

QVariant RecordModel::tip(const RecordRow &row, int column) const
{
    if (column == CreatedColumn)
        return exactTime(timeOf(row.created));
    if (column == SizeColumn)
        return tr("%1 bytes").arg(countText(row.size));
    if (column >= FirstPathColumn && column < columnCount() - 1)
        return textOf(row, column).toHtmlEscaped();
    return {};
}

QVariant RecordModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::TextAlignmentRole)
        return data(index(0, section), role);
    if (role != Qt::DisplayRole)
        return {};
    if (section < FirstPathColumn)
        return QStringList{tr("Id"), tr("Stored"), tr("Size")}[section];
    return section < columnCount() - 1 ? m_paths[section - FirstPathColumn].text() : tr("Record");
}

} // namespace admin
