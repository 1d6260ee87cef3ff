// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QHostAddress>
#include <QObject>
#include <QTimer>

#include <functional>

class QSocketNotifier;

namespace quoin::http {

/// Listens on one address and hands each accepted descriptor on. Knows nothing of loops, so that it can live in another
/// process than they do.
class Acceptor final : public QObject
{
    Q_OBJECT

public:
    /// take owns the descriptor it is called with.
    explicit Acceptor(std::function<void(int descriptor)> take, QObject *parent = nullptr);
    ~Acceptor() override;

    /// Port 0: any free one. Unavailable with what to do if the address is in use, is not this host's or needs rights.
    Result<> listen(const QHostAddress &address, quint16 port);
    /// Accepts from a socket that listens already (TCP), and that whoever opened it may keep: then who connects while
    /// we are away waits in its backlog. Owns the descriptor.
    void adopt(int descriptor);
    /// The port listened on; 0 if not listening.
    quint16 port() const { return m_port; }
    /// New connections are refused by the system from now on, unless somebody else has the socket too.
    void close();

private:
    void watch();
    void acceptAll();
    void pause();

    std::function<void(int)> m_take;
    int m_descriptor = -1;
    quint16 m_port = 0;
    QSocketNotifier *m_notifier = nullptr;
    QTimer m_resume;
    bool m_isShort = false; ///< Of descriptors.
};

} // namespace quoin::http
