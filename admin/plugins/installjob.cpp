// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/installjob.h"

#include "ui/times.h"

#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QThreadPool>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

namespace {

Problem unreadable(const QString &title, const QString &detail, const QString &remedy)
{
    Problem problem;
    problem.kind = Problem::Kind::Refused;
    problem.title = title;
    problem.detail = detail;
    problem.remedy = remedy;
    return problem;
}

} // namespace

InstallJob::InstallJob(Session *session, const QString &file, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_file(file)
{
}

void InstallJob::start()
{
    const qint64 most = m_session ? m_session->endpoints().uploadLimit() : 0;
    const qint64 size = QFileInfo(m_file).size();
    if (most > 0 && size > most)
        return conclude(unreadable(tr("The file is too large"),
                                   tr("%1 has %2; this server takes at most %3.")
                                       .arg(QFileInfo(m_file).fileName(), sizeText(size), sizeText(most)),
                                   tr("Copy it into the plugin folder on the server's host.")));
    QThreadPool::globalInstance()->start([file = m_file, job = QPointer(this)] {
        QFile source(file);
        const bool isOpen = source.open(QIODevice::ReadOnly);
        const QByteArray bytes = isOpen ? source.readAll() : QByteArray();
        const QString fault = isOpen ? QString() : source.errorString();
        // Queued: a job that has gone by then is asked for nothing.
        QMetaObject::invokeMethod(qApp, [job, bytes, fault, file] {
            if (!job)
                return;
            if (!fault.isNull())
                job->conclude(
                    unreadable(tr("The file cannot be read"), file + u": "_s + fault, tr("Look at its permissions.")));
            else
                job->send(bytes);
        });
    });
}

void InstallJob::send(const QByteArray &bytes)
{
    if (m_isFinished)
        return;
    if (!m_session)
        return conclude(unreadable(tr("There is no server"), tr("The connection was changed meanwhile."), {}));
    Request request{"POST", u"/admin/v1/plugins"_s};
    request.query = {{u"name"_s, QFileInfo(m_file).fileName()}};
    request.body = bytes;
    request.contentType = "application/octet-stream";
    request.streamed = true;
    request.patience = 120s; // a probe and a roll of all workers
    m_reply = m_session->api().send(request, this);
    connect(m_reply, &ApiReply::uploadProgress, this, &InstallJob::uploadProgress);
    connect(m_reply, &ApiReply::received, this, &InstallJob::take);
    m_reply->then(this, [this](const ApiReply &reply) {
        takeLine(m_buffer);
        conclude(reply.isOk() ? Problem() : reply.problem());
    });
}

void InstallJob::take(const QByteArray &bytes)
{
    m_buffer += bytes;
    for (qsizetype end; (end = m_buffer.indexOf('\n')) >= 0; m_buffer.remove(0, end + 1))
        takeLine(m_buffer.first(end));
}

void InstallJob::takeLine(const QByteArray &line)
{
    const QJsonObject object = QJsonDocument::fromJson(line).object();
    if (const QString gate = object[u"gate"_s].toString(); !gate.isEmpty())
        Q_EMIT decided(
            {gate, object[u"status"_s].toString(), object[u"detail"_s].toString(), object[u"remedy"_s].toString()});
    if (const QString outcome = object[u"outcome"_s].toString(); !outcome.isEmpty()) {
        m_outcome = outcome;
        m_id = object[u"id"_s].toString();
        m_version = object[u"version"_s].toString();
    }
}

void InstallJob::cancel()
{
    if (m_reply)
        m_reply->abort();
    else
        conclude(unreadable(tr("Cancelled"), {}, {}));
}

void InstallJob::conclude(const Problem &problem)
{
    if (std::exchange(m_isFinished, true))
        return;
    m_problem = problem;
    if (!m_problem && m_outcome.isEmpty())
        m_problem = Problem::malformed(tr("The server ended its answer without saying what became of the file."));
    // Never from within start(): who starts it connects afterwards, too.
    QMetaObject::invokeMethod(this, &InstallJob::finished, Qt::QueuedConnection);
}

} // namespace admin
