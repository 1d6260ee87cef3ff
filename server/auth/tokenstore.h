// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "auth/tokenrow.h"
#include "auth/tokentext.h"

#include <quoin/database.h>

#include <QList>

namespace quoin::auth {

/// What a token is made of.
struct NewToken
{
    QString name;
    QStringList scopes;
    std::optional<qint64> expires; ///< Microseconds since 1970 UTC.
    /// Ends a token of this name in the same transaction, instead of being refused for it.
    bool replaces = false;
};

/// A token with its secret: the only time that it is seen.
struct MadeToken
{
    TokenText text;
    TokenRow row;
};

/// The table `token`, which all processes of all hosts on a database share. A cheap value; any thread. Times are
/// microseconds since 1970 UTC.
class TokenStore
{
public:
    explicit TokenStore(Database database)
        : m_database(database)
    {
    }

    /// Invalid if the name or a scope is none; Conflict if a token of that name is not revoked.
    Future<MadeToken> create(const NewToken &token, qint64 now) const;

    /// All, also those that have ended, in the order made.
    Future<QList<TokenRow>> list() const;

    /// Ends one, by its name or else its id; from then on no request is let in by it, within two seconds everywhere.
    /// NotFound, with the names there are; Conflict if it is revoked already.
    Future<TokenRow> revoke(const QString &nameOrId, qint64 now) const;

    /// The one with this hash, live or not; nothing if there is none.
    Future<std::optional<TokenRow>> find(const QByteArray &hash) const;

    /// Notes a use, unless a later one is noted.
    Future<qint64> noteUse(qint64 id, qint64 now) const;

    /// Whether there is a live token that may change what plugins keep.
    Future<bool> hasWriter(qint64 now) const;

private:
    Database m_database;
};

} // namespace quoin::auth
