// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "auth/tokenstore.h"

#include <quoin/result.h>

#include <memory>

namespace quoin::database {
class SqlDatabase;
}

namespace quoin::server {

class Settings;

/// The database of the settings, opened for its tokens alone, by a command or before the server starts.
class TokenDatabase
{
public:
    /// Makes what is missing: folder, database, tables. The Error says what to do.
    static Result<std::unique_ptr<TokenDatabase>> open(const Settings &settings);
    ~TokenDatabase();

    /// Valid as long as this.
    auth::TokenStore store() const;

private:
    explicit TokenDatabase(std::unique_ptr<database::SqlDatabase> database);

    const std::unique_ptr<database::SqlDatabase> m_database;
};

/// Why the server must not listen where the settings say; see openDoor(). Nothing if it may, or if the database is
/// away: then the start will say so.
std::optional<QString> refusedDoor(const Settings &settings);

} // namespace quoin::server
