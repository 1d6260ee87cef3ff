// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "records/importsource.h"
#include "records/job.h"

#include <QPointer>
#include <QTemporaryFile>

namespace admin {

/// Stores the records of files, POST /record, with a few requests under way at a time, and notes what was not taken,
/// and why. Where the server cannot be reached any more it stops: what it did not confirm is in the report.
class ImportJob : public Job
{
    Q_OBJECT

public:
    ImportJob(Session *session, const QStringList &files, QObject *parent);

    void start() override;
    void cancel() override;
    QString title() const override;
    QString summary() const override;

    qint64 good() const { return m_good; }
    qint64 bad() const { return m_bad; }
    /// Each bad one on a line, "file:line: reason"; to be copied to where the user wants it.
    QString report() { return m_bad > 0 && m_report.flush() ? m_report.fileName() : QString(); }

private:
    void fill();
    void takeItems(QList<ImportItem> items);
    void send(const ImportItem &item, int attempt);
    void take(const ImportItem &item, const ApiReply &reply, int attempt);
    void note(const ImportItem &item, const QString &reason);
    void settle(const ImportItem &item);
    void stop(const Problem &problem);

    QPointer<Session> m_session;
    QStringList m_files;
    // Shared with the piece of work that reads: it may still run when the job is gone.
    std::shared_ptr<ImportSource> m_source;
    QList<ImportItem> m_waiting;
    QTemporaryFile m_report;
    Problem m_stopped;
    qint64 m_good = 0, m_bad = 0, m_bytes = 0;
    int m_underWay = 0;
    bool m_isReading = false, m_isAtEnd = false;
};

} // namespace admin
