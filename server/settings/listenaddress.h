// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/result.h>

#include <QHostAddress>
#include <QList>

namespace quoin::server {

/// Where to listen. Port 0: any free one.
struct ListenAddress
{
    QHostAddress host;
    quint16 port = 0;

    /// "127.0.0.1:5000", "[::1]:5000"
    QString toString() const;
};

/// "127.0.0.1:5000", "[::1]:5000", "localhost:5000" (127.0.0.1), several separated by commas; at least one. No names
/// are looked up.
Result<QList<ListenAddress>> parseListenAddresses(const QString &text);

} // namespace quoin::server
