// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/problem.h"
#include "client/request.h"

#include <QJsonObject>
#include <QObject>
#include <QPointer>
#include <QTimer>

class QNetworkReply;

namespace admin {

class Api;

/// One request under way, and then its answer. It belongs to the parent that was given to Api::send(): destroying that
/// aborts the request without a signal. It deletes itself after finished(), so a slot reads it at once.
class ApiReply : public QObject
{
    Q_OBJECT

public:
    ~ApiReply() override; ///< ends the request without a signal
    const Request &request() const { return m_request; }
    bool isFinished() const { return m_isFinished; }
    /// True after finished() with a status below 400. Otherwise problem() says why not.
    bool isOk() const { return m_isFinished && !m_problem; }
    int status() const { return m_status; }
    const Problem &problem() const { return m_problem; }
    /// The body; empty if the request was streamed.
    const QByteArray &bytes() const { return m_bytes; }
    /// The body as a JSON object; empty if it is none.
    QJsonObject object() const;
    QByteArray header(const QByteArray &name) const;
    /// The element "results" of a list.
    QJsonArray results() const;

    /// Ends it with the problem "Cancelled" and finished().
    void abort();
    /// Calls `done(reply)` in the thread of the window when it is finished; the shorter way to write connect().
    template <typename Done>
    ApiReply *then(QObject *context, Done done)
    {
        connect(this, &ApiReply::finished, context, [this, done = std::move(done)]() mutable { done(*this); });
        return this;
    }

Q_SIGNALS:
    /// Always once, never before the event loop runs again after Api::send().
    void finished();
    /// Streamed requests: the next bytes of an answer with a status below 400.
    void received(const QByteArray &bytes);
    /// Nothing came for a second: say "waiting".
    void waiting();
    void uploadProgress(qint64 sent, qint64 total);
    void downloadProgress(qint64 received, qint64 total);

private:
    friend class Api;
    ApiReply(Request request, QObject *parent);
    void start(QNetworkReply *reply, const QString &host);
    void refuse(const Problem &problem);
    void read();
    void finish();
    void conclude(const Problem &problem);

    Request m_request;
    QPointer<QNetworkReply> m_network;
    QString m_host;
    QByteArray m_bytes;
    Problem m_problem;
    QTimer m_hint;
    int m_status = 0;
    bool m_isFinished = false;
};

} // namespace admin
