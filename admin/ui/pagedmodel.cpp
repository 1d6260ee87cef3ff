// SPDX-License-Identifier: GPL-3.0-only
#include "ui/pagedmodel.h"

#include <QFontDatabase>
#include <QJsonArray>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

constexpr int pageSize = 200, refreshedRows = 1000;

qint64 idIn(const QJsonObject &row) { return row[u"id"_s].toInteger(); }

QList<QJsonObject> rowsOf(const ApiReply &reply)
{
    QList<QJsonObject> rows;
    const auto results = reply.results();
    rows.reserve(results.size());
    for (const auto &value : results)
        rows << value.toObject();
    return rows;
}

} // namespace

PagedModel::PagedModel(const QList<Column> &columns, QObject *parent)
    : QAbstractTableModel(parent)
    , m_columns(columns)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(150ms);
    connect(&m_soon, &QTimer::timeout, this, [this] {
        if (m_reply)
            m_isDirty = true; // again when the answer is there
        else
            fetch({}, std::clamp(static_cast<int>(m_rows.size()), pageSize, refreshedRows));
    });
}

void PagedModel::setSource(Session *session, const QString &path, const Query &filter)
{
    m_session = session;
    m_path = path;
    setFilter(filter);
}

void PagedModel::setFilter(const Query &filter)
{
    m_filter = filter;
    clear();
    if (m_session)
        fetch({}, pageSize);
}

void PagedModel::refresh()
{
    if (m_session && !m_soon.isActive())
        m_soon.start();
}

void PagedModel::clear()
{
    delete m_reply; // ends it
    m_soon.stop();
    beginResetModel();
    m_rows.clear();
    m_next.clear();
    m_problem = {};
    m_isLoaded = m_isDirty = false;
    endResetModel();
    Q_EMIT stateChanged();
}

void PagedModel::fetch(const QString &after, int limit)
{
    if (!m_session)
        return;
    Query query = m_filter;
    query << std::pair(u"limit"_s, QString::number(limit));
    if (!after.isEmpty())
        query << std::pair(u"after"_s, after);
    m_reply = m_session->api().get(m_path, query, this);
    m_reply->then(this, [this, isContinuation = !after.isEmpty()](const ApiReply &reply) {
        m_reply = nullptr;
        take(reply, isContinuation);
        if (std::exchange(m_isDirty, false))
            refresh();
    });
    Q_EMIT stateChanged();
}

void PagedModel::take(const ApiReply &reply, bool isContinuation)
{
    m_problem = reply.problem();
    if (reply.isOk()) {
        const QString next = reply.object()[u"next"_s].toString();
        if (isContinuation) {
            m_next = next; // first: who hears of the new rows may ask for more at once
            append(rowsOf(reply));
        } else {
            merge(rowsOf(reply), next);
        }
        // A search may answer with an empty page, and go on behind it: until then nobody knows whether there is
        // nothing.
        const bool goesOn = reply.results().isEmpty() && !next.isEmpty();
        m_isLoaded = m_isLoaded || !goesOn;
        if (goesOn && m_next == next)
            fetch(next, pageSize);
    }
    Q_EMIT stateChanged();
}

void PagedModel::append(const QList<QJsonObject> &rows)
{
    if (rows.isEmpty())
        return;
    beginInsertRows({}, rowCount(), rowCount() + static_cast<int>(rows.size()) - 1);
    m_rows += rows;
    endInsertRows();
}

// The fresh rows replace the top of the list down to the last of them; what was loaded below stays.
void PagedModel::merge(const QList<QJsonObject> &fresh, const QString &next)
{
    QList<QJsonObject> wanted = fresh;
    const int last = fresh.isEmpty() ? -1 : rowOf(idIn(fresh.last()));
    if (!next.isEmpty() && last >= 0 && last + 1 < m_rows.size())
        wanted += m_rows.mid(last + 1);
    else
        m_next = next;
    removeMissing(wanted);
    insertNew(wanted);
}

void PagedModel::removeMissing(const QList<QJsonObject> &wanted)
{
    QSet<qint64> ids;
    for (const auto &row : wanted)
        ids << idIn(row);
    for (auto end = m_rows.size(); end > 0;) {
        auto first = end;
        while (first > 0 && !ids.contains(idIn(m_rows[first - 1])))
            --first;
        if (first < end) {
            beginRemoveRows({}, static_cast<int>(first), static_cast<int>(end) - 1);
            m_rows.remove(first, end - first);
            endRemoveRows();
        }
        end = first - 1;
    }
}

void PagedModel::insertNew(const QList<QJsonObject> &wanted)
{
    QSet<qint64> present;
    for (const auto &row : std::as_const(m_rows))
        present << idIn(row);
    for (qsizetype i = 0; i < wanted.size(); ++i) {
        auto end = i;
        while (end < wanted.size() && !present.contains(idIn(wanted[end])))
            ++end;
        if (end > i) {
            beginInsertRows({}, static_cast<int>(i), static_cast<int>(end) - 1);
            m_rows = m_rows.first(i) + wanted.mid(i, end - i) + m_rows.mid(i);
            endInsertRows();
            i = end;
        }
        if (i >= wanted.size())
            return;
        if (idIn(m_rows[i]) != idIn(wanted[i])) { // another order than before
            beginResetModel();
            m_rows = wanted;
            endResetModel();
            return;
        }
        if (m_rows[i] != wanted[i]) {
            m_rows[i] = wanted[i];
            Q_EMIT dataChanged(index(static_cast<int>(i), 0), index(static_cast<int>(i), columnCount() - 1));
        }
    }
}

qint64 PagedModel::idOf(int row) const { return idIn(m_rows.value(row)); }

int PagedModel::rowOf(qint64 id) const
{
    const auto at = std::ranges::find_if(m_rows, [id](const auto &row) { return idIn(row) == id; });
    return at == m_rows.end() ? -1 : static_cast<int>(at - m_rows.begin());
}

void PagedModel::update(const QJsonObject &row)
{
    const int at = rowOf(idIn(row));
    if (at < 0)
        return;
    m_rows[at] = row;
    Q_EMIT dataChanged(index(at, 0), index(at, columnCount() - 1));
}

int PagedModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int PagedModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QVariant PagedModel::data(const QModelIndex &index, int role) const
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
    if (role == Qt::TextAlignmentRole)
        return QVariant(column.alignment);
    return {};
}

QVariant PagedModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation == Qt::Vertical)
        return {};
    if (role == Qt::DisplayRole)
        return m_columns[section].title;
    if (role == Qt::TextAlignmentRole)
        return QVariant(m_columns[section].alignment);
    return {};
}

bool PagedModel::canFetchMore(const QModelIndex &parent) const
{
    return !parent.isValid() && !m_next.isEmpty() && !m_reply && m_session;
}

void PagedModel::fetchMore(const QModelIndex &parent)
{
    if (canFetchMore(parent))
        fetch(m_next, pageSize);
}

} // namespace admin
