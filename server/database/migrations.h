// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "database/databaseoptions.h"
#include "database/databaseurl.h"

#include <quoin/result.h>

#include <QList>
#include <QString>
#include <QStringList>

namespace quoin::database {

/// One change of the schema: statements for each dialect, run once in the life of a database. Its name begins with its
/// owner's, such as "records/0001-create". Once published it never changes; another step follows instead.
struct MigrationStep
{
    QString name;
    QStringList sqlite;
    QStringList postgresql;
};

/// Runs the steps that have no mark yet, in their order, each with its mark (table quoin_migration) in one transaction
/// under a lock, so that any number of processes may call it at once. Blocks for as long as another process migrates.
/// An Error names the step, the statement and the database's own words, and nothing of that step is left. A step whose
/// statements are not those that were applied under its name is Conflict.
Result<> runMigrations(const DatabaseUrl &url, const DatabaseOptions &options, const QList<MigrationStep> &steps);

} // namespace quoin::database
