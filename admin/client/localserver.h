// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/connection.h"

#include <QProcessEnvironment>

#include <optional>

namespace admin {

/// The server of this user on this machine, found where `quoin serve` puts things: its token in
/// `<data.dir>/admin.token`, its address 127.0.0.1:5000, unless QUOIN_DATA_DIR or QUOIN_HTTP_LISTEN say otherwise.
struct LocalServer
{
    Connection connection; ///< its id is "local"
    QString tokenFile;

    /// None if there is no such file: no server ran here yet.
    static std::optional<LocalServer> find(
        const QProcessEnvironment &environment = QProcessEnvironment::systemEnvironment());
};

} // namespace admin
