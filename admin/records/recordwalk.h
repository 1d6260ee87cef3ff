// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/pagefetch.h"

#include <QTimer>

namespace admin {

/// Rows of a snapshot, both ends included.
struct RowRange
{
    qint64 first = 0, last = 0;
};
/// All rows, also of a snapshot that is not counted.
RowRange allRows(const Snapshot &snapshot);
qint64 rowsIn(const QList<RowRange> &ranges);

/// Goes through rows of a snapshot page by page, whoever scrolls meanwhile, in constant memory. A server that is away
/// or busy for some seconds does not end it.
class RecordWalk : public QObject
{
    Q_OBJECT

public:
    RecordWalk(Session *session, Snapshot snapshot, QList<RowRange> ranges, QObject *parent);

    /// Fetches on; page() or ended() follows.
    void next();

Q_SIGNALS:
    void page(const QList<admin::ListedRecord> &records);
    /// After the last page, with no problem, or because of one.
    void ended(const admin::Problem &problem);

private:
    void fetch();
    void take(PageFetch *fetch);
    qint64 pageToFetch() const;
    bool isWanted(qint64 row) const;

    QPointer<Session> m_session;
    Snapshot m_snapshot;
    QList<RowRange> m_ranges;
    QTimer m_again;
    qint64 m_page = -1;
    int m_failures = 0;
    bool m_isAtEnd = false, m_isOver = false;
};

} // namespace admin
