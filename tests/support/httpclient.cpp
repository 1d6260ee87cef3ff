// SPDX-License-Identifier: GPL-3.0-only
#include "support/httpclient.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

using namespace Qt::StringLiterals;

namespace quoin::test {
namespace {

QString systemFailure(const char *what)
{
    return QString::fromLatin1(what) + u": "_s + QString::fromLocal8Bit(std::strerror(errno));
}

} // namespace

QByteArray HttpReply::header(QByteArrayView name) const
{
    for (const auto &[key, value] : headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

bool HttpReply::hasToken(QByteArrayView name, QByteArrayView token) const
{
    for (const QByteArray &part : header(name).split(',')) {
        if (part.trimmed().compare(token, Qt::CaseInsensitive) == 0)
            return true;
    }
    return false;
}

HttpClient::HttpClient(quint16 port, std::chrono::milliseconds patience)
    : m_port(port)
    , m_patience(static_cast<int>(patience.count()))
{
}

HttpClient::~HttpClient() { close(); }

HttpReply HttpClient::post(const QByteArray &target, const QByteArray &body, const QByteArray &contentType)
{
    return request("POST", target, body, "Content-Type: " + contentType + "\r\n");
}

HttpReply HttpClient::request(const QByteArray &method, const QByteArray &target, const QByteArray &body,
                              const QByteArray &headerLines)
{
    QByteArray bytes = method + ' ' + target + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headerLines;
    if (!body.isEmpty() || method == "POST")
        bytes += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    bytes += "\r\n" + body;
    // What could not be sent whole may still have been answered (a 413 before the end of the body).
    if ((!isOpen() && !open()) || (!send(bytes) && !isOpen()))
        return {.status = 0, .headers = {}, .body = {}, .failure = m_failure};
    return receive(method == "HEAD");
}

bool HttpClient::open()
{
    close();
    m_descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(m_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (m_descriptor < 0
        || ::connect(m_descriptor, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0) {
        m_failure = systemFailure("connect");
        close();
        return false;
    }
    const int on = 1;
    ::setsockopt(m_descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return true;
}

bool HttpClient::send(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        pollfd waiting = {m_descriptor, POLLOUT, 0};
        if (::poll(&waiting, 1, m_patience) == 0) {
            m_failure = u"the server did not take what was sent"_s;
            return false;
        }
        const ssize_t sent = ::send(m_descriptor, bytes.data(), static_cast<size_t>(bytes.size()),
                                    MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (sent < 0) {
            m_failure = systemFailure("send");
            return false;
        }
        bytes = bytes.sliced(sent);
    }
    return true;
}

void HttpClient::finishSending() { ::shutdown(m_descriptor, SHUT_WR); }

void HttpClient::close()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
    m_isReused = false;
    m_buffer.clear();
    m_taken = 0;
}

void HttpClient::abort()
{
    const linger now = {1, 0};
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &now, sizeof now);
    close();
}

bool HttpClient::fill()
{
    if (m_descriptor < 0) {
        m_failure = u"there is no connection"_s;
        return false;
    }
    if (m_taken > 0) {
        m_buffer.remove(0, m_taken);
        m_taken = 0;
    }
    pollfd waiting = {m_descriptor, POLLIN, 0};
    if (::poll(&waiting, 1, m_patience) == 0) {
        m_failure = u"nothing came for %1 ms"_s.arg(m_patience);
        return false;
    }
    char bytes[65536];
    const ssize_t count = ::recv(m_descriptor, bytes, sizeof bytes, 0);
    if (count > 0)
        m_buffer.append(bytes, count);
    else
        m_failure = count == 0 ? u"the server closed the connection"_s : systemFailure("recv");
    return count > 0;
}

bool HttpClient::readLine(QByteArray *line)
{
    qsizetype end = -1;
    while ((end = m_buffer.indexOf("\r\n", m_taken)) < 0) {
        if (!fill())
            return false;
    }
    *line = m_buffer.sliced(m_taken, end - m_taken);
    m_taken = end + 2;
    return true;
}

bool HttpClient::readBytes(qint64 count, QByteArray *bytes)
{
    while (count > 0) {
        if (m_taken == m_buffer.size() && !fill())
            return false;
        const qsizetype part = std::min<qsizetype>(count, m_buffer.size() - m_taken);
        bytes->append(QByteArrayView(m_buffer).sliced(m_taken, part));
        m_taken += part;
        count -= part;
    }
    return true;
}

bool HttpClient::readHead(HttpReply *reply)
{
    QByteArray line;
    if (!readLine(&line))
        return false;
    if (!line.startsWith("HTTP/1.1 ") || line.size() < 12) {
        m_failure = u"this is no status line: "_s + QString::fromLatin1(line);
        return false;
    }
    const int status = line.sliced(9, 3).toInt();
    while (readLine(&line)) {
        if (line.isEmpty()) {
            reply->status = status;
            return true;
        }
        const qsizetype colon = line.indexOf(':');
        reply->headers.append({line.first(std::max<qsizetype>(colon, 0)), line.sliced(colon + 1).trimmed()});
    }
    return false;
}

bool HttpClient::readChunks(HttpReply *reply)
{
    QByteArray line;
    while (readLine(&line)) {
        bool ok = false;
        const qint64 size = line.toLongLong(&ok, 16);
        if (!ok || size < 0) {
            m_failure = u"this is no chunk size: "_s + QString::fromLatin1(line);
            return false;
        }
        if (!readBytes(size, &reply->body) || !readLine(&line))
            return false;
        if (size == 0)
            return true;
    }
    return false;
}

bool HttpClient::readBody(HttpReply *reply, bool isAnswerToHead)
{
    if (isAnswerToHead || reply->status == 204 || reply->status == 304)
        return true;
    if (reply->hasToken("Transfer-Encoding", "chunked"))
        return readChunks(reply);
    const QByteArray length = reply->header("Content-Length");
    if (!length.isNull())
        return readBytes(length.toLongLong(), &reply->body);
    reply->body = receiveRest();
    return true;
}

HttpReply HttpClient::receive(bool isAnswerToHead)
{
    HttpReply reply;
    do {
        reply = {};
        if (!readHead(&reply))
            break;
    } while (reply.status == 100);
    if (reply.status == 0 || !readBody(&reply, isAnswerToHead)) {
        reply.failure = m_failure;
        close();
        return reply;
    }
    if (reply.hasToken("Connection", "close"))
        close();
    m_isReused = isOpen();
    return reply;
}

QByteArray HttpClient::receiveRest()
{
    while (fill()) { }
    const QByteArray rest = m_buffer.sliced(m_taken);
    close();
    return rest;
}

} // namespace quoin::test
