// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QTcpServer>
#include <QTcpSocket>

#include <functional>

namespace quoin::test {

/// What is no Redis, or one in a state that a real one is hard to bring into: it answers each read with what the test
/// says. Loopback; the thread's event loop.
class CannedServer
{
public:
    /// Called with what has arrived and the socket to write to.
    using Conduct = std::function<void(const QByteArray &received, QTcpSocket *socket)>;

    explicit CannedServer(Conduct conduct);

    QString url() const;
    int accepted() const { return m_accepted; }

    /// For each command in it, by its first word, what reply says.
    static QByteArray replyToEach(const QByteArray &received,
                                  const std::function<QByteArray(const QByteArray &)> &reply);

private:
    QTcpServer m_server;
    Conduct m_conduct;
    int m_accepted = 0;
};

} // namespace quoin::test
