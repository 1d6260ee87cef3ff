// SPDX-License-Identifier: GPL-3.0-only
#include "settings/listenaddress.h"

#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace quoin::server {
namespace {

Result<ListenAddress> parseOne(const QString &text)
{
    const auto expected = u"expected an address and a port such as 127.0.0.1:5000 or [::1]:5000, not \"%1\""_s.arg(
        text);
    static const QRegularExpression form(u"^(?:\\[([^\\]]+)\\]|([^:\\[\\]]+)):([0-9]{1,5})$"_s);
    const auto match = form.match(text);
    if (!match.hasMatch())
        return Error::invalid(expected);

    const bool isBracketed = !match.captured(1).isEmpty();
    const QString name = isBracketed ? match.captured(1) : match.captured(2);
    ListenAddress address;
    address.host = name == u"localhost"_s ? QHostAddress(QHostAddress::LocalHost) : QHostAddress(name);
    const auto protocol = isBracketed ? QHostAddress::IPv6Protocol : QHostAddress::IPv4Protocol;
    const int port = match.captured(3).toInt();
    if (address.host.protocol() != protocol || port > 65535)
        return Error::invalid(expected);
    address.port = static_cast<quint16>(port);
    return address;
}

} // namespace

QString ListenAddress::toString() const
{
    const bool isV6 = host.protocol() == QHostAddress::IPv6Protocol;
    return (isV6 ? u"[%1]:%2"_s : u"%1:%2"_s).arg(host.toString()).arg(port);
}

Result<QList<ListenAddress>> parseListenAddresses(const QString &text)
{
    QList<ListenAddress> addresses;
    for (const QString &part : text.split(u',')) {
        const auto address = parseOne(part.trimmed());
        if (!address)
            return address.error();
        addresses.append(*address);
    }
    return addresses;
}

} // namespace quoin::server
