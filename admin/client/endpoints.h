// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QJsonObject>
#include <QSet>
#include <QString>
#include <QStringList>

namespace admin {

/// What a server offers to our token, as `GET /admin/v1` told. What is not in it has no button.
class Endpoints
{
public:
    Endpoints() = default; ///< knows nothing yet
    static Endpoints ofJson(const QJsonObject &index);

    bool isKnown() const { return m_isKnown; }
    /// Whether there is such a route and the token's scopes are enough for it: has("GET", "/admin/v1/tasks/{id}"). The
    /// names of variables do not count.
    bool has(const QString &method, const QString &path) const;
    /// Whether the route is there, even if the token may not use it.
    bool exists(const QString &method, const QString &path) const;

    QString version() const { return m_version; }
    QString tokenName() const { return m_tokenName; }
    const QStringList &scopes() const { return m_scopes; }
    /// Largest body of a request, and of a plugin, in bytes; 0 if the server did not tell.
    qint64 bodyLimit() const { return m_bodyLimit; }
    qint64 uploadLimit() const { return m_uploadLimit; }

private:
    bool mayUse(const QString &scope) const;

    QSet<QString> m_there, m_usable;
    QString m_version, m_tokenName;
    QStringList m_scopes;
    qint64 m_bodyLimit = 0, m_uploadLimit = 0;
    bool m_isKnown = false;
};

} // namespace admin
