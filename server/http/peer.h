// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

#include <functional>

namespace quoin::http {

/// The other end of a connection: that of its socket, or the client that a proxy told of.
struct Peer
{
    QByteArray
        address; ///< As text, without the port; an IPv4 address mapped into IPv6 as IPv4. Empty for a Unix socket.
    QByteArray network;     ///< What connections are counted by: the IPv4 address, or the /64 of an IPv6 one.
    bool isLoopback = true; ///< Of this host. Never of one that was told: who speaks for others is not this host.
    bool isTold = false;

    static Peer of(int descriptor);
    /// As a proxy wrote it. Empty, as a Unix socket's, if it is no address.
    static Peer told(const QByteArray &address);

    /// What another process needs to know that takes the connection over after its first bytes were read.
    QByteArray toNote() const;
    /// And back, there. Not for an empty note, which says that no byte was read yet.
    static Peer fromNote(const QByteArray &note, int descriptor);
};

/// Takes a connection over that is between two requests: owns descriptor; note is the peer's, or empty if no byte was
/// read yet.
using HandBack = std::function<void(int descriptor, const QByteArray &note)>;

} // namespace quoin::http
