// SPDX-License-Identifier: GPL-3.0-only
#include "http/proxies.h"

#include <QStringList>

#include <algorithm>

#include <arpa/inet.h>

using namespace Qt::StringLiterals;

namespace quoin::http {

bool Proxies::toBits(QByteArrayView address, Bits &bits)
{
    const QByteArray text = address.toByteArray();
    if (::inet_pton(AF_INET6, text.constData(), bits.data()) == 1)
        return true;
    bits = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    return ::inet_pton(AF_INET, text.constData(), bits.data() + 12) == 1;
}

bool Proxies::isWithin(const Bits &bits, const Network &network)
{
    const auto whole = network.prefix / 8;
    if (!std::equal(bits.begin(), bits.begin() + whole, network.bits.begin()))
        return false;
    const int left = network.prefix % 8;
    const auto place = static_cast<std::size_t>(whole);
    return left == 0 || (bits[place] ^ network.bits[place]) >> (8 - left) == 0;
}

Result<Proxies::Network> Proxies::parseOne(const QString &text)
{
    const auto wrong = Error::invalid(
        u"expected an address or a network such as 192.0.2.1, 10.0.0.0/8 or fd00::/8, not \"%1\""_s.arg(text));
    Network network{{}, 128};
    const QString address = text.section(u'/', 0, 0);
    if (!toBits(address.toLatin1(), network.bits))
        return wrong;
    if (text.contains(u'/')) {
        const int most = address.contains(u':') ? 128 : 32;
        bool isNumber = false;
        const int prefix = text.section(u'/', 1).toInt(&isNumber);
        if (!isNumber || prefix < 0 || prefix > most)
            return wrong;
        network.prefix = 128 - most + prefix;
    }
    for (int bit = network.prefix; bit < 128; ++bit) {
        if (network.bits[static_cast<std::size_t>(bit / 8)] & (0x80 >> bit % 8))
            return Error::invalid(
                u"\"%1\" has bits beyond its network: is it one address, or another prefix?"_s.arg(text));
    }
    return network;
}

Result<Proxies> Proxies::parse(const QString &text)
{
    Proxies proxies;
    if (text.trimmed().isEmpty())
        return proxies;
    for (const QString &part : text.split(u',')) {
        const auto network = parseOne(part.trimmed());
        if (!network)
            return network.error();
        proxies.m_networks.push_back(*network);
    }
    return proxies;
}

bool Proxies::isListed(QByteArrayView address) const
{
    Bits bits;
    return toBits(address, bits) && std::any_of(m_networks.begin(), m_networks.end(), [&bits](const Network &network) {
               return isWithin(bits, network);
           });
}

} // namespace quoin::http
