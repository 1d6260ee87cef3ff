// SPDX-License-Identifier: GPL-3.0-only
#include "admin/accessroutes.h"

#include "admin/adminjson.h"
#include "auth/auditlog.h"
#include "auth/tokenstore.h"

#include <limits>

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

void insertTime(QJsonObject &object, const QString &name, std::optional<qint64> time)
{
    if (time)
        object.insert(name, apiTime(*time));
}

QJsonObject toJson(const auth::TokenRow &token)
{
    QJsonObject object{{u"id"_s, token.id},
                       {u"name"_s, token.name},
                       {u"beginning"_s, QString::fromLatin1(token.beginning)},
                       {u"scopes"_s, QJsonArray::fromStringList(token.scopes)},
                       {u"created"_s, apiTime(token.created)}};
    insertTime(object, u"expires"_s, token.expires);
    insertTime(object, u"last_used"_s, token.lastUsed);
    insertTime(object, u"revoked"_s, token.revoked);
    return object;
}

QJsonObject toJson(const auth::AuditRow &row)
{
    QJsonObject object{{u"id"_s, row.id},
                       {u"at"_s, apiTime(row.at)},
                       {u"token"_s, row.token},
                       {u"token_id"_s, row.tokenId},
                       {u"peer"_s, QString::fromLatin1(row.peer)},
                       {u"method"_s, QString::fromLatin1(row.method)},
                       {u"path"_s, QString::fromLatin1(row.path)},
                       {u"request_id"_s, QString::fromLatin1(row.requestId)}};
    if (!row.detail.isEmpty())
        object.insert(u"detail"_s, row.detail);
    if (row.status)
        object.insert(u"status"_s, *row.status);
    return object;
}

/// "a17": the row after which the page begins.
Result<std::optional<qint64>> cursor(const Request &request)
{
    const auto text = request.query(u"after"_s);
    if (!text)
        return std::optional<qint64>();
    bool isNumber = false;
    const qint64 id = text->mid(1).toLongLong(&isNumber);
    if (!text->startsWith(u'a') || !isNumber || id <= 0)
        return Error::invalid(u"Query parameter \"after\" must be the \"next\" of an earlier page."_s);
    return std::optional(id);
}

} // namespace

void AccessRoutes::describe(Registry &registry)
{
    registry.get(u"/admin/v1/tokens"_s, [this](const Request &request) { return tokens(request); })
        .summary(u"The access tokens, without their secrets"_s)
        .scope(adminRead);
    registry.get(u"/admin/v1/audit"_s, [this](const Request &request) { return audit(request); })
        .summary(u"The changes made through this API, the newest first"_s)
        .scope(adminRead);
}

Result<> AccessRoutes::start(Services &services)
{
    m_database.emplace(services.database());
    return {};
}

Future<Response> AccessRoutes::tokens(const Request &request) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    return auth::TokenStore(*m_database).list().then([](const QList<auth::TokenRow> &tokens) {
        QJsonArray results;
        for (const auth::TokenRow &token : tokens)
            results.append(toJson(token));
        return apiAnswer(apiList(results));
    });
}

Future<Response> AccessRoutes::audit(const Request &request) const
{
    if (const auto fault = request.expectQueries({u"limit"_s, u"after"_s}); !fault)
        return fault.error();
    const auto limit = request.queryInteger(u"limit"_s, 100, 1, 1000);
    const auto after = cursor(request);
    if (!limit || !after)
        return limit ? after.error() : limit.error();
    const int wanted = static_cast<int>(*limit);
    return auth::AuditLog(*m_database)
        .page(*after, wanted + 1) // one more tells whether there is a next page
        .then([wanted](const QList<auth::AuditRow> &rows) {
            QJsonArray results;
            for (const auth::AuditRow &row : rows.first(std::min<qsizetype>(wanted, rows.size())))
                results.append(toJson(row));
            const bool hasMore = rows.size() > wanted;
            return apiAnswer(apiList(results, hasMore ? u"a%1"_s.arg(rows[wanted - 1].id) : QString()));
        });
}

} // namespace quoin::server
