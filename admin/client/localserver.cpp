// SPDX-License-Identifier: GPL-3.0-only
#include "client/localserver.h"

#include "client/connections.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

// The first address of a list that a program of this machine can use: listening at all addresses includes loopback.
QUrl urlOfListen(const QString &listen)
{
    QString address = listen.split(u',').first().trimmed();
    for (const auto &any : {u"0.0.0.0"_s, u"[::]"_s, u"*"_s}) {
        if (address.startsWith(any + u':'))
            address = u"127.0.0.1"_s + address.mid(any.size());
    }
    const QUrl url = Connections::urlOf(address);
    return url.isValid() ? url : QUrl(u"http://127.0.0.1:5000"_s);
}

} // namespace

std::optional<LocalServer> LocalServer::find(const QProcessEnvironment &environment)
{
    const QString folder = environment.value(
        u"QUOIN_DATA_DIR"_s, QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) + u"/quoin"_s);
    const QString tokenFile = folder + u"/admin.token"_s;
    if (!QFileInfo(tokenFile).isReadable())
        return {};
    LocalServer server;
    server.connection.id = u"local"_s;
    server.connection.name = QCoreApplication::translate("LocalServer", "This computer");
    server.connection.url = urlOfListen(environment.value(u"QUOIN_HTTP_LISTEN"_s, u"127.0.0.1:5000"_s));
    server.connection.isLocal = true;
    server.tokenFile = tokenFile;
    return server;
}

} // namespace admin
