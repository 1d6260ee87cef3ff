// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "pluginground.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace quoin::test {

/// A server with the plugin "guarded" of tests/plugins, and `quoin token` on its database.
class TokenGround : public PluginGround
{
public:
    TokenGround();

    /// Runs `quoin token ARGUMENTS` on the server's database, whether it runs or not. The exit code, or -1.
    int token(const QStringList &arguments);
    /// What the latest of these wrote.
    QByteArray said() const { return m_command.output(); }
    /// The text of a new token with these scopes; empty if there was none.
    QByteArray made(const QString &name, const QStringList &scopes, const QString &expires = {});

    /// What the server wrote into its data folder.
    QByteArray adminToken();
    QString adminTokenFile();

    /// A request on a connection of its own, with the token unless it is null.
    HttpReply ask(const QByteArray &method, const QByteArray &target, const QByteArray &token,
                  const QByteArray &body = {}) const;
    /// Asks again until it is answered so, and returns that answer; the last one, if that takes too long.
    HttpReply askUntil(int status, const QByteArray &method, const QByteArray &target, const QByteArray &token) const;
    /// The rows of a list of the admin API.
    QList<QJsonObject> rows(const QByteArray &target);

    /// On another database than a SQLite file of its own.
    void setDatabase(const QString &url);
    quint16 port() const { return m_port ? m_port : const_cast<TokenGround *>(this)->server().port(); }
    /// Where ask() goes: another server of the same database.
    void setPort(quint16 port) { m_port = port; }

private:
    QTemporaryDir m_place;
    QuoinProcess m_command{m_place.path()};
    quint16 m_port = 0;
};

/// The sentence of a problem.
inline QByteArray detailOf(const HttpReply &reply)
{
    return QJsonDocument::fromJson(reply.body).object().value(QStringLiteral("detail")).toString().toUtf8();
}

} // namespace quoin::test
