// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "records/exportfile.h"
#include "records/job.h"
#include "records/recordwalk.h"

#include <memory>

namespace admin {

/// Writes records of a snapshot to a file, page by page, so that memory does not grow with their number. The file is
/// there when it is complete, and not before.
class ExportJob : public Job
{
    Q_OBJECT

public:
    struct Target
    {
        QString file;
        ExportFormat format = ExportFormat::Lines;
        QList<JsonPath> paths = {}; ///< for Csv
    };
    ExportJob(Session *session, const Snapshot &snapshot, const QList<RowRange> &ranges, const Target &target,
              QObject *parent);

    void start() override;
    void cancel() override;
    QString title() const override;
    QString summary() const override;
    const Target &target() const { return m_target; }
    qint64 written() const { return m_written; }

private:
    template <typename Work>
    void inFile(Work work, void (ExportJob::*then)());
    void takePage(const QList<ListedRecord> &records);
    void completePage();
    void writePage();
    void goOn();
    void close();

    QPointer<Session> m_session;
    RecordWalk m_walk;
    Target m_target;
    // Shared with the piece of work that writes: it may still run when the job is gone.
    std::shared_ptr<ExportFile> m_file;
    QList<ListedRecord> m_page;
    qint64 m_total, m_written = 0;
};

} // namespace admin
