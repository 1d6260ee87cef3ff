// SPDX-License-Identifier: GPL-3.0-only
#include "http/acceptor.h"

#include "http/log.h"

#include <QSocketNotifier>

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::http {

namespace {

constexpr int backlog = 1024;
constexpr int acceptsAtOnce = 64; // then the loop's other events have their turn
constexpr auto pauseTime = std::chrono::milliseconds(100);

struct SocketAddress
{
    sockaddr_storage storage{};
    socklen_t size = 0;
    sockaddr *pointer() { return reinterpret_cast<sockaddr *>(&storage); }
};

SocketAddress socketAddress(const QHostAddress &address, quint16 port)
{
    SocketAddress result;
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        auto &ipv4 = reinterpret_cast<sockaddr_in &>(result.storage);
        ipv4.sin_family = AF_INET;
        ipv4.sin_port = htons(port);
        ipv4.sin_addr.s_addr = htonl(address.toIPv4Address());
        result.size = sizeof ipv4;
    } else {
        auto &ipv6 = reinterpret_cast<sockaddr_in6 &>(result.storage);
        const Q_IPV6ADDR bytes = address.toIPv6Address(); // of QHostAddress::Any: "::", which takes IPv4 too
        ipv6.sin6_family = AF_INET6;
        ipv6.sin6_port = htons(port);
        std::memcpy(&ipv6.sin6_addr, &bytes, sizeof bytes);
        ipv6.sin6_scope_id = address.scopeId().toUInt();
        result.size = sizeof ipv6;
    }
    return result;
}

QString adviceFor(int error)
{
    switch (error) {
    case EADDRINUSE:
        return u"another program listens there; stop it or choose another port"_s;
    case EACCES:
        return u"ports below 1024 need the right to bind them; choose another port"_s;
    case EADDRNOTAVAIL:
        return u"it is not an address of this host; see \"ip address\""_s;
    case EAFNOSUPPORT:
        return u"this host has no such protocol; choose an address of another family"_s;
    default:
        return QString::fromLocal8Bit(std::strerror(error));
    }
}

/// -1 with errno.
int openListener(SocketAddress &address, bool takesIpv4Too)
{
    const int descriptor = ::socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0)
        return -1;
    const int one = 1;
    const int only = takesIpv4Too ? 0 : 1;
    ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one,
                 sizeof one); // or a restart must wait for old connections to time out
    if (address.storage.ss_family == AF_INET6)
        ::setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    if (::bind(descriptor, address.pointer(), address.size) == 0 && ::listen(descriptor, backlog) == 0)
        return descriptor;
    const int error = errno;
    ::close(descriptor);
    errno = error;
    return -1;
}

quint16 portOf(int descriptor)
{
    SocketAddress address;
    address.size = sizeof address.storage;
    ::getsockname(descriptor, address.pointer(), &address.size);
    return ntohs(address.storage.ss_family == AF_INET ? reinterpret_cast<sockaddr_in &>(address.storage).sin_port
                                                      : reinterpret_cast<sockaddr_in6 &>(address.storage).sin6_port);
}

} // namespace

Acceptor::Acceptor(std::function<void(int)> take, QObject *parent)
    : QObject(parent)
    , m_take(std::move(take))
{
    m_resume.setSingleShot(true);
    connect(&m_resume, &QTimer::timeout, this, [this] {
        if (m_notifier)
            m_notifier->setEnabled(true);
    });
}

Acceptor::~Acceptor() { close(); }

Result<> Acceptor::listen(const QHostAddress &address, quint16 port)
{
    close();
    SocketAddress wanted = socketAddress(address, port);
    m_descriptor = openListener(wanted, address == QHostAddress(QHostAddress::Any));
    if (m_descriptor < 0) {
        return Error::unavailable(
            u"Cannot listen on %1 port %2: %3."_s.arg(address.toString()).arg(port).arg(adviceFor(errno)));
    }
    watch();
    return {};
}

void Acceptor::adopt(int descriptor)
{
    close();
    m_descriptor = descriptor;
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
    watch();
}

void Acceptor::watch()
{
    m_port = portOf(m_descriptor);
    m_notifier = new QSocketNotifier(m_descriptor, QSocketNotifier::Read, this);
    connect(m_notifier, &QSocketNotifier::activated, this, &Acceptor::acceptAll);
}

void Acceptor::close()
{
    if (m_descriptor < 0)
        return;
    delete m_notifier;
    m_notifier = nullptr;
    m_resume.stop();
    ::close(m_descriptor);
    m_descriptor = -1;
    m_port = 0;
}

void Acceptor::acceptAll()
{
    for (int i = 0; i < acceptsAtOnce; ++i) {
        const int descriptor = ::accept4(m_descriptor, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (descriptor >= 0) {
            m_isShort = false;
            m_take(descriptor);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
            return pause();
        if (errno == EAGAIN || errno == EWOULDBLOCK)
            return;
        // Anything else belongs to a connection that has failed already (accept(2)): go on with the next.
    }
}

/// Out of descriptors: asking again at once would only burn the processor. Those who wait are in the backlog.
void Acceptor::pause()
{
    if (!std::exchange(m_isShort, true)) // once for each time it happens, not for each attempt
        qCWarning(log).noquote().nospace()
            << "accepting paused for " << pauseTime.count() << " ms error=\"" << std::strerror(errno)
            << "\" remedy=\"raise the limit of open files or lower http.max_connections\"";
    m_notifier->setEnabled(false);
    m_resume.start(pauseTime);
}

} // namespace quoin::http
