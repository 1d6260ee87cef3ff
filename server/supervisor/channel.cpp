// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/channel.h"

#include "supervisor/log.h"

#include <QPointer>
#include <QSocketNotifier>

#include <cerrno>
#include <cstring>
#include <limits>

#include <fcntl.h>
#include <sys/socket.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::supervisor {

namespace {

constexpr int messagesATurn = 64; // then the loop's other events have their turn
constexpr auto pause = 20ms;      // while out of descriptors: asking again at once would only burn the processor

/// Room for one descriptor beside a message; the kernel closes what does not fit (cmsg(3)).
union Ancillary {
    char bytes[CMSG_SPACE(sizeof(int))];
    cmsghdr alignment;
};

int descriptorIn(msghdr &message)
{
    const cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return -1;
    int descriptor = -1;
    std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
    return descriptor;
}

void putDescriptor(msghdr &message, Ancillary &ancillary, int descriptor)
{
    message.msg_control = ancillary.bytes;
    message.msg_controllen = sizeof ancillary.bytes;
    cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
}

} // namespace

Result<std::pair<int, int>> Channel::makePair()
{
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0)
        return Error::unavailable(u"A channel to a worker process cannot be made: %1."_s.arg(qt_error_string(errno)));
    return std::pair(ends[0], ends[1]);
}

Channel::Channel(int descriptor, QObject *parent)
    : QObject(parent)
    , m_socket(descriptor)
    , m_buffer(1 + largestPayload, Qt::Uninitialized)
{
    m_readable = new QSocketNotifier(descriptor, QSocketNotifier::Read, this);
    m_writable = new QSocketNotifier(descriptor, QSocketNotifier::Write, this);
    m_writable->setEnabled(false);
    m_again.setSingleShot(true);
    connect(m_readable, &QSocketNotifier::activated, this, [this] { receiveSome(messagesATurn); });
    connect(m_writable, &QSocketNotifier::activated, this, &Channel::flush);
    connect(&m_again, &QTimer::timeout, this, [this] {
        m_readable->setEnabled(true);
        flush();
    });
}

Channel::~Channel() = default;

bool Channel::send(char type, const QByteArray &payload, int descriptor)
{
    Message message{type, payload, FileDescriptor(descriptor)};
    if (payload.size() > largestPayload) {
        qCCritical(log).noquote().nospace() << "message too large type=" << type << " bytes=" << payload.size();
        return false;
    }
    if (!isOpen() || m_isDeaf)
        return false;
    if (m_queue.empty()) {
        switch (transmit(message)) {
        case Outcome::Done:
            return true;
        case Outcome::Gone:
            m_isDeaf = true;
            return false;
        case Outcome::Later:
            break;
        }
    }
    m_queue.push_back(std::move(message));
    return true;
}

Channel::Outcome Channel::transmit(const Message &message)
{
    char type = message.type;
    iovec parts[2] = {{&type, 1},
                      {const_cast<char *>(message.payload.constData()), static_cast<size_t>(message.payload.size())}};
    msghdr header{};
    header.msg_iov = parts;
    header.msg_iovlen = 2;
    Ancillary ancillary{};
    if (message.descriptor.isOpen())
        putDescriptor(header, ancillary, message.descriptor.get());

    ssize_t sent = -1;
    do
        sent = ::sendmsg(m_socket.get(), &header, MSG_DONTWAIT | MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent >= 0)
        return Outcome::Done;
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        m_writable->setEnabled(true);
        return Outcome::Later;
    }
    // Too many descriptors on the way (unix(7), ETOOMANYREFS) or no memory: the socket counts as writable all the same.
    if (errno == ETOOMANYREFS || errno == ENOBUFS || errno == ENOMEM) {
        m_writable->setEnabled(false);
        m_again.start(pause);
        return Outcome::Later;
    }
    return Outcome::Gone;
}

void Channel::flush()
{
    m_writable->setEnabled(false);
    while (!m_queue.empty()) {
        switch (transmit(m_queue.front())) {
        case Outcome::Later:
            return;
        case Outcome::Gone: // what it sent before may still be read
            m_isDeaf = true;
            m_queue.clear();
            return;
        case Outcome::Done:
            m_queue.pop_front();
        }
    }
}

void Channel::receiveAll() { receiveSome(std::numeric_limits<int>::max()); }

void Channel::receiveSome(int atMost)
{
    const QPointer<Channel> alive(this);
    for (int i = 0; i < atMost && alive && isOpen(); ++i) {
        const Outcome outcome = receiveOne();
        if (outcome == Outcome::Later)
            return;
        if (outcome == Outcome::Gone)
            return end();
    }
}

/// A message that finds no free descriptor is handed out without the one it carried, which is lost. So it stays where
/// it is until there is room.
bool Channel::hasRoomForDescriptor() const
{
    const int probe = ::fcntl(m_socket.get(), F_DUPFD_CLOEXEC, 0);
    if (probe < 0)
        return false;
    ::close(probe);
    return true;
}

Channel::Outcome Channel::receiveOne()
{
    if (!hasRoomForDescriptor()) {
        m_readable->setEnabled(false);
        m_again.start(pause);
        return Outcome::Later;
    }
    iovec part{m_buffer.data(), static_cast<size_t>(m_buffer.size())};
    Ancillary ancillary{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = ancillary.bytes;
    header.msg_controllen = sizeof ancillary.bytes;
    const ssize_t size = ::recvmsg(m_socket.get(), &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (size > 0) {
        Q_EMIT received(m_buffer.at(0), m_buffer.sliced(1, size - 1), descriptorIn(header));
        return Outcome::Done;
    }
    if (size == 0)
        return Outcome::Gone;
    if (errno == EAGAIN || errno == EWOULDBLOCK)
        return Outcome::Later;
    // A side that ends with messages unread is told once by ECONNRESET; what it sent before comes after that.
    return errno == EINTR || errno == ECONNRESET ? Outcome::Done : Outcome::Gone;
}

void Channel::end()
{
    m_readable->setEnabled(false);
    m_writable->setEnabled(false);
    m_again.stop();
    m_queue.clear();
    m_socket = FileDescriptor();
    Q_EMIT closed();
}

} // namespace quoin::supervisor
