// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

#include <deque>
#include <string_view>

namespace quoin::http {

/// Bytes a socket has not taken yet. Large pieces are shared, not copied.
class SendQueue
{
public:
    enum class Outcome : quint8 { Sent, Blocked, Gone };

    void append(std::string_view bytes);
    void append(const QByteArray &bytes);

    /// Sends head and body, in one call to the system if nothing waits before them, and queues what is left.
    Outcome send(int descriptor, std::string_view head, const QByteArray &body);
    /// Sends what is queued, as far as the socket takes it.
    Outcome flush(int descriptor);

    qint64 size() const { return m_size; }
    bool isEmpty() const { return m_size == 0; }
    void clear();

private:
    void drop(qint64 sent);

    std::deque<QByteArray> m_pieces;
    qsizetype m_offset = 0; ///< Into the first piece.
    qint64 m_size = 0;
};

} // namespace quoin::http
