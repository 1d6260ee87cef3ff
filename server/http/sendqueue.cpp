// SPDX-License-Identifier: GPL-3.0-only
#include "http/sendqueue.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <sys/socket.h>
#include <sys/uio.h>

namespace quoin::http {

namespace {

constexpr qsizetype copied = 4096; // below, copying beats one more element for the kernel to gather
constexpr qsizetype tailSize = 16 * 1024;

iovec part(const char *data, qint64 size)
{
    return {const_cast<char *>(data), static_cast<std::size_t>(size)}; // sendmsg() only reads
}

/// What the socket took, or -1 if it takes nothing now, or -2 if it never will again.
qint64 sendParts(int descriptor, iovec *parts, std::size_t count)
{
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = count;
    for (;;) {
        constexpr int flags = MSG_NOSIGNAL | MSG_DONTWAIT;
        const ssize_t sent = count == 1 ? ::send(descriptor, parts->iov_base, parts->iov_len, flags)
                                        : ::sendmsg(descriptor, &message, flags);
        if (sent >= 0)
            return sent;
        if (errno == EINTR)
            continue;
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS || errno == ENOMEM ? -1 : -2;
    }
}

} // namespace

void SendQueue::append(std::string_view bytes)
{
    if (bytes.empty())
        return;
    const auto size = static_cast<qsizetype>(bytes.size());
    if (m_pieces.empty() || m_pieces.back().size() + size > tailSize || !m_pieces.back().isDetached()) {
        m_pieces.emplace_back();
        m_pieces.back().reserve(std::max(size, copied));
    }
    m_pieces.back().append(bytes.data(), size);
    m_size += size;
}

void SendQueue::append(const QByteArray &bytes)
{
    if (bytes.size() <= copied)
        return append(std::string_view(bytes.constData(), static_cast<std::size_t>(bytes.size())));
    m_pieces.push_back(bytes);
    m_size += bytes.size();
}

SendQueue::Outcome SendQueue::send(int descriptor, std::string_view head, const QByteArray &body)
{
    if (!isEmpty()) {
        append(head);
        append(body);
        return flush(descriptor);
    }
    std::array parts{part(head.data(), static_cast<qint64>(head.size())), part(body.constData(), body.size())};
    const qint64 sent = sendParts(descriptor, parts.data(), body.isEmpty() ? 1 : 2);
    if (sent == -2)
        return Outcome::Gone;
    const auto taken = static_cast<std::size_t>(std::max<qint64>(sent, 0));
    if (taken == head.size() + static_cast<std::size_t>(body.size()))
        return Outcome::Sent;
    if (taken < head.size()) {
        append(head.substr(taken));
        append(body);
    } else {
        m_pieces.push_back(body);
        m_offset = static_cast<qsizetype>(taken - head.size());
        m_size = body.size() - m_offset;
    }
    return Outcome::Blocked;
}

SendQueue::Outcome SendQueue::flush(int descriptor)
{
    while (!isEmpty()) {
        std::array<iovec, 16> parts{};
        const std::size_t count = std::min(parts.size(), m_pieces.size());
        for (std::size_t i = 0; i < count; ++i) {
            const qsizetype offset = i == 0 ? m_offset : 0;
            parts[i] = part(m_pieces[i].constData() + offset, m_pieces[i].size() - offset);
        }
        const qint64 sent = sendParts(descriptor, parts.data(), count);
        if (sent < 0)
            return sent == -1 ? Outcome::Blocked : Outcome::Gone;
        drop(sent);
    }
    return Outcome::Sent;
}

void SendQueue::drop(qint64 sent)
{
    m_size -= sent;
    while (!m_pieces.empty() && sent >= m_pieces.front().size() - m_offset) {
        sent -= m_pieces.front().size() - m_offset;
        m_offset = 0;
        m_pieces.pop_front();
    }
    m_offset += static_cast<qsizetype>(sent);
}

void SendQueue::clear()
{
    m_pieces.clear();
    m_offset = 0;
    m_size = 0;
}

} // namespace quoin::http
