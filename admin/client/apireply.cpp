// SPDX-License-Identifier: GPL-3.0-only
#include "client/apireply.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkReply>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

ApiReply::ApiReply(Request request, QObject *parent)
    : QObject(parent)
    , m_request(std::move(request))
{
    m_hint.setSingleShot(true);
    connect(&m_hint, &QTimer::timeout, this, &ApiReply::waiting);
}

ApiReply::~ApiReply()
{
    if (!m_network)
        return;
    m_network->disconnect(this);
    m_network->abort();
    m_network->deleteLater();
}

QJsonObject ApiReply::object() const { return QJsonDocument::fromJson(m_bytes).object(); }

QJsonArray ApiReply::results() const { return object()[u"results"_s].toArray(); }

QByteArray ApiReply::header(const QByteArray &name) const
{
    return m_network ? m_network->rawHeader(name) : QByteArray();
}

void ApiReply::abort()
{
    if (m_isFinished)
        return;
    if (m_network) {
        m_network->disconnect(this);
        m_network->abort();
    }
    conclude(Problem::ofNetwork(QNetworkReply::OperationCanceledError, {}, m_host));
}

void ApiReply::start(QNetworkReply *reply, const QString &host)
{
    m_network = reply;
    m_host = host;
    m_hint.start(1s);
    connect(reply, &QNetworkReply::readyRead, this, &ApiReply::read);
    connect(reply, &QNetworkReply::finished, this, &ApiReply::finish);
    connect(reply, &QNetworkReply::uploadProgress, this, &ApiReply::uploadProgress);
    connect(reply, &QNetworkReply::downloadProgress, this, &ApiReply::downloadProgress);
}

void ApiReply::refuse(const Problem &problem)
{
    // Later, so that whoever sent it can connect first.
    QMetaObject::invokeMethod(
        this, [this, problem] { conclude(problem); }, Qt::QueuedConnection);
}

void ApiReply::read()
{
    if (!m_network->isOpen())
        return;
    m_hint.stop();
    m_status = m_network->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    const QByteArray bytes = m_network->readAll();
    if (m_request.streamed && m_status < 400)
        Q_EMIT received(bytes);
    else
        m_bytes += bytes;
}

void ApiReply::finish()
{
    if (m_isFinished)
        return;
    const QPointer<ApiReply> self = this;
    read();
    if (!self || m_isFinished) // a slot of received() may have ended it
        return;
    // abort() does not come here, so whatever was cancelled was cancelled by its own timeout.
    const auto error = m_network->error() == QNetworkReply::OperationCanceledError ? QNetworkReply::TimeoutError
                                                                                   : m_network->error();
    // An answer below 400 may still have broken off in the middle.
    const bool isAnswer = m_status >= 400 || (m_status > 0 && error == QNetworkReply::NoError);
    if (!isAnswer)
        conclude(Problem::ofNetwork(error, m_network->errorString(), m_host));
    else if (m_status >= 400)
        conclude(Problem::ofAnswer(m_status, m_bytes, m_network->rawHeader("X-Request-Id")));
    else if (m_status >= 300)
        conclude(Problem::malformed(tr("It answered with status %1, which points elsewhere").arg(m_status)));
    else
        conclude({});
}

void ApiReply::conclude(const Problem &problem)
{
    if (m_isFinished)
        return;
    m_hint.stop();
    m_problem = problem;
    m_isFinished = true;
    deleteLater();
    Q_EMIT finished();
}

} // namespace admin
