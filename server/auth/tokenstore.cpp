// SPDX-License-Identifier: GPL-3.0-only
#include "auth/tokenstore.h"

#include "auth/scopes.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace quoin::auth {

namespace {

const QString columns = u"id, name, beginning, hash, scopes, created, expires, last_used, revoked"_s;

std::optional<qint64> time(Rows &rows, int column)
{
    return rows.isNull(column) ? std::nullopt : std::optional(rows.integer(column));
}

TokenRow row(Rows &rows)
{
    TokenRow row;
    row.id = rows.integer(0);
    row.name = QString::fromUtf8(rows.text(1));
    row.beginning = rows.text(2);
    row.hash = rows.text(3);
    row.scopes = QString::fromUtf8(rows.text(4)).split(u' ', Qt::SkipEmptyParts);
    row.created = rows.integer(5);
    row.expires = time(rows, 6);
    row.lastUsed = time(rows, 7);
    row.revoked = time(rows, 8);
    return row;
}

Result<QList<TokenRow>> select(Connection &connection, const QString &condition, const QVariantList &values = {})
{
    auto rows = connection.query(u"SELECT %1 FROM token %2"_s.arg(columns, condition), values);
    if (!rows)
        return rows.error();
    QList<TokenRow> found;
    while (rows->next())
        found.append(row(*rows));
    if (const auto stepped = rows->error(); !stepped)
        return stepped.error();
    return found;
}

Result<> check(const NewToken &token)
{
    constexpr qsizetype longest = 200;
    const bool isName = !token.name.isEmpty() && token.name.size() <= longest && token.name == token.name.trimmed()
        && std::all_of(token.name.begin(), token.name.end(), [](QChar c) { return c.isPrint(); });
    if (!isName)
        return Error::invalid(u"a token's name is 1 to 200 printable characters, such as \"laptop\""_s);
    if (token.scopes.isEmpty())
        return Error::invalid(u"a token without a scope would be good for nothing"_s);
    for (const QString &scope : token.scopes) {
        if (!isScope(scope))
            return Error::invalid(u"\"%1\" cannot be a scope; scopes are words such as records:read"_s.arg(scope));
    }
    return {};
}

/// Of two that ask at the same time the database refuses one by its index; most are told here, in our words.
Result<> makeRoom(Connection &connection, const NewToken &token, qint64 now)
{
    if (token.replaces) {
        const auto ended = connection.execute(u"UPDATE token SET revoked = ? WHERE name = ? AND revoked IS NULL"_s,
                                              {now, token.name});
        return ended ? Result<>() : ended.error();
    }
    const auto same = select(connection, u"WHERE name = ? AND revoked IS NULL"_s, {token.name});
    if (!same)
        return same.error();
    if (same->isEmpty())
        return {};
    return Error::conflict(u"there is a token \"%1\" already, of id %2; revoke it first, or choose another name"_s.arg(
        token.name, QString::number(same->first().id)));
}

Result<qint64> insert(Connection &connection, const NewToken &token, const TokenText &text, qint64 now)
{
    const QVariant expires = token.expires ? QVariant(*token.expires) : QVariant(QMetaType::fromType<qint64>());
    auto rows = connection.query(
        u"INSERT INTO token (name, beginning, hash, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?) RETURNING id"_s,
        {token.name, QString::fromLatin1(text.beginning()), QString::fromLatin1(text.hash()), token.scopes.join(u' '),
         now, expires});
    if (!rows)
        return rows.error();
    if (rows->next())
        return rows->integer(0);
    const auto stepped = rows->error();
    return stepped ? Error::internal(u"the database returned no id for a token"_s) : stepped.error();
}

/// By name among those that are not revoked, which is one at most; else by id.
Result<TokenRow> named(Connection &connection, const QString &nameOrId)
{
    auto found = select(connection, u"WHERE name = ? AND revoked IS NULL"_s, {nameOrId});
    bool isId = false;
    const qint64 id = nameOrId.toLongLong(&isId);
    if (found && found->isEmpty() && isId)
        found = select(connection, u"WHERE id = ?"_s, {id});
    if (!found)
        return found.error();
    if (!found->isEmpty())
        return found->first();
    const auto live = select(connection, u"WHERE revoked IS NULL ORDER BY id"_s);
    if (!live)
        return live.error();
    QStringList names;
    for (const TokenRow &token : *live)
        names.append(u"\"%1\" (id %2)"_s.arg(token.name).arg(token.id));
    return Error::notFound(u"there is no token \"%1\"; there %2"_s.arg(
        nameOrId, names.isEmpty() ? u"is none"_s : u"are: "_s + names.join(u", "_s)));
}

} // namespace

Future<MadeToken> TokenStore::create(const NewToken &token, qint64 now) const
{
    if (const auto checked = check(token); !checked)
        return checked.error();
    NewToken wanted = token;
    wanted.scopes.removeDuplicates();
    return m_database.write([wanted, now](Connection &connection) -> Result<MadeToken> {
        if (const auto room = makeRoom(connection, wanted, now); !room)
            return room.error();
        const TokenText text = TokenText::random();
        const auto id = insert(connection, wanted, text, now);
        if (!id)
            return id.error();
        return MadeToken{text,
                         {*id, wanted.name, text.beginning(), text.hash(), wanted.scopes, now, wanted.expires, {}, {}}};
    });
}

Future<QList<TokenRow>> TokenStore::list() const
{
    return m_database.read([](Connection &connection) { return select(connection, u"ORDER BY id"_s); });
}

Future<TokenRow> TokenStore::revoke(const QString &nameOrId, qint64 now) const
{
    return m_database.write([nameOrId, now](Connection &connection) -> Result<TokenRow> {
        auto token = named(connection, nameOrId);
        if (!token)
            return token.error();
        if (token->revoked)
            return Error::conflict(u"the token \"%1\" is revoked already"_s.arg(token->name));
        const auto changed = connection.execute(u"UPDATE token SET revoked = ? WHERE id = ?"_s, {now, token->id});
        if (!changed)
            return changed.error();
        token->revoked = now;
        return token;
    });
}

/// The look-up itself may tell by its time how much of a hash is right. Nobody can make use of that, because nobody can
/// choose a token by its hash; but comparing is cheap.
Future<std::optional<TokenRow>> TokenStore::find(const QByteArray &hash) const
{
    return m_database.read([hash](Connection &connection) -> Result<std::optional<TokenRow>> {
        const auto found = select(connection, u"WHERE hash = ?"_s, {QString::fromLatin1(hash)});
        if (!found)
            return found.error();
        if (found->isEmpty() || !isSameSecret(found->first().hash, hash))
            return std::optional<TokenRow>();
        return std::optional(found->first());
    });
}

Future<qint64> TokenStore::noteUse(qint64 id, qint64 now) const
{
    return m_database.write([id, now](Connection &connection) {
        return connection.execute(
            u"UPDATE token SET last_used = ? WHERE id = ? AND (last_used IS NULL OR last_used < ?)"_s, {now, id, now});
    });
}

Future<bool> TokenStore::hasWriter(qint64 now) const
{
    return list().then([now](const Result<QList<TokenRow>> &tokens) -> Result<bool> {
        if (!tokens)
            return tokens.error();
        return std::any_of(tokens->begin(), tokens->end(), [now](const TokenRow &token) {
            return token.isLive(now) && std::any_of(token.scopes.begin(), token.scopes.end(), isWritingScope);
        });
    });
}

} // namespace quoin::auth
