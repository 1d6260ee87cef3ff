// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "records/recordlist.h"
#include "records/snapshot.h"

#include <QObject>
#include <QPointer>

namespace admin {

/// One page of records: asks the server again and again until there are as many as wanted, because it answers with
/// fewer where they are large or hard to find. Reads them on another thread. Deleting it ends it.
class PageFetch : public QObject
{
    Q_OBJECT

public:
    /// From `cursor` on (empty: the beginning); `wanted` rows at most. The parent is the owner and must not be null.
    PageFetch(Session *session, const RecordQuery &query, const QString &cursor, int wanted, QObject *parent);

    const QList<ListedRecord> &records() const { return m_records; }
    /// Where the page after this begins; empty if this was the last.
    const QString &next() const { return m_next; }
    const Problem &problem() const { return m_problem; }

Q_SIGNALS:
    /// Once, never within the constructor. The object is of no use afterwards; whoever listens deletes it.
    void finished();

private:
    void ask(const QString &cursor);
    void take(const ApiReply &reply);
    void takeList(std::optional<RecordList> list);
    void end(const Problem &problem);

    QPointer<Session> m_session;
    RecordQuery m_query;
    QList<ListedRecord> m_records;
    QString m_next;
    Problem m_problem;
    int m_wanted;
};

} // namespace admin
