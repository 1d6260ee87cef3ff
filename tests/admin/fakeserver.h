// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QHash>
#include <QJsonObject>
#include <QList>
#include <QObject>
#include <QPointer>
#include <QString>
#include <QTcpServer>
#include <QTcpSocket>
#include <QUrl>
#include <QUrlQuery>

#include <chrono>
#include <functional>

namespace admin {

/// A server that answers what a test tells it to: delays, drops, streams and all. Loopback, a port of the system's
/// choice, in the thread of the test; HTTP/1.1 with Content-Length or, for streams, until it is closed.
class FakeServer : public QObject
{
    Q_OBJECT

public:
    struct Asked
    {
        QByteArray method;
        QString path; ///< decoded
        QUrlQuery query;
        QHash<QByteArray, QByteArray> headers; ///< names in lower case
        QByteArray body;

        QString value(const QString &name) const { return query.queryItemValue(name, QUrl::FullyDecoded); }
    };

    struct Answer
    {
        int status = 200;
        QByteArray body = {};
        QByteArray contentType = "application/json";
        QList<std::pair<QByteArray, QByteArray>> headers = {};
        std::chrono::milliseconds delay{0};
        bool drops = false;  ///< closes the connection instead of answering
        bool silent = false; ///< never answers
        bool stream = false; ///< `body` is only the beginning: send() adds to it, closeStreams() ends it

        static Answer json(const QJsonObject &object, int status = 200);
        static Answer problem(int status, const QString &title, const QString &detail);
    };
    using Handler = std::function<Answer(const Asked &)>;

    explicit FakeServer(QObject *parent = nullptr);
    ~FakeServer() override;

    QUrl url() const;
    /// Listens again at the port it had; stop() closes it and all connections: a server that was killed.
    void start();
    void stop();

    /// What is answered from now on: on("GET", "/admin/v1/tasks/{id}", handler); a "{...}" segment matches any. The
    /// last one told wins. Paths that nothing was told for are 404, and `GET /admin/v1` tells all routes told so far.
    void on(const QByteArray &method, const QString &pattern, const Handler &handler);
    void on(const QByteArray &method, const QString &pattern, const Answer &answer);
    /// Every answer waits at least so long: a slow server.
    void setDelay(std::chrono::milliseconds delay) { m_delay = delay; }
    /// Requests with another token are answered with 401; empty (the beginning): any token will do.
    void setToken(const QByteArray &token) { m_token = token; }
    /// The scopes that `GET /admin/v1` tells.
    void setScopes(const QStringList &scopes) { m_scopes = scopes; }

    /// To all open streams.
    void send(const QByteArray &bytes);
    void sendEvent(const QByteArray &name, const QJsonObject &data, const QByteArray &id = {});
    void closeStreams();
    int openStreams() const;

    const QList<Asked> &asked() const { return m_asked; }
    /// Requests of this method and pattern so far.
    int count(const QByteArray &method, const QString &pattern) const;
    Asked last(const QByteArray &method, const QString &pattern) const;

Q_SIGNALS:
    void wasAsked(const QString &path);

private:
    struct Route
    {
        QByteArray method;
        QString pattern;
        Handler handler;
    };
    void accept();
    void read(QTcpSocket *socket);
    void answer(QTcpSocket *socket, const Asked &asked);
    void write(QTcpSocket *socket, const Answer &answer);
    Answer find(const Asked &asked) const;
    Answer index() const;

    QTcpServer m_server;
    quint16 m_port = 0;
    QList<Route> m_routes;
    QHash<QTcpSocket *, QByteArray> m_buffers;
    QList<QPointer<QTcpSocket>> m_streams;
    QList<Asked> m_asked;
    QStringList m_scopes = {QStringLiteral("admin")};
    QByteArray m_token;
    std::chrono::milliseconds m_delay{0};
};

} // namespace admin
