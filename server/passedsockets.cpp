// SPDX-License-Identifier: GPL-3.0-only
#include "passedsockets.h"

#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

constexpr int firstDescriptor = 3; // SD_LISTEN_FDS_START
constexpr int most = 64;

QByteArray takeVariable(const char *name)
{
    const QByteArray value = qgetenv(name);
    ::unsetenv(name);
    return value;
}

int option(int descriptor, int which)
{
    int value = -1;
    socklen_t size = sizeof value;
    return ::getsockopt(descriptor, SOL_SOCKET, which, &value, &size) == 0 ? value : -1;
}

/// Why it cannot be served on; empty if it can.
QString faultOf(int descriptor, int family)
{
    if (family < 0)
        return u"it is no socket (%1)"_s.arg(qt_error_string(errno));
    if (family == AF_UNIX)
        return u"it is a Unix socket, and clients are told apart by their addresses; give ListenStream= an address and a port"_s;
    if (family != AF_INET && family != AF_INET6)
        return u"it is neither of IPv4 nor of IPv6"_s;
    if (option(descriptor, SO_TYPE) != SOCK_STREAM)
        return u"it is not a TCP socket; use ListenStream="_s;
    if (option(descriptor, SO_ACCEPTCONN) != 1)
        return u"it does not listen; use Accept=no"_s;
    return {};
}

} // namespace

QList<PassedSocket> passedSockets(const QByteArray &listenPid, const QByteArray &count, const QByteArray &names,
                                  qint64 self)
{
    bool isNumber = false;
    const int number = count.toInt(&isNumber);
    if (listenPid.toLongLong() != self || !isNumber || number < 1 || number > most)
        return {};
    const QList<QByteArray> named = names.split(':');
    QList<PassedSocket> sockets;
    for (int i = 0; i < number; ++i)
        sockets.append({firstDescriptor + i, QString::fromUtf8(named.value(i))});
    return sockets;
}

QList<PassedSocket> takePassedSockets()
{
    const QByteArray pid = takeVariable("LISTEN_PID");
    const QByteArray count = takeVariable("LISTEN_FDS");
    const auto sockets = passedSockets(pid, count, takeVariable("LISTEN_FDNAMES"), ::getpid());
    for (const PassedSocket &socket : sockets)
        ::fcntl(socket.descriptor, F_SETFD, FD_CLOEXEC);
    return sockets;
}

Result<ListenAddress> addressOf(const PassedSocket &socket)
{
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    auto *const address = reinterpret_cast<sockaddr *>(&storage);
    const bool isSocket = ::getsockname(socket.descriptor, address, &size) == 0;
    if (const QString fault = faultOf(socket.descriptor, isSocket ? storage.ss_family : -1); !fault.isEmpty()) {
        return Error::invalid(u"the service manager passed descriptor %1%2, and %3"_s.arg(
            QString::number(socket.descriptor), socket.name.isEmpty() ? QString() : u" (%1)"_s.arg(socket.name),
            fault));
    }
    const quint16 port = ntohs(storage.ss_family == AF_INET ? reinterpret_cast<sockaddr_in &>(storage).sin_port
                                                            : reinterpret_cast<sockaddr_in6 &>(storage).sin6_port);
    return ListenAddress{QHostAddress(address), port};
}

} // namespace quoin::server
