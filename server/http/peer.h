// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

namespace quoin::http {

/// The other end of a connection.
struct Peer
{
    QByteArray
        address; ///< As text, without the port; an IPv4 address mapped into IPv6 as IPv4. Empty for a Unix socket.
    QByteArray network; ///< What connections are counted by: the IPv4 address, or the /64 of an IPv6 one.
    bool isLoopback = true;

    static Peer of(int descriptor);
};

} // namespace quoin::http
