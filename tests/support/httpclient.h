// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QPair>
#include <QString>

#include <chrono>

namespace quoin::test {

/// What came back for one request. failure says why it did not: then status is 0, or the body is
/// what arrived before the cut.
struct HttpReply
{
    int status = 0;
    QList<QPair<QByteArray, QByteArray>> headers;
    QByteArray body;
    QString failure;

    bool isComplete() const { return status != 0 && failure.isEmpty(); }
    /// The first header of that name, case-insensitive; null without one.
    QByteArray header(QByteArrayView name) const;
    bool hasToken(QByteArrayView name, QByteArrayView token) const;
};

/// A blocking HTTP/1.1 client of one connection to 127.0.0.1 that sends exactly the bytes it is
/// given: for tests, including of what no decent client sends. It never repeats a request. Use one
/// object per thread; it needs no event loop.
class HttpClient
{
public:
    /// patience: how long any single wait for the peer may take before the reply is a failure.
    explicit HttpClient(quint16 port, std::chrono::milliseconds patience = std::chrono::seconds(20));
    ~HttpClient();
    Q_DISABLE_COPY(HttpClient)

    HttpReply get(const QByteArray &target) { return request("GET", target); }
    HttpReply post(const QByteArray &target, const QByteArray &body,
                   const QByteArray &contentType = "application/json");
    /// Connects if there is no connection; keeps it afterwards unless the server said that it
    /// closes it.
    HttpReply request(const QByteArray &method, const QByteArray &target, const QByteArray &body = {},
                      const QByteArray &headerLines = {});

    /// The parts of request(), for raw bytes. send() is false if the peer would not take them all.
    bool open();
    bool send(QByteArrayView bytes);
    HttpReply receive(bool isAnswerToHead = false);
    /// Everything until the peer closes (or patience ends), unparsed.
    QByteArray receiveRest();
    void finishSending(); ///< Half-closes: the peer sees the end of our bytes.
    void close();
    void abort(); ///< Closes with a reset.
    bool isOpen() const { return m_descriptor >= 0; }
    bool isReused() const { return m_isReused; } ///< Whether the open connection has served a request before.

private:
    bool fill();
    bool readLine(QByteArray *line);
    bool readBytes(qint64 count, QByteArray *bytes);
    bool readHead(HttpReply *reply);
    bool readChunks(HttpReply *reply);
    bool readBody(HttpReply *reply, bool isAnswerToHead);

    quint16 m_port;
    int m_patience;
    int m_descriptor = -1;
    bool m_isReused = false;
    QByteArray m_buffer; ///< Received, from m_taken on not yet used.
    qsizetype m_taken = 0;
    QString m_failure;
};

} // namespace quoin::test
