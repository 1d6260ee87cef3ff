// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/session.h"
#include "records/job.h"

#include <QPointer>
#include <QSaveFile>

#include <memory>

namespace admin {

/// The answer to a GET in a file, in constant memory; the file is there when it is complete.
class DownloadJob : public Job
{
    Q_OBJECT

public:
    /// `what`: for the user, "demo-17.zip".
    DownloadJob(Session *session, const QString &path, const QString &what, const QString &file, QObject *parent);

    void start() override;
    void cancel() override;
    QString title() const override;
    QString summary() const override;

private:
    void write(const QByteArray &bytes);
    void finish(const ApiReply &reply);
    void fail(const QString &why);

    QPointer<Session> m_session;
    QPointer<ApiReply> m_reply;
    QString m_path, m_what;
    // Shared with the piece of work that puts it in place: it may still run when the job is gone.
    std::shared_ptr<QSaveFile> m_file;
};

} // namespace admin
