// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "settings/settings.h"

#include <optional>

namespace quoin::server {

/// A setting for each way to do without a token.
QList<SettingKey> authKeys();

/// What needs no token. Scopes of the admin API always do.
struct AuthPolicy
{
    bool anonymousReads = true;   ///< Scopes that end in ":read".
    bool anonymousWrites = true;  ///< All others.
    bool anonymousMetrics = true; ///< The scope metrics:read.

    /// listening: the setting that says where this process is reached.
    static AuthPolicy of(const Settings &settings, const QString &listening = QStringLiteral("http.listen"));
    /// Whether anybody may call a route of this scope.
    bool isOpen(const QString &scope) const;
};

/// Where clients of other hosts may come, by an address or through a proxy, and nobody has said that anybody may write
/// there: the sentence that refuses the start, unless there is a token that may write. Nothing if the door is no
/// question.
std::optional<QString> openDoor(const Settings &settings);

} // namespace quoin::server
