// SPDX-License-Identifier: GPL-3.0-only
#include "tokencommand.h"

#include "auth/clock.h"
#include "auth/scopes.h"
#include "columns.h"
#include "knownscopes.h"
#include "tokendatabase.h"

#include <quoin/listing.h>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTextStream>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

using auth::TokenRow;

QString timeOf(qint64 microseconds) { return QString::fromLatin1(timeText(microseconds)); }

QJsonObject toJson(const TokenRow &token)
{
    QJsonObject object{{u"id"_s, token.id},
                       {u"name"_s, token.name},
                       {u"beginning"_s, QString::fromLatin1(token.beginning)},
                       {u"scopes"_s, QJsonArray::fromStringList(token.scopes)},
                       {u"created"_s, timeOf(token.created)}};
    const auto insert = [&object](const QString &name, std::optional<qint64> time) {
        if (time)
            object.insert(name, timeOf(*time));
    };
    insert(u"expires"_s, token.expires);
    insert(u"last_used"_s, token.lastUsed);
    insert(u"revoked"_s, token.revoked);
    return object;
}

QString stateOf(const TokenRow &token, qint64 now)
{
    if (token.revoked)
        return u"revoked"_s;
    return token.hasExpired(now) ? u"expired"_s : u"live"_s;
}

/// To the second, as a person reads it.
QString shown(std::optional<qint64> time, const QString &otherwise)
{
    return time ? timeOf(*time).left(19).replace(u'T', u' ') + u'Z' : otherwise;
}

int fail(const Error &error, QTextStream &err)
{
    err << u"quoin: %1\n"_s.arg(error.message());
    return 1;
}

/// One that no route here asks for is most often a typing error; but it may be that of a plugin to come.
void warnOfUnknown(const QStringList &scopes, const Settings &settings, QTextStream &err)
{
    const QStringList known = knownScopes(settings);
    for (const QString &scope : scopes) {
        if (!known.contains(scope))
            err << u"warning: no route here asks for the scope \"%1\"; known are: %2\n"_s.arg(scope,
                                                                                              known.join(u", "_s));
    }
}

int create(const auth::TokenStore &store, const Settings &settings, const TokenWish &wish, bool asJson,
           QTextStream &out, QTextStream &err)
{
    const qint64 now = auth::systemMicroseconds();
    auth::NewToken token{wish.name, wish.scopes, {}, false};
    if (!wish.expires.isEmpty()) {
        const auto expires = expiryOf(wish.expires, now);
        if (!expires)
            return fail(expires.error(), err);
        token.expires = *expires;
    }
    if (wish.name.isEmpty() || wish.scopes.isEmpty())
        return fail(
            Error::invalid(u"say what it is called and what it may do: quoin token create --name laptop --scope "
                           "records:write; known scopes are: %1"_s.arg(knownScopes(settings).join(u", "_s))),
            err);
    const auto made = store.create(token, now).result();
    if (!made)
        return fail(made.error(), err);
    warnOfUnknown(made->row.scopes, settings, err);
    if (asJson) {
        QJsonObject object = toJson(made->row);
        object.insert(u"token"_s, QString::fromLatin1(made->text.text()));
        out << QJsonDocument(object).toJson(QJsonDocument::Compact) << '\n';
        return 0;
    }
    err << u"token \"%1\" (id %2) with the scopes %3, %4; it is not shown again:\n"_s.arg(
        made->row.name, QString::number(made->row.id), made->row.scopes.join(u", "_s),
        token.expires ? u"until %1"_s.arg(shown(token.expires, {})) : u"without an end"_s);
    err.flush();
    out << made->text.text() << '\n';
    return 0;
}

int list(const auth::TokenStore &store, bool asJson, QTextStream &out, QTextStream &err)
{
    const auto tokens = store.list().result();
    if (!tokens)
        return fail(tokens.error(), err);
    const qint64 now = auth::systemMicroseconds();
    QJsonArray array;
    QList<QStringList> rows{
        {u"ID"_s, u"NAME"_s, u"STATE"_s, u"SCOPES"_s, u"BEGINNING"_s, u"CREATED"_s, u"EXPIRES"_s, u"LAST USED"_s}};
    for (const TokenRow &token : *tokens) {
        array.append(toJson(token));
        rows.append({QString::number(token.id), token.name, stateOf(token, now), token.scopes.join(u','),
                     QString::fromLatin1(token.beginning), shown(token.created, {}), shown(token.expires, u"never"_s),
                     shown(token.lastUsed, u"never"_s)});
    }
    if (asJson)
        out << QJsonDocument(array).toJson(QJsonDocument::Indented);
    else if (tokens->isEmpty())
        err << "there are no tokens; quoin token create makes one\n";
    else
        out << columns(rows);
    return 0;
}

int revoke(const auth::TokenStore &store, const QString &nameOrId, QTextStream &err)
{
    const auto token = store.revoke(nameOrId, auth::systemMicroseconds()).result();
    if (!token)
        return fail(token.error(), err);
    err << u"revoked the token \"%1\" (id %2); servers that run stop taking it within two seconds\n"_s.arg(token->name)
               .arg(token->id);
    return 0;
}

} // namespace

int manageTokens(const Settings &settings, const QString &verb, const TokenWish &wish, const QString &operand,
                 bool asJson, QTextStream &out, QTextStream &err)
{
    const auto database = TokenDatabase::open(settings);
    if (!database)
        return fail(database.error(), err);
    const auth::TokenStore store = (*database)->store();
    if (verb == u"create"_s)
        return create(store, settings, wish, asJson, out, err);
    if (verb == u"list"_s)
        return list(store, asJson, out, err);
    return revoke(store, operand, err);
}

Result<qint64> expiryOf(const QString &text, qint64 now)
{
    static const QRegularExpression form(u"^([1-9][0-9]{0,5})(min|h|d|w)$"_s);
    static const QHash<QString, qint64> seconds{{u"min"_s, 60}, {u"h"_s, 3600}, {u"d"_s, 86'400}, {u"w"_s, 604'800}};
    if (const auto match = form.match(text); match.hasMatch())
        return now + match.captured(1).toLongLong() * seconds.value(match.captured(2)) * 1'000'000;
    const auto time = parseTime(text);
    if (!time)
        return Error::invalid(
            u"--expires \"%1\": expected a span such as 90d, 12h or 30min, or a time such as 2027-01-31 or "
            "2027-01-31T12:00:00Z"_s.arg(text));
    if (*time <= now)
        return Error::invalid(u"--expires \"%1\" has passed already"_s.arg(text));
    return *time;
}

} // namespace quoin::server
