// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "ui/tone.h"

#include <QAbstractTableModel>
#include <QPointer>
#include <QTimer>

#include <functional>

namespace admin {

/// Roles that the cells of TableView know beyond Qt's.
enum CellRole {
    ToneRole = Qt::UserRole + 100, ///< a Tone as int: the text stands on a plate of it
    MutedRole,                     ///< true: secondary text
    MonospaceRole,                 ///< true: as code
};

/// A column of a PagedModel: its cells are made of the JSON object of the row.
struct Column
{
    QString id; ///< stable, for the kept state of the columns
    QString title;
    std::function<QString(const QJsonObject &row)> text;
    /// Other roles: Qt::ToolTipRole, ToneRole, MutedRole, ... An invalid value: the default.
    std::function<QVariant(const QJsonObject &row, int role)> more = {};
    Qt::Alignment alignment = Qt::AlignLeft | Qt::AlignVCenter;
    int width = 120;
};

/// A list of the API, `{"results":[...],"next":"..."}`, as rows: fetched as they are scrolled to, kept current by
/// refresh(), which changes only what changed, so that selection and place stay. For lists whose newest come first.
class PagedModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    explicit PagedModel(const QList<Column> &columns, QObject *parent = nullptr);

    /// What to list; the rows of before are gone. A null session: nothing.
    void setSource(Session *session, const QString &path, const Query &filter = {});
    void setFilter(const Query &filter);
    const Query &filter() const { return m_filter; }
    /// Asks again for what is loaded (the first 1000 rows), soon; several calls of one moment become one request.
    void refresh();

    /// False only before the first answer to the present source and filter.
    bool isLoaded() const { return m_isLoaded; }
    bool isLoading() const { return m_reply; }
    bool isAtEnd() const { return m_next.isEmpty(); }
    const Problem &problem() const { return m_problem; }
    QJsonObject row(int row) const { return m_rows.value(row); }
    qint64 idOf(int row) const;
    /// -1 if it is not loaded.
    int rowOf(qint64 id) const;
    /// Puts a newer state of one thing in, such as the answer to a change.
    void update(const QJsonObject &row);

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;
    const QList<Column> &columns() const { return m_columns; }

Q_SIGNALS:
    /// isLoaded(), isLoading(), problem() or the number of rows changed.
    void stateChanged();

private:
    void clear();
    void fetch(const QString &after, int limit);
    void take(const ApiReply &reply, bool isContinuation);
    void append(const QList<QJsonObject> &rows);
    void merge(const QList<QJsonObject> &fresh, const QString &next);
    void removeMissing(const QList<QJsonObject> &wanted);
    void insertNew(const QList<QJsonObject> &wanted);

    QList<Column> m_columns;
    QList<QJsonObject> m_rows;
    QPointer<Session> m_session;
    QString m_path, m_next;
    Query m_filter;
    QPointer<ApiReply> m_reply;
    QTimer m_soon;
    Problem m_problem;
    bool m_isLoaded = false, m_isDirty = false;
};

} // namespace admin
