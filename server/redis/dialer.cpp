// SPDX-License-Identifier: GPL-3.0-only
#include "redis/dialer.h"

#include "redis/namelookup.h"

using namespace Qt::StringLiterals;

namespace quoin::redis {

Dialer::Dialer(Url url, std::chrono::milliseconds timeout, QObject *parent)
    : QObject(parent)
    , m_url(std::move(url))
{
    m_deadline.setSingleShot(true);
    m_deadline.setInterval(timeout);
    connect(&m_deadline, &QTimer::timeout, this,
            [this] { onFailed(u"no answer within %1 ms"_s.arg(m_deadline.interval())); });
}

void Dialer::dial()
{
    if (!m_url.socket.isEmpty()) {
        dialNext();
        return;
    }
    lookUp(m_url.host, this, [this](const Addresses &found) {
        m_addresses = found.numeric;
        if (m_addresses.isEmpty())
            Q_EMIT failed(u"the name \"%1\" cannot be looked up: %2"_s.arg(m_url.host, found.fault));
        else
            dialNext();
    });
}

void Dialer::dialNext()
{
    m_link = std::make_unique<Link>();
    connect(m_link.get(), &Link::connected, this, &Dialer::onConnected);
    connect(m_link.get(), &Link::failed, this, &Dialer::onFailed);
    m_deadline.start();
    const bool isUnderWay = m_url.socket.isEmpty() ? m_link->connectToAddress(m_addresses.takeFirst(), m_url.port)
                                                   : m_link->connectToSocket(m_url.socket);
    if (!isUnderWay)
        onFailed(m_link->fault());
}

void Dialer::onConnected()
{
    m_deadline.stop();
    m_link->disconnect(this);
    if (m_url.tls) {
        if (const auto started = m_link->startTls(m_url); !started) {
            onFailed(started.error().message());
            return;
        }
    }
    Q_EMIT connected();
}

void Dialer::onFailed(const QString &reason)
{
    m_deadline.stop();
    m_link->disconnect(this);
    m_link->close();
    m_link.release()->deleteLater(); // It may be the one that called.
    if (m_addresses.isEmpty())
        Q_EMIT failed(reason);
    else
        dialNext();
}

} // namespace quoin::redis
