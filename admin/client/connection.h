// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QColor>
#include <QString>
#include <QUrl>

namespace admin {

/// How to reach a server, as the user saved it. The token is not in it: the keyring has that under `id`.
struct Connection
{
    QString id = {};   ///< unique, never shown
    QString name = {}; ///< "Production"
    QUrl url = {};     ///< http or https, may have a path
    QColor color = {}; ///< shown wherever the window says which server it is; invalid: the theme's accent
    bool isReadOnly = false;
    bool isLocal = false; ///< the server of this user on this machine, found by itself and not saved

    bool isLoopback() const;
    bool operator==(const Connection &) const = default;
};

} // namespace admin
