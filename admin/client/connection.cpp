// SPDX-License-Identifier: GPL-3.0-only
#include "client/connection.h"

#include <QHostAddress>

using namespace Qt::StringLiterals;

namespace admin {

bool Connection::isLoopback() const { return url.host() == u"localhost"_s || QHostAddress(url.host()).isLoopback(); }

} // namespace admin
