// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/databaseoptions.h"
#include "settings/settings.h"

namespace quoin::server {

/// A setting for what an operator tunes about the database: connections, waiting and patience. Their defaults are those
/// of database::DatabaseOptions. Sizes of batches and caches are left out: nothing an operator sees says what to set.
QList<SettingKey> databaseKeys();

/// The options as set.
database::DatabaseOptions databaseOptions(const Settings &settings);

/// What is set and would be without effect beside this database.url; one sentence each.
QStringList idleDatabaseSettings(const Settings &settings);

} // namespace quoin::server
