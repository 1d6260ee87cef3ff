// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QLoggingCategory>

namespace quoin::database {

/// "quoin.database"
const QLoggingCategory &databaseLog();

} // namespace quoin::database
