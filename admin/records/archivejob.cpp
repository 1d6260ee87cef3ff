// SPDX-License-Identifier: GPL-3.0-only
#include "records/archivejob.h"

#include <QJsonArray>
#include <QJsonDocument>

using namespace Qt::StringLiterals;

namespace admin {

ArchiveJob::ArchiveJob(Session *session, const Snapshot &snapshot, const QList<RowRange> &ranges, QObject *parent)
    : Job(parent)
    , m_session(session)
    , m_walk(session, snapshot, ranges, this)
    , m_total(rowsIn(ranges))
{
    connect(&m_walk, &RecordWalk::page, this, &ArchiveJob::takePage);
    connect(&m_walk, &RecordWalk::ended, this, [this](const Problem &problem) { end(problem); });
}

QString ArchiveJob::title() const { return tr("Archiving %Ln record(s) again", nullptr, int(m_total)); }

QString ArchiveJob::summary() const
{
    const QString done = tr("%Ln record(s) will be archived again", nullptr, int(m_again));
    if (problem().kind == Problem::Kind::Cancelled)
        return tr("Cancelled: %1").arg(done);
    return problem() ? tr("Stopped: %1. %2").arg(done, problem().sentence()) : done;
}

void ArchiveJob::start() { m_walk.next(); }

void ArchiveJob::cancel()
{
    m_walk.disconnect(this);
    end(cancelled());
}

void ArchiveJob::takePage(const QList<ListedRecord> &records)
{
    if (!m_session || hasEnded())
        return;
    QByteArray ids;
    for (const ListedRecord &record : records)
        ids += (ids.isEmpty() ? "" : ",") + QByteArray::number(record.id);
    if (ids.isEmpty()) {
        m_walk.next();
        return;
    }
    auto *reply = m_session->api().post(u"/admin/v1/records/archive"_s, {}, "{\"ids\":[" + ids + "]}", this);
    reply->then(this, [this, count = records.size()](const ApiReply &answer) {
        if (answer.isOk())
            m_again += answer.object()[u"records"_s].toInteger();
        if (hasEnded())
            return;
        if (!answer.isOk()) {
            end(answer.problem());
            return;
        }
        m_done += count;
        Q_EMIT progressed(m_done, m_total);
        m_walk.next();
    });
}

} // namespace admin
