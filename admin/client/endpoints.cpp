// SPDX-License-Identifier: GPL-3.0-only
#include "client/endpoints.h"

#include <QJsonArray>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString keyOf(const QString &method, QString path)
{
    static const QRegularExpression variable(u"\\{[^}]*\\}"_s);
    return method + u' ' + path.replace(variable, u"{}"_s);
}

} // namespace

Endpoints Endpoints::ofJson(const QJsonObject &index)
{
    Endpoints result;
    result.m_isKnown = true;
    result.m_version = index[u"version"_s].toString();
    const auto token = index[u"token"_s].toObject();
    result.m_tokenName = token[u"name"_s].toString();
    for (const auto scopes = token[u"scopes"_s].toArray(); const auto &scope : scopes)
        result.m_scopes << scope.toString();
    const auto limits = index[u"limits"_s].toObject();
    result.m_bodyLimit = limits[u"body"_s].toInteger();
    result.m_uploadLimit = limits[u"plugin_upload"_s].toInteger();
    for (const auto endpoints = index[u"endpoints"_s].toArray(); const auto &value : endpoints) {
        const auto endpoint = value.toObject();
        const QString key = keyOf(endpoint[u"method"_s].toString(), endpoint[u"path"_s].toString());
        result.m_there << key;
        if (result.mayUse(endpoint[u"scope"_s].toString()))
            result.m_usable << key;
    }
    return result;
}

bool Endpoints::has(const QString &method, const QString &path) const { return m_usable.contains(keyOf(method, path)); }

bool Endpoints::exists(const QString &method, const QString &path) const
{
    return m_there.contains(keyOf(method, path));
}

// Only the admin scopes are judged here: whether others are open to everybody is the server's setting.
bool Endpoints::mayUse(const QString &scope) const
{
    if (scope == u"admin"_s)
        return m_scopes.contains(scope) || m_scopes.isEmpty();
    if (scope == u"admin:read"_s)
        return m_scopes.contains(scope) || m_scopes.contains(u"admin"_s) || m_scopes.isEmpty();
    return true;
}

} // namespace admin
