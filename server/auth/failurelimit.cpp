// SPDX-License-Identifier: GPL-3.0-only
#include "auth/failurelimit.h"

#include <QHostAddress>

namespace quoin::auth {

namespace {

constexpr qsizetype most = 20'000;
constexpr qint64 whole = FailureLimit::atOnce * FailureLimit::everyMs;

/// An IPv6 host has the 2^64 addresses of its network to choose from.
QByteArray networkOf(const QByteArray &address)
{
    const QHostAddress host(QString::fromLatin1(address));
    if (host.protocol() != QAbstractSocket::IPv6Protocol)
        return address;
    const Q_IPV6ADDR bytes = host.toIPv6Address();
    return {reinterpret_cast<const char *>(bytes.c), 8};
}

} // namespace

void FailureLimit::note(const QByteArray &address, qint64 now)
{
    if (m_forgotten.size() >= most)
        makeRoom(now);
    qint64 &forgotten = m_forgotten[networkOf(address)];
    forgotten = std::min(std::max(forgotten, now) + everyMs, now + whole);
}

int FailureLimit::secondsToWait(const QByteArray &address, qint64 now) const
{
    const qint64 wait = m_forgotten.value(networkOf(address), now) - now - (whole - everyMs);
    return wait > 0 ? static_cast<int>((wait + 999) / 1000) : 0;
}

void FailureLimit::makeRoom(qint64 now)
{
    m_forgotten.removeIf([now](const auto &entry) { return *entry <= now + whole / 2; });
    if (m_forgotten.size() >= most)
        m_forgotten.clear();
}

} // namespace quoin::auth
