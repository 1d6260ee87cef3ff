// SPDX-License-Identifier: GPL-3.0-only
#include "fakeserver.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

bool matches(const QString &pattern, const QString &path)
{
    const auto wanted = pattern.split(u'/'), has = path.split(u'/');
    if (wanted.size() != has.size())
        return false;
    for (qsizetype i = 0; i < wanted.size(); ++i) {
        if (!wanted[i].startsWith(u'{') && wanted[i] != has[i])
            return false;
    }
    return true;
}

// The first request in the bytes, which are then taken away; none if it is not complete.
std::optional<FakeServer::Asked> take(QByteArray &bytes)
{
    const auto end = bytes.indexOf("\r\n\r\n");
    if (end < 0)
        return {};
    const auto lines = bytes.left(end).split('\n');
    const auto first = lines.first().trimmed().split(' ');
    FakeServer::Asked asked;
    const QUrl url = QUrl::fromEncoded(first.value(1));
    asked.method = first.value(0);
    asked.path = url.path(QUrl::FullyDecoded);
    asked.query = QUrlQuery(url.query(QUrl::FullyEncoded));
    for (const QByteArray &line : lines.mid(1)) {
        const auto colon = line.indexOf(':');
        asked.headers[line.left(colon).toLower()] = line.mid(colon + 1).trimmed();
    }
    const auto length = asked.headers.value("content-length").toLongLong();
    if (bytes.size() < end + 4 + length)
        return {};
    asked.body = bytes.mid(end + 4, length);
    bytes.remove(0, end + 4 + length);
    return asked;
}

} // namespace

FakeServer::Answer FakeServer::Answer::json(const QJsonObject &object, int status)
{
    return {.status = status, .body = QJsonDocument(object).toJson(QJsonDocument::Compact)};
}

FakeServer::Answer FakeServer::Answer::problem(int status, const QString &title, const QString &detail)
{
    Answer answer = json({{u"title"_s, title}, {u"detail"_s, detail}, {u"status"_s, status}}, status);
    answer.contentType = "application/problem+json";
    return answer;
}

FakeServer::FakeServer(QObject *parent)
    : QObject(parent)
{
    connect(&m_server, &QTcpServer::newConnection, this, &FakeServer::accept);
    start();
}

FakeServer::~FakeServer() { stop(); }

QUrl FakeServer::url() const { return QUrl(u"http://127.0.0.1:%1"_s.arg(m_port)); }

void FakeServer::start()
{
    if (!m_server.listen(QHostAddress::LocalHost, m_port))
        qFatal("the fake server cannot listen: %s", qPrintable(m_server.errorString()));
    m_port = m_server.serverPort();
}

void FakeServer::stop()
{
    m_server.close();
    const auto sockets = m_buffers.keys();
    m_buffers.clear();
    m_streams.clear();
    for (QTcpSocket *socket : sockets) {
        socket->disconnect(this);
        socket->abort();
        socket->deleteLater();
    }
}

void FakeServer::on(const QByteArray &method, const QString &pattern, const Handler &handler)
{
    m_routes.prepend({method, pattern, handler});
}

void FakeServer::on(const QByteArray &method, const QString &pattern, const Answer &answer)
{
    on(method, pattern, [answer](const Asked &) { return answer; });
}

void FakeServer::accept()
{
    while (QTcpSocket *socket = m_server.nextPendingConnection()) {
        m_buffers.insert(socket, {});
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { read(socket); });
        connect(socket, &QTcpSocket::disconnected, this, [this, socket] {
            m_buffers.remove(socket);
            m_streams.removeIf([socket](const auto &stream) { return stream == socket; });
            socket->deleteLater();
        });
    }
}

void FakeServer::read(QTcpSocket *socket)
{
    m_buffers[socket] += socket->readAll();
    while (m_buffers.contains(socket)) {
        const auto asked = take(m_buffers[socket]);
        if (!asked)
            return;
        m_asked << *asked;
        answer(socket, *asked);
        Q_EMIT wasAsked(asked->path);
    }
}

