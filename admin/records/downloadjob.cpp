// SPDX-License-Identifier: GPL-3.0-only
#include "records/downloadjob.h"

#include "records/background.h"

#include <QFileInfo>

using namespace std::chrono_literals;

namespace admin {

DownloadJob::DownloadJob(Session *session, const QString &path, const QString &what, const QString &file,
                         QObject *parent)
    : Job(parent)
    , m_session(session)
    , m_path(path)
    , m_what(what)
    , m_file(std::make_shared<QSaveFile>(file))
{
}

QString DownloadJob::title() const { return tr("Downloading %1").arg(m_what); }

QString DownloadJob::summary() const
{
    if (problem().kind == Problem::Kind::Cancelled)
        return tr("The download was cancelled");
    return problem() ? tr("%1 was not saved: %2").arg(m_what, problem().sentence())
                     : tr("%1 saved as %2").arg(m_what, m_file->fileName());
}

void DownloadJob::start()
{
    if (!m_session || !m_file->open(QIODevice::WriteOnly)) {
        fail(m_file->errorString());
        return;
    }
    m_reply = m_session->api().send({.path = m_path, .streamed = true, .patience = 60s}, this);
    connect(m_reply, &ApiReply::received, this, &DownloadJob::write);
    connect(m_reply, &ApiReply::downloadProgress, this, &DownloadJob::progressed);
    m_reply->then(this, [this](const ApiReply &reply) { finish(reply); });
}

void DownloadJob::write(const QByteArray &bytes)
{
    if (!hasEnded() && m_file->write(bytes) < 0)
        fail(m_file->errorString());
}

// Putting a large file in place waits for the disk.
void DownloadJob::finish(const ApiReply &reply)
{
    if (hasEnded())
        return;
    if (!reply.isOk()) {
        end(reply.problem());
        return;
    }
    inBackground(
        this, [file = m_file] { return file->commit(); },
        [this](bool isThere) {
            if (isThere)
                end({});
            else
                fail(m_file->errorString());
        });
}

void DownloadJob::fail(const QString &why)
{
    end(fileProblem(why));
    if (m_reply)
        m_reply->abort();
}

void DownloadJob::cancel()
{
    end(cancelled());
    if (m_reply)
        m_reply->abort();
}

} // namespace admin
