// SPDX-License-Identifier: GPL-3.0-only
#include "admin/indexpart.h"

#include "admin/adminjson.h"
#include "http/caller.h"
#include "settings/settings.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

namespace {

QJsonObject endpoint(const http::RouteEntry &route)
{
    QJsonObject object{{u"method"_s, QString::fromLatin1(route.method)}, {u"path"_s, route.pattern}};
    if (!route.scope.isEmpty())
        object.insert(u"scope"_s, route.scope);
    if (!route.summary.isEmpty())
        object.insert(u"summary"_s, route.summary);
    return object;
}

} // namespace

void IndexPart::describe(Registry &registry)
{
    registry.get(u"/admin/v1"_s, [this](const Request &request) { return show(request); })
        .summary(u"What this server offers, and to whom"_s)
        .scope(adminRead);
}

Future<Response> IndexPart::show(const Request &request) const
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    QJsonArray endpoints;
    for (const http::RouteEntry &route : m_host.routes())
        endpoints.append(endpoint(route));
    const QJsonObject limits{{u"body"_s, m_host.settings->bytes(u"http.max_body"_s)},
                             {u"plugin_upload"_s, AdminHost::uploadLimit}};
    QJsonObject index{{u"version"_s, m_host.version}, {u"endpoints"_s, endpoints}, {u"limits"_s, limits}};
    if (const http::Caller *caller = http::callerOf(request))
        index.insert(u"token"_s,
                     QJsonObject{{u"name"_s, caller->name}, {u"scopes"_s, QJsonArray::fromStringList(caller->scopes)}});
    return Result<Response>(apiAnswer(index));
}

} // namespace quoin::server
