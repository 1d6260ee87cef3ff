// SPDX-License-Identifier: GPL-3.0-only
#include "adminclient.h"

#include <QDeadlineTimer>
#include <QFile>

using namespace Qt::StringLiterals;

namespace quoin::test {

QByteArray AdminClient::header() const
{
    QFile file(m_server.dataDirectory() + u"/admin.token"_s);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return "Authorization: Bearer " + file.readAll().trimmed() + "\r\n";
}

HttpReply AdminClient::request(const QByteArray &method, const QByteArray &target, const QByteArray &body) const
{
    return HttpClient(m_server.port(), std::chrono::seconds(60)).request(method, target, body, header());
}

EventClient::EventClient(const QuoinProcess &server, const QByteArray &lastId)
{
    m_socket.connectToHost(u"127.0.0.1"_s, server.port());
    m_socket.waitForConnected();
    m_socket.write("GET /admin/v1/events HTTP/1.1\r\nHost: localhost\r\n" + AdminClient(server).header()
                   + (lastId.isEmpty() ? QByteArray() : "Last-Event-ID: " + lastId + "\r\n") + "\r\n");
}

/// Waits for more bytes and takes them out of their chunks.
bool EventClient::read(std::chrono::milliseconds patience)
{
    if (m_hasEnded || (m_socket.bytesAvailable() == 0 && !m_socket.waitForReadyRead(int(patience.count()))))
        return false;
    m_raw += m_socket.readAll();
    if (m_head.isEmpty()) {
        const qsizetype end = m_raw.indexOf("\r\n\r\n");
        if (end < 0)
            return true;
        m_head = m_raw.first(end + 2);
        m_raw.remove(0, end + 4);
    }
    takeChunks();
    return true;
}

void EventClient::takeChunks()
{
    while (!m_hasEnded) {
        const qsizetype line = m_raw.indexOf("\r\n");
        const qsizetype size = line < 0 ? -1 : m_raw.first(line).toLongLong(nullptr, 16);
        if (size < 0 || m_raw.size() < line + 2 + size + 2)
            return;
        m_body += m_raw.sliced(line + 2, size);
        m_all += m_raw.sliced(line + 2, size);
        m_raw.remove(0, line + 2 + size + 2);
        m_hasEnded = size == 0;
    }
}

std::optional<ServerEvent> EventClient::takeEvent()
{
    for (qsizetype end = m_body.indexOf("\n\n"); end >= 0; end = m_body.indexOf("\n\n")) {
        const QByteArray block = m_body.first(end);
        m_body.remove(0, end + 2);
        ServerEvent event;
        for (const QByteArray &line : block.split('\n')) {
            if (line.startsWith("id: "))
                event.id = line.mid(4);
            else if (line.startsWith("event: "))
                event.kind = QString::fromLatin1(line.mid(7));
            else if (line.startsWith("data: "))
                event.data = QJsonDocument::fromJson(line.mid(6)).object();
        }
        if (!event.kind.isEmpty())
            return event;
    }
    return std::nullopt;
}

std::optional<ServerEvent> EventClient::next(const QString &kind, std::chrono::milliseconds patience)
{
    const QDeadlineTimer deadline(patience);
    while (true) {
        while (const auto event = takeEvent()) {
            m_lastId = event->id;
            if (event->kind == kind)
                return event;
        }
        if (deadline.hasExpired() || !read(std::chrono::milliseconds(deadline.remainingTime())))
            return std::nullopt;
    }
}

bool EventClient::waitForEnd(std::chrono::milliseconds patience)
{
    const QDeadlineTimer deadline(patience);
    while (!m_hasEnded && !deadline.hasExpired() && read(std::chrono::milliseconds(deadline.remainingTime()))) { }
    return m_hasEnded;
}

QByteArray EventClient::askAgain(const QByteArray &target)
{
    m_socket.write("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    while (m_raw.indexOf("\r\n") < 0 && m_socket.waitForReadyRead(30'000))
        m_raw += m_socket.readAll();
    return m_raw.first(std::max<qsizetype>(0, m_raw.indexOf("\r\n")));
}

} // namespace quoin::test
