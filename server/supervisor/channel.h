// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "posix/filedescriptor.h"

#include <quoin/result.h>

#include <QByteArray>
#include <QObject>
#include <QTimer>

#include <deque>
#include <utility>

class QSocketNotifier;

namespace quoin::supervisor {

/// Messages between the supervisor and one worker: a letter, some bytes and perhaps a descriptor, each whole and in
/// order (SOCK_SEQPACKET, unix(7)). Lives on a thread with an event loop.
class Channel final : public QObject
{
    Q_OBJECT

public:
    static constexpr qsizetype largestPayload = 64 * 1024; // bytes; well below net.core.wmem_default (212 992)

    /// Two ends that belong together, close-on-exec. Unavailable when out of descriptors.
    static Result<std::pair<int, int>> makePair();

    /// Takes one end, and owns it.
    explicit Channel(int descriptor, QObject *parent = nullptr);
    ~Channel() override;

    /// Sends, or keeps the message in order until the other side has read; never blocks, never drops. descriptor (-1:
    /// none) belongs to the channel from now on and is closed here once it is sent. False if the payload is too large
    /// or the other side is gone: nothing was sent, the descriptor is closed.
    bool send(char type, const QByteArray &payload = {}, int descriptor = -1);
    /// Messages that wait because the other side does not read.
    qsizetype queued() const { return static_cast<qsizetype>(m_queue.size()); }
    bool isOpen() const { return m_socket.isOpen(); }

    /// Hands out at once everything that has arrived, without waiting for the event loop; closed() too, if that is all.
    void receiveAll();

Q_SIGNALS:
    /// The receiver owns descriptor (-1: none) and closes it. A slot may delete the channel.
    void received(char type, const QByteArray &payload, int descriptor);
    /// The other side is gone and everything it sent was handed out. Once.
    void closed();

private:
    struct Message
    {
        char type;
        QByteArray payload;
        FileDescriptor descriptor;
    };
    enum class Outcome { Done, Later, Gone };

    void receiveSome(int atMost);
    Outcome receiveOne();
    Outcome transmit(const Message &message);
    void flush();
    bool hasRoomForDescriptor() const;
    void end();

    FileDescriptor m_socket;
    QSocketNotifier *m_readable = nullptr;
    QSocketNotifier *m_writable = nullptr;
    QTimer m_again; ///< While out of descriptors, here or on the way.
    QByteArray m_buffer;
    std::deque<Message> m_queue;
    bool m_isDeaf = false; ///< The other side reads no more.
};

} // namespace quoin::supervisor
