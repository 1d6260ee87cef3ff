// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/pagefetch.h"

#include <QAbstractTableModel>
#include <QHash>
#include <QTimer>

namespace admin {

/// All records of a server as rows, however many: it counts them once (a snapshot), fetches the pages that are seen,
/// and keeps so many of them that memory is bounded. New records do not move what is shown: newRecords() tells how many
/// there are, and reload() shows them. Columns: id, time, size, one for each path, and the data on a line.
class RecordModel : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum FixedColumn { IdColumn, CreatedColumn, SizeColumn, FirstPathColumn };
    enum Role { RecordIdRole = Qt::UserRole + 1 };

    explicit RecordModel(QObject *parent = nullptr);

    /// Another server, or none; the rows of before are gone.
    void setSession(Session *session);
    void setQuery(const RecordQuery &query);
    const RecordQuery &query() const { return m_snapshot.query; }
    /// The values beside id, time and size. What is loaded is fetched again.
    void setPaths(const QList<JsonPath> &paths);
    const QList<JsonPath> &paths() const { return m_paths; }
    /// The model chooses so many paths by itself from the first records it sees; 0: none. setPaths() ends that.
    void choosePaths(int count);
    /// A new snapshot; the rows of before stay until its beginning is there.
    void reload();

    /// The rows that are on the screen: their pages are fetched soon, and those around them.
    void showRows(int first, int last);

    bool isLoaded() const { return m_isLoaded; } ///< false until the first answer to the present query
    bool isLoading() const { return m_first; }
    bool isCounting() const { return m_counting; }
    /// Whether every row that is on the screen is there.
    bool isComplete() const;
    /// Why there is nothing, or why rows are missing.
    const Problem &problem() const { return m_problem; }
    const Snapshot &snapshot() const { return m_snapshot; }
    qint64 newRecords() const { return m_new; }
    /// 0 if the row is not loaded.
    qint64 idAt(int row) const;
    const RecordRow *rowAt(int row) const;
    /// Asks the server in which row a record is; located() tells.
    void locate(qint64 id);
    /// Among the rows that are loaded; -1 if it is not.
    int rowOfId(qint64 id) const;
    qsizetype loadedPages() const { return m_pages.size(); }
    static constexpr qsizetype mostPages = 40;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    bool canFetchMore(const QModelIndex &parent) const override;
    void fetchMore(const QModelIndex &parent) override;

Q_SIGNALS:
    /// Anything of the above changed, besides rows.
    void stateChanged();
    void newRecordsChanged();
    /// -1: it is not among the rows.
    void located(qint64 id, int row);
    /// The names in the first records of a query, the most frequent first.
    void namesSeen(const QStringList &names);

private:
    using Page = QList<RecordRow>;
    void clear();
    void cancel();
    void takeFirst();
    struct FirstRows;
    void showFirst(FirstRows first, const QString &next);
    void count();
    void takeCount(const ApiReply &reply);
    void lookForNew(const QJsonObject &data);
    void fetchWanted();
    void fetch(int page);
    void takePage(int page);
    void keep(int page, Page rows);
    void dropFarPages();
    void shortenTo(int rows);
    bool isNear(int page) const;
    QVariant cell(const RecordRow &row, int column, int role) const;
    QString textOf(const RecordRow &row, int column) const;
    QVariant tip(const RecordRow &row, int column) const;

    QPointer<Session> m_session;
    Snapshot m_snapshot;
    QList<JsonPath> m_paths;
    QHash<int, Page> m_pages;
    QHash<int, QPointer<PageFetch>> m_fetches;
    QPointer<PageFetch> m_first;
    QPointer<ApiReply> m_counting, m_looking, m_locating;
    QTimer m_soon;
    Problem m_problem;
    QString m_next; ///< where the list goes on while it is not counted
    qint64 m_new = 0;
    int m_rows = 0, m_firstSeen = 0, m_lastSeen = 0, m_era = 0, m_chosen = 0;
    bool m_isLoaded = false;
    bool m_isNewsWaiting = false; ///< Told while something was under way that the answer may not contain.
};

} // namespace admin
