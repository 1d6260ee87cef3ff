// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <optional>

namespace quoin::auth {

/// One row of the table `token`. A value. Times are microseconds since 1970 UTC.
struct TokenRow
{
    qint64 id = 0;
    QString name;
    QByteArray beginning; ///< "quoin_Ab3x"
    QByteArray hash;
    QStringList scopes; ///< As granted.
    qint64 created = 0;
    std::optional<qint64> expires;
    std::optional<qint64> lastUsed; ///< To a minute: not every use is written down.
    std::optional<qint64> revoked;

    bool hasExpired(qint64 now) const { return expires && *expires <= now; }
    bool isLive(qint64 now) const { return !revoked && !hasExpired(now); }
};

} // namespace quoin::auth
