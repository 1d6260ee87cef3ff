// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "auth/schema.h"
#include "testdatabase.h"

/// A TestDatabase with the tables of quoin::auth.
class AuthDatabase : public TestDatabase
{
public:
    explicit AuthDatabase(const QString &dialect)
        : TestDatabase(dialect)
    {
        if (const auto migrated = database().migrate(steps()); !migrated)
            qFatal("%s", qPrintable(migrated.error().message()));
    }

    static QList<quoin::database::MigrationStep> steps()
    {
        QList<quoin::database::MigrationStep> steps;
        for (const quoin::Migration &migration : quoin::auth::migrations())
            steps.append({migration.name, migration.sqlite, migration.postgresql});
        return steps;
    }
};