void FakeServer::answer(QTcpSocket *socket, const Asked &asked)
{
    Answer answer = find(asked);
    if (!m_token.isEmpty() && asked.headers.value("authorization") != "Bearer " + m_token) {
        answer = Answer::problem(401, u"Unauthorized"_s, u"The token is not known or was revoked"_s);
        answer.headers = {{"WWW-Authenticate", "Bearer realm=\"quoin\", error=\"invalid_token\""}};
    }
    if (answer.silent)
        return;
    const auto wait = std::max(answer.delay, m_delay);
    if (wait.count() == 0)
        write(socket, answer);
    else
        QTimer::singleShot(wait, socket, [this, socket, answer] { write(socket, answer); });
}

void FakeServer::write(QTcpSocket *socket, const Answer &answer)
{
    if (answer.drops) {
        socket->abort();
        return;
    }
    QByteArray head = "HTTP/1.1 " + QByteArray::number(answer.status) + " Answer\r\nContent-Type: " + answer.contentType
        + "\r\nX-Request-Id: fake-" + QByteArray::number(m_asked.size()) + "\r\n";
    for (const auto &[name, value] : answer.headers)
        head += name + ": " + value + "\r\n";
    if (answer.stream) {
        head += "Connection: close\r\n\r\n";
        m_streams << socket;
    } else {
        head += "Content-Length: " + QByteArray::number(answer.body.size()) + "\r\n\r\n";
    }
    socket->write(head + answer.body);
    socket->flush();
}

FakeServer::Answer FakeServer::find(const Asked &asked) const
{
    for (const Route &route : m_routes) {
        if (route.method == asked.method && matches(route.pattern, asked.path))
            return route.handler(asked);
    }
    if (asked.method == "GET" && asked.path == u"/admin/v1"_s)
        return index();
    return Answer::problem(404, u"Not Found"_s, u"There is no "_s + asked.path);
}

FakeServer::Answer FakeServer::index() const
{
    QJsonArray endpoints;
    for (const Route &route : m_routes) {
        endpoints << QJsonObject{{u"method"_s, QString::fromLatin1(route.method)},
                                 {u"path"_s, route.pattern},
                                 {u"scope"_s, route.method == "GET" ? u"admin:read"_s : u"admin"_s}};
    }
    const QJsonObject token{{u"name"_s, u"test"_s}, {u"scopes"_s, QJsonArray::fromStringList(m_scopes)}};
    return Answer::json({{u"version"_s, u"0.1.0"_s}, {u"token"_s, token}, {u"endpoints"_s, endpoints}});
}

void FakeServer::send(const QByteArray &bytes)
{
    for (const auto &stream : std::as_const(m_streams)) {
        stream->write(bytes);
        stream->flush();
    }
}

void FakeServer::sendEvent(const QByteArray &name, const QJsonObject &data, const QByteArray &id)
{
    QByteArray event = "event: " + name + "\n";
    if (!id.isEmpty())
        event += "id: " + id + "\n";
    send(event + "data: " + QJsonDocument(data).toJson(QJsonDocument::Compact) + "\n\n");
}

void FakeServer::closeStreams()
{
    const auto streams = std::exchange(m_streams, {});
    for (const auto &stream : streams)
        stream->disconnectFromHost();
}

int FakeServer::openStreams() const { return static_cast<int>(m_streams.size()); }

int FakeServer::count(const QByteArray &method, const QString &pattern) const
{
    return static_cast<int>(std::ranges::count_if(
        m_asked, [&](const Asked &asked) { return asked.method == method && matches(pattern, asked.path); }));
}

FakeServer::Asked FakeServer::last(const QByteArray &method, const QString &pattern) const
{
    for (auto it = m_asked.crbegin(); it != m_asked.crend(); ++it) {
        if (it->method == method && matches(pattern, it->path))
            return *it;
    }
    return {};
}

} // namespace admin
