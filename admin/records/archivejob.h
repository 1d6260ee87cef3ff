// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/job.h"
#include "records/recordwalk.h"

namespace admin {

/// Has packages made anew of records of a snapshot, POST /admin/v1/records/archive, a page at a time.
class ArchiveJob : public Job
{
    Q_OBJECT

public:
    ArchiveJob(Session *session, const Snapshot &snapshot, const QList<RowRange> &ranges, QObject *parent);

    void start() override;
    void cancel() override;
    QString title() const override;
    QString summary() const override;

private:
    void takePage(const QList<ListedRecord> &records);

    QPointer<Session> m_session;
    RecordWalk m_walk;
    qint64 m_total, m_done = 0, m_again = 0;
};

} // namespace admin
