// SPDX-License-Identifier: GPL-3.0-only
#include "client.h"

#include <QByteArrayList>

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

using namespace Qt::StringLiterals;

namespace quoin::testhost {

namespace {

bool contains(const HeaderList &headers, QByteArrayView name)
{
    return std::ranges::any_of(
        headers, [&](const Header &header) { return header.first.compare(name, Qt::CaseInsensitive) == 0; });
}

/// What is read of a response, as far as it goes (RFC 9112 sections 2, 6 and 7).
class Reader
{
public:
    explicit Reader(int descriptor)
        : m_descriptor(descriptor)
    {
    }

    TestResponse read(bool isHead)
    {
        TestResponse response;
        do {
            response = {};
        } while (readHead(response) && response.status < 200); // 100 Continue
        if (m_fault.isEmpty())
            readBody(response, isHead);
        response.failure = m_fault;
        return response;
    }

private:
    bool fill()
    {
        char bytes[64 * 1024];
        const ssize_t count = ::recv(m_descriptor, bytes, sizeof bytes, 0);
        if (count > 0)
            m_buffer.append(bytes, count);
        else if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            m_fault = u"the host has not answered"_s;
        else
            m_fault = u"the host closed the connection"_s;
        return count > 0;
    }

    bool readLine(QByteArray &line)
    {
        qsizetype end = 0;
        while ((end = m_buffer.indexOf("\r\n", m_taken)) < 0) {
            if (!fill())
                return false;
        }
        line = m_buffer.sliced(m_taken, end - m_taken);
        m_taken = end + 2;
        return true;
    }

    bool readBytes(qint64 count, QByteArray &bytes)
    {
        while (count > 0) {
            if (m_taken == m_buffer.size() && !fill())
                return false;
            const qsizetype part = std::min<qsizetype>(count, m_buffer.size() - m_taken);
            bytes.append(QByteArrayView(m_buffer).sliced(m_taken, part));
            m_taken += part;
            count -= part;
        }
        return true;
    }

    bool readHead(TestResponse &response)
    {
        QByteArray line;
        if (!readLine(line))
            return false;
        response.status = line.mid(9, 3).toInt(); // behind "HTTP/1.1 "
        while (readLine(line) && !line.isEmpty()) {
            const qsizetype colon = std::max<qsizetype>(line.indexOf(':'), 0);
            response.headers.append({line.first(colon), line.sliced(colon + 1).trimmed()});
        }
        return m_fault.isEmpty();
    }

    void readBody(TestResponse &response, bool isHead)
    {
        if (isHead || response.status == 204 || response.status == 205 || response.status == 304)
            return;
        if (response.header("Transfer-Encoding").toLower().endsWith("chunked"))
            readChunks(response.body);
        else
            readBytes(response.header("Content-Length").toLongLong(), response.body);
    }

    void readChunks(QByteArray &body)
    {
        QByteArray line;
        while (readLine(line)) {
            const qint64 size = line.toLongLong(nullptr, 16);
            if (!readBytes(size, body) || !readLine(line) || size == 0)
                return;
        }
    }

    const int m_descriptor;
    QByteArray m_buffer;
    qsizetype m_taken = 0;
    QString m_fault;
};

void sendAll(int descriptor, QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const ssize_t sent = ::send(descriptor, bytes.data(), static_cast<size_t>(bytes.size()), MSG_NOSIGNAL);
        if (sent < 0) // refused before its end, such as a body that is too large: the answer says why
            return;
        bytes = bytes.sliced(sent);
    }
}

} // namespace

QByteArray requestBytes(const QByteArray &method, const QByteArray &target, const QByteArray &body,
                        const HeaderList &headers)
{
    QByteArray bytes = method + ' ' + target + " HTTP/1.1\r\n";
    if (!contains(headers, "Host"))
        bytes += "Host: localhost\r\n";
    for (const auto &[name, value] : headers)
        bytes += name + ": " + value + "\r\n";
    const bool mayHaveBody = QByteArrayList{"POST", "PUT", "PATCH"}.contains(method);
    const bool isFramed = contains(headers, "Content-Length") || contains(headers, "Transfer-Encoding");
    if (!isFramed && (mayHaveBody || !body.isEmpty()))
        bytes += "Content-Length: " + QByteArray::number(body.size()) + "\r\n";
    return bytes + "\r\n" + body;
}

TestResponse exchange(int descriptor, const QByteArray &bytes, bool isHead, std::chrono::milliseconds patience)
{
    timeval limit = {};
    limit.tv_sec = patience.count() / 1000;
    limit.tv_usec = patience.count() % 1000 * 1000;
    ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    sendAll(descriptor, bytes);
    TestResponse response = Reader(descriptor).read(isHead);
    ::close(descriptor);
    return response;
}

} // namespace quoin::testhost
