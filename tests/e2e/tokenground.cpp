// SPDX-License-Identifier: GPL-3.0-only
#include "tokenground.h"

#include <QElapsedTimer>
#include <QFile>
#include <QThread>

using namespace Qt::StringLiterals;

namespace quoin::test {

TokenGround::TokenGround() { drop(u"guarded"_s); }

void TokenGround::setDatabase(const QString &url) { server().set(u"database.url"_s, url); }

int TokenGround::token(const QStringList &arguments)
{
    QStringList all{u"token"_s};
    all += arguments;
    all += {u"--data.dir"_s, server().dataDirectory(), u"--plugins.dir"_s, folder()};
    if (!server().databaseUrl().isEmpty())
        all += {u"--database.url"_s, server().databaseUrl()};
    return m_command.run(all) ? m_command.waitForExit().value_or(-1) : -1;
}

QByteArray TokenGround::made(const QString &name, const QStringList &scopes, const QString &expires)
{
    QStringList arguments{u"create"_s, u"--name"_s, name};
    for (const QString &scope : scopes)
        arguments += {u"--scope"_s, scope};
    if (!expires.isEmpty())
        arguments += {u"--expires"_s, expires};
    if (token(arguments) != 0)
        return {};
    for (const QByteArray &line : said().split('\n')) {
        if (line.startsWith("quoin_"))
            return line;
    }
    return {};
}

QString TokenGround::adminTokenFile() { return server().dataDirectory() + u"/admin.token"_s; }

QByteArray TokenGround::adminToken()
{
    QFile file(adminTokenFile());
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

HttpReply TokenGround::ask(const QByteArray &method, const QByteArray &target, const QByteArray &token,
                           const QByteArray &body) const
{
    QByteArray lines = body.isEmpty() ? QByteArray() : QByteArray("Content-Type: application/json\r\n");
    if (!token.isNull())
        lines += "Authorization: Bearer " + token + "\r\n";
    return HttpClient(port()).request(method, target, body, lines);
}

HttpReply TokenGround::askUntil(int status, const QByteArray &method, const QByteArray &target,
                                const QByteArray &token) const
{
    constexpr qint64 patienceMs = 60'000;
    QElapsedTimer clock;
    clock.start();
    HttpReply reply = ask(method, target, token);
    while (reply.status != status && clock.elapsed() < patienceMs) {
        QThread::msleep(20);
        reply = ask(method, target, token);
    }
    return reply;
}

QList<QJsonObject> TokenGround::rows(const QByteArray &target)
{
    QList<QJsonObject> rows;
    const HttpReply reply = ask("GET", target, adminToken());
    const QJsonArray results = QJsonDocument::fromJson(reply.body).object().value(u"results"_s).toArray();
    for (const auto result : results)
        rows.append(result.toObject());
    return rows;
}

} // namespace quoin::test
