// SPDX-License-Identifier: GPL-3.0-only
#include "tokendatabase.h"

#include "auth/clock.h"
#include "auth/schema.h"
#include "database/sqldatabase.h"
#include "datafolder.h"
#include "settings/authsettings.h"
#include "settings/databasesettings.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

TokenDatabase::TokenDatabase(std::unique_ptr<database::SqlDatabase> database)
    : m_database(std::move(database))
{
}

TokenDatabase::~TokenDatabase() = default;

Result<std::unique_ptr<TokenDatabase>> TokenDatabase::open(const Settings &settings)
{
    const auto url = database::DatabaseUrl::parse(settings.text(u"database.url"_s));
    if (!url)
        return url.error();
    if (const auto made = prepareDataFolder(settings.text(u"data.dir"_s)); !made)
        return made.error();
    database::DatabaseOptions options = databaseOptions(settings);
    options.readers = 1;
    options.writers = 1;
    auto opened = std::make_unique<database::SqlDatabase>(*url, options);
    if (const auto result = opened->open(); !result)
        return result.error();
    QList<database::MigrationStep> steps;
    for (const Migration &migration : auth::migrations())
        steps.append({migration.name, migration.sqlite, migration.postgresql});
    if (const auto migrated = opened->migrate(steps); !migrated)
        return migrated.error();
    return std::unique_ptr<TokenDatabase>(new TokenDatabase(std::move(opened)));
}

auth::TokenStore TokenDatabase::store() const { return auth::TokenStore(Database(m_database.get())); }

std::optional<QString> refusedDoor(const Settings &settings)
{
    auto door = openDoor(settings);
    if (!door)
        return std::nullopt;
    const auto database = TokenDatabase::open(settings);
    if (!database)
        return std::nullopt;
    const auto hasWriter = (*database)->store().hasWriter(auth::systemMicroseconds()).result();
    return hasWriter && !*hasWriter ? door : std::nullopt;
}

} // namespace quoin::server
