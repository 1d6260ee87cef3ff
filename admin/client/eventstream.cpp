// SPDX-License-Identifier: GPL-3.0-only
#include "client/eventstream.h"

#include "client/api.h"

#include <QJsonDocument>
#include <QNetworkReply>
#include <QRandomGenerator>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

EventStream::EventStream(Api &api, QObject *parent)
    : QObject(parent)
    , m_api(api)
{
    m_network.setRedirectPolicy(QNetworkRequest::ManualRedirectPolicy);
    m_again.setSingleShot(true);
    m_silence.setSingleShot(true);
    m_silence.setInterval(45s);
    connect(&m_again, &QTimer::timeout, this, &EventStream::open);
    connect(&m_silence, &QTimer::timeout, this, [this] {
        if (m_reply)
            m_reply->abort();
    });
}

EventStream::~EventStream() { drop(); }

void EventStream::start()
{
    m_failures = 0;
    drop();
    open();
}

void EventStream::stop()
{
    m_again.stop();
    drop();
    m_isOpen = false;
}

void EventStream::retryNow()
{
    if (m_again.isActive())
        open();
}

void EventStream::drop()
{
    m_silence.stop();
    if (!m_reply)
        return;
    m_reply->disconnect(this);
    m_reply->abort();
    m_reply->deleteLater();
    m_reply = nullptr;
}

void EventStream::open()
{
    m_again.stop();
    m_parser.reset();
    auto request = m_api.networkRequest({.path = u"/admin/v1/events"_s});
    request.setTransferTimeout(0); // m_silence looks after it
    request.setRawHeader("Accept", "text/event-stream");
    if (!m_parser.lastId().isEmpty())
        request.setRawHeader("Last-Event-ID", m_parser.lastId());
    m_reply = m_network.get(request);
    connect(m_reply, &QNetworkReply::readyRead, this, &EventStream::read);
    connect(m_reply, &QNetworkReply::metaDataChanged, this, &EventStream::read);
    connect(m_reply, &QNetworkReply::finished, this, &EventStream::end);
    m_silence.start();
}

void EventStream::read()
{
    m_silence.start();
    const int status = m_reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status != 200 || !m_reply->rawHeader("Content-Type").startsWith("text/event-stream"))
        return; // end() reads the body
    if (!std::exchange(m_isOpen, true))
        Q_EMIT opened();
    const QPointer<QNetworkReply> reply = m_reply;
    if (!reply)
        return;
    const auto events = m_parser.feed(reply->readAll());
    if (!events.isEmpty())
        m_failures = 0;
    for (const ServerEvent &event : events) {
        Q_EMIT this->event(QString::fromUtf8(event.name), QJsonDocument::fromJson(event.data).object());
        if (m_reply != reply)
            return; // a slot ended the stream
    }
    if (m_parser.isOverlong())
        reply->abort();
}

void EventStream::end()
{
    m_silence.stop();
    const auto reply = std::exchange(m_reply, nullptr);
    reply->deleteLater();
    m_isOpen = false;
    const int status = reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    Problem problem = Problem::malformed(tr("The stream of events is none"));
    if (status >= 400)
        problem = Problem::ofAnswer(status, reply->readAll(), reply->rawHeader("X-Request-Id"));
    else if (status == 0 || status == 200)
        problem = Problem::ofNetwork(reply->error() == QNetworkReply::NoError ? QNetworkReply::RemoteHostClosedError
                                                                              : reply->error(),
                                     reply->errorString(), m_api.baseUrl().toDisplayString());
    using enum Problem::Kind;
    if (problem.kind != NotFound && problem.kind != Unauthorized && problem.kind != Forbidden) {
        const int first = m_parser.retryMilliseconds().value_or(1000);
        const int wait = std::min(30'000, first << std::min(m_failures++, 8));
        // Not all windows at once when a server comes back.
        m_again.start(wait + QRandomGenerator::global()->bounded(wait / 4 + 1));
    }
    Q_EMIT closed(problem);
}

} // namespace admin
