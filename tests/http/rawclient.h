// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QList>
#include <QPair>

/// An answer as it came: status 0 if the connection ended before a whole one.
struct RawAnswer
{
    int status = 0;
    QList<QPair<QByteArray, QByteArray>> headers;
    QByteArray body;
    bool isWhole = false; ///< The body ended where its framing said.

    QByteArray header(const QByteArray &name) const; ///< Null if absent.
};

/// A blocking client that sends any bytes. Gives up after ten seconds.
class RawClient
{
public:
    explicit RawClient(quint16 port, int receiveBuffer = 0);
    RawClient(const RawClient &) = delete;
    RawClient &operator=(const RawClient &) = delete;
    ~RawClient();

    bool isConnected() const { return m_descriptor >= 0; }
    bool send(const QByteArray &bytes); ///< False: the server has closed.
    void sendByteByByte(const QByteArray &bytes);
    void finishSending(); ///< Half-close.
    void reset();         ///< Ends with RST.
    void close();

    RawAnswer answer(bool isHead = false);
    QByteArray readSome();   ///< What comes next; empty at the end.
    bool isClosedByServer(); ///< Waits for the end; true if nothing came before it.

    /// send() and answer() of a GET on this connection.
    RawAnswer get(const QByteArray &path, const QByteArray &fields = {});

private:
    bool fill();
    QByteArray readLine();
    QByteArray readExactly(qint64 size, bool &isWhole);
    QByteArray readChunked(bool &isWhole);

    int m_descriptor = -1;
    QByteArray m_buffer;
};
