// SPDX-License-Identifier: GPL-3.0-only
#include "database/databaselog.h"

namespace quoin::database {

Q_LOGGING_CATEGORY(databaseLog, "quoin.database")

} // namespace quoin::database
