// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "redis/link.h"
#include "redis/url.h"

#include <QByteArrayList>
#include <QObject>
#include <QString>
#include <QTimer>

#include <chrono>
#include <memory>

namespace quoin::redis {

/// One attempt to connect: looks the name up and tries its addresses one after the other. connected() or failed() comes
/// once; whoever made it deletes it later.
class Dialer final : public QObject
{
    Q_OBJECT

public:
    /// timeout is for each address.
    Dialer(Url url, std::chrono::milliseconds timeout, QObject *parent);

    void dial();
    /// After connected().
    std::unique_ptr<Link> takeLink() { return std::move(m_link); }

Q_SIGNALS:
    void connected();
    void failed(const QString &reason);

private:
    void dialNext();
    void onConnected();
    void onFailed(const QString &reason);

    const Url m_url;
    QTimer m_deadline;
    QByteArrayList m_addresses;
    std::unique_ptr<Link> m_link;
};

} // namespace quoin::redis
