// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/connection.h"

#include <QList>

namespace admin {

/// The connections the user saved, in QSettings; their tokens are elsewhere (see TokenStore).
class Connections
{
public:
    static QList<Connection> all();
    /// Adds it, or replaces the one with the same id. Without an id it gets one, which is returned.
    static QString save(Connection connection);
    static void remove(const QString &id);
    /// The one that was shown last; the local server's id is "local".
    static QString lastUsed();
    static void setLastUsed(const QString &id);

    /// Reads what people type: "server:5000" means http://server:5000, a slash at the end is none. Invalid if it is no
    /// address of http or https, or has a name and password in it.
    static QUrl urlOf(const QString &typed);
};

} // namespace admin
