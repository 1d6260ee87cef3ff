// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QByteArrayView>

#include <array>
#include <vector>

namespace quoin::http {

/// The hosts whose word is taken for who their clients are. A value; none by default.
class Proxies
{
public:
    /// "192.0.2.1", "10.0.0.0/8", "fd00::/8", several with commas; may be empty. No names are looked up. Invalid with
    /// what was expected, also for an address with bits beyond its network.
    static Result<Proxies> parse(const QString &text);

    bool isEmpty() const { return m_networks.empty(); }
    /// address: as Peer::address.
    bool include(QByteArrayView address) const { return !isEmpty() && isListed(address); }

private:
    using Bits = std::array<quint8, 16>; ///< Of an IPv6 address, an IPv4 one mapped into it.
    struct Network
    {
        Bits bits;
        int prefix; ///< Of 128.
    };

    static bool toBits(QByteArrayView address, Bits &bits);
    static bool isWithin(const Bits &bits, const Network &network);
    static Result<Network> parseOne(const QString &text);
    bool isListed(QByteArrayView address) const;

    std::vector<Network> m_networks;
};

} // namespace quoin::http
