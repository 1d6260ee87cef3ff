// SPDX-License-Identifier: GPL-3.0-only
#include "records/exportjob.h"

#include "records/background.h"

#include <QFileInfo>

#include <algorithm>
#include <limits>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

ExportJob::ExportJob(Session *session, const Snapshot &snapshot, const QList<RowRange> &ranges, const Target &target,
                     QObject *parent)
    : Job(parent)
    , m_session(session)
    , m_walk(session, snapshot, ranges, this)
    , m_target(target)
    , m_file(std::make_shared<ExportFile>(target.file, target.format, target.paths))
    , m_total(rowsIn(ranges))
{
    if (m_total == std::numeric_limits<qint64>::max())
        m_total = 0; // not counted
    connect(&m_walk, &RecordWalk::page, this, &ExportJob::takePage);
    connect(&m_walk, &RecordWalk::ended, this, [this](const Problem &problem) {
        if (problem)
            end(problem);
        else if (!hasEnded())
            inFile([](ExportFile &file) { return file.commit(); }, &ExportJob::close);
    });
}

QString ExportJob::title() const
{
    return m_total > 0
        ? tr("Exporting %Ln record(s) as %1", nullptr, int(m_total)).arg(QFileInfo(m_target.file).fileName())
        : tr("Exporting as %1").arg(QFileInfo(m_target.file).fileName());
}

QString ExportJob::summary() const
{
    const QString file = QFileInfo(m_target.file).fileName();
    if (problem().kind == Problem::Kind::Cancelled)
        return tr("The export was cancelled; no file was written");
    return problem() ? tr("The export failed, and %1 was not written: %2").arg(file, problem().sentence())
                     : tr("%Ln record(s) written to %1", nullptr, int(m_written)).arg(file);
}

// One piece of work at a time: the file is handed from thread to thread.
template <typename Work>
void ExportJob::inFile(Work work, void (ExportJob::*then)())
{
    inBackground(
        this, [file = m_file, work = std::move(work)] { return work(*file); },
        [this, then](const QString &fault) {
            if (hasEnded())
                return;
            if (fault.isEmpty())
                (this->*then)();
            else
                end(fileProblem(fault));
        });
}

void ExportJob::start()
{
    inFile([](ExportFile &file) { return file.open(); }, &ExportJob::goOn);
}

void ExportJob::cancel()
{
    m_walk.disconnect(this);
    end(cancelled());
}

void ExportJob::goOn()
{
    Q_EMIT progressed(m_written, m_total);
    m_walk.next();
}

void ExportJob::takePage(const QList<ListedRecord> &records)
{
    m_page = records;
    completePage();
}

// Those that were too large for the list, one after the other.
void ExportJob::completePage()
{
    const auto large = std::ranges::find_if(m_page, &ListedRecord::isTruncated);
    if (large == m_page.end()) {
        writePage();
        return;
    }
    if (!m_session)
        return;
    const qsizetype at = large - m_page.begin();
    const Request request{.path = u"/record/%1"_s.arg(large->id), .patience = 120s};
    m_session->api().send(request, this)->then(this, [this, at](const ApiReply &reply) {
        if (hasEnded())
            return;
        const auto data = reply.isOk() ? recordData(reply.bytes()) : std::nullopt;
        if (!data) {
            end(reply.isOk() ? Problem::malformed(tr("A record cannot be read")) : reply.problem());
            return;
        }
        m_page[at].data = *data;
        m_page[at].isTruncated = false;
        completePage();
    });
}

void ExportJob::writePage()
{
    if (hasEnded())
        return;
    m_written += m_page.size();
    inFile([page = std::exchange(m_page, {})](ExportFile &file) { return file.write(page); }, &ExportJob::goOn);
}

void ExportJob::close()
{
    Q_EMIT progressed(m_written, m_written);
    end({});
}

} // namespace admin
