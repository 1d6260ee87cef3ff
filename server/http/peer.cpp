// SPDX-License-Identifier: GPL-3.0-only
#include "http/peer.h"

#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace quoin::http {

namespace {

Peer fromIpv4(const in_addr &address)
{
    char text[INET_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET, &address, text, sizeof text);
    return {text, text, (ntohl(address.s_addr) >> 24) == 127, false};
}

Peer fromIpv6(const in6_addr &address)
{
    if (IN6_IS_ADDR_V4MAPPED(&address)) {
        in_addr ipv4{};
        std::memcpy(&ipv4, address.s6_addr + 12, sizeof ipv4);
        return fromIpv4(ipv4);
    }
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET6, &address, text, sizeof text);
    const QByteArray network(reinterpret_cast<const char *>(address.s6_addr), 8);
    return {text, network, IN6_IS_ADDR_LOOPBACK(&address) != 0, false};
}

const QByteArray ofSocket = QByteArrayLiteral("socket");
const QByteArray ofProxy = QByteArrayLiteral("proxy ");

} // namespace

Peer Peer::of(int descriptor)
{
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr *>(&storage), &size) != 0)
        return {};
    if (storage.ss_family == AF_INET)
        return fromIpv4(reinterpret_cast<const sockaddr_in &>(storage).sin_addr);
    if (storage.ss_family == AF_INET6)
        return fromIpv6(reinterpret_cast<const sockaddr_in6 &>(storage).sin6_addr);
    return {};
}

Peer Peer::told(const QByteArray &address)
{
    Peer peer;
    in_addr ipv4{};
    in6_addr ipv6{};
    if (::inet_pton(AF_INET, address.constData(), &ipv4) == 1)
        peer = fromIpv4(ipv4);
    else if (::inet_pton(AF_INET6, address.constData(), &ipv6) == 1)
        peer = fromIpv6(ipv6);
    peer.isLoopback = false;
    peer.isTold = true;
    return peer;
}

QByteArray Peer::toNote() const { return isTold ? ofProxy + address : ofSocket; }

Peer Peer::fromNote(const QByteArray &note, int descriptor)
{
    return note.startsWith(ofProxy) ? told(note.sliced(ofProxy.size())) : of(descriptor);
}

} // namespace quoin::http
