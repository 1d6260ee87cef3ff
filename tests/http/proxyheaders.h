// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QHostAddress>

/// PROXY protocol headers as a proxy sends them.
namespace proxyheaders {

/// Version 1.
inline QByteArray line(const QByteArray &client)
{
    const bool isIpv6 = client.contains(':');
    return QByteArray("PROXY ") + (isIpv6 ? "TCP6 " : "TCP4 ") + client + (isIpv6 ? " ::1" : " 127.0.0.1")
        + " 56324 80\r\n";
}

/// Version 2, of these two bytes (version and command, family and transport) and what follows the length.
inline QByteArray binary(quint8 command, quint8 family, const QByteArray &block = {})
{
    QByteArray header = QByteArray::fromHex("0D0A0D0A000D0A515549540A");
    header += static_cast<char>(command);
    header += static_cast<char>(family);
    header += static_cast<char>(block.size() >> 8);
    header += static_cast<char>(block.size() & 0xFF);
    return header + block;
}

/// Version 2 with addresses and two ports.
inline QByteArray binary(const QByteArray &client, const QByteArray &more = {})
{
    const QHostAddress address(QString::fromLatin1(client));
    QByteArray block;
    if (address.protocol() == QAbstractSocket::IPv4Protocol) {
        for (int shift = 24; shift >= 0; shift -= 8)
            block += static_cast<char>(address.toIPv4Address() >> shift & 0xFF);
        return binary(0x21, 0x11, block + QByteArray::fromHex("7F000001DC040050") + more);
    }
    const Q_IPV6ADDR bytes = address.toIPv6Address();
    block = QByteArray(reinterpret_cast<const char *>(&bytes), 16) + QByteArray(15, '\0') + '\1';
    return binary(0x21, 0x21, block + QByteArray::fromHex("DC040050") + more);
}

/// What haproxy sends ahead of its own health checks.
inline QByteArray healthCheck() { return binary(0x20, 0x00); }

} // namespace proxyheaders
