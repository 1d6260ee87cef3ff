// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "auth/tokenstore.h"

#include <quoin/result.h>

#include <QString>

namespace quoin::auth {

/// <data folder>/admin.token
QString adminTokenFile(const QString &dataFolder);

/// Sees to it that the file holds a token with the scope admin, mode 0600, for programs of the same user: whoever may
/// read it may read the database beside it, too. A file that is missing, not of this database, revoked or expired is
/// written anew, and the token it replaces ends. Of several processes that do so at once one writes. Blocks. An Error
/// names the file.
Result<> provideAdminToken(const TokenStore &store, const QString &dataFolder, qint64 now);

} // namespace quoin::auth
