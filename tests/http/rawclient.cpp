// SPDX-License-Identifier: GPL-3.0-only
#include "rawclient.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

QByteArray RawAnswer::header(const QByteArray &name) const
{
    for (const auto &header : headers) {
        if (header.first.compare(name, Qt::CaseInsensitive) == 0)
            return header.second;
    }
    return {};
}

RawClient::RawClient(quint16 port, int receiveBuffer)
    : m_descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
{
    const timeval patience{10, 0};
    const int one = 1;
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::setsockopt(m_descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (receiveBuffer > 0)
        ::setsockopt(m_descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, sizeof receiveBuffer);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(m_descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0)
        close();
}

RawClient::~RawClient() { close(); }

bool RawClient::send(const QByteArray &bytes)
{
    qsizetype sent = 0;
    while (sent < bytes.size()) {
        const ssize_t size = ::send(m_descriptor, bytes.constData() + sent,
                                    static_cast<std::size_t>(bytes.size() - sent), MSG_NOSIGNAL);
        if (size <= 0)
            return false;
        sent += size;
    }
    return true;
}

void RawClient::sendByteByByte(const QByteArray &bytes)
{
    for (const char byte : bytes) {
        if (!send(QByteArray(1, byte)))
            return;
    }
}

void RawClient::finishSending() { ::shutdown(m_descriptor, SHUT_WR); }

void RawClient::reset()
{
    const linger hard{1, 0};
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    close();
}

void RawClient::close()
{
    if (m_descriptor >= 0)
        ::close(m_descriptor);
    m_descriptor = -1;
}

bool RawClient::fill()
{
    char bytes[65536];
    const ssize_t size = ::recv(m_descriptor, bytes, sizeof bytes, 0);
    if (size <= 0)
        return false;
    m_buffer.append(bytes, size);
    return true;
}

QByteArray RawClient::readSome()
{
    if (m_buffer.isEmpty())
        fill();
    return std::exchange(m_buffer, {});
}

bool RawClient::isClosedByServer() { return m_buffer.isEmpty() && !fill(); }

QByteArray RawClient::readLine()
{
    qsizetype end = -1;
    while ((end = m_buffer.indexOf("\r\n")) < 0) {
        if (!fill())
            return {};
    }
    const QByteArray line = m_buffer.first(end);
    m_buffer.remove(0, end + 2);
    return line;
}

QByteArray RawClient::readExactly(qint64 size, bool &isWhole)
{
    while (m_buffer.size() < size && fill()) { }
    isWhole = m_buffer.size() >= size;
    const QByteArray bytes = m_buffer.first(std::min<qint64>(size, m_buffer.size()));
    m_buffer.remove(0, bytes.size());
    return bytes;
}

QByteArray RawClient::readChunked(bool &isWhole)
{
    QByteArray body;
    for (;;) {
        bool isNumber = false;
        const qint64 size = readLine().toLongLong(&isNumber, 16);
        body.append(isNumber ? readExactly(size, isWhole) : QByteArray());
        isWhole = isWhole && isNumber && readLine().isEmpty();
        if (!isWhole || size == 0)
            return body;
    }
}

RawAnswer RawClient::answer(bool isHead)
{
    RawAnswer answer;
    const QByteArray statusLine = readLine();
    if (!statusLine.startsWith("HTTP/1.1 "))
        return answer;
    for (QByteArray line = readLine(); !line.isEmpty(); line = readLine()) {
        const qsizetype colon = line.indexOf(": ");
        answer.headers.append({line.first(colon), line.sliced(colon + 2)});
    }
    answer.status = statusLine.mid(9, 3).toInt();
    answer.isWhole = true;
    if (isHead || answer.status < 200 || answer.status == 204 || answer.status == 304)
        return answer;
    if (answer.header("Transfer-Encoding") == "chunked") {
        answer.body = readChunked(answer.isWhole);
    } else if (!answer.header("Content-Length").isNull()) {
        answer.body = readExactly(answer.header("Content-Length").toLongLong(), answer.isWhole);
    } else {
        while (fill()) { }
        answer.body = std::exchange(m_buffer, {});
    }
    return answer;
}

RawAnswer RawClient::get(const QByteArray &path, const QByteArray &fields)
{
    send("GET " + path + " HTTP/1.1\r\nHost: test\r\n" + fields + "\r\n");
    return answer();
}
