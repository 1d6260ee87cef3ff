// SPDX-License-Identifier: GPL-3.0-only
#include "client/connections.h"

#include <QSettings>
#include <QUuid>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

void write(const QList<Connection> &connections)
{
    QSettings settings;
    settings.remove(u"connections"_s);
    settings.beginWriteArray(u"connections"_s);
    for (int i = 0; i < connections.size(); ++i) {
        const Connection &connection = connections[i];
        settings.setArrayIndex(i);
        settings.setValue(u"id"_s, connection.id);
        settings.setValue(u"name"_s, connection.name);
        settings.setValue(u"url"_s, connection.url.toString());
        settings.setValue(u"color"_s, connection.color.isValid() ? connection.color.name() : QString());
        settings.setValue(u"readOnly"_s, connection.isReadOnly);
    }
    settings.endArray();
}

} // namespace

QList<Connection> Connections::all()
{
    QSettings settings;
    QList<Connection> connections;
    const int count = settings.beginReadArray(u"connections"_s);
    for (int i = 0; i < count; ++i) {
        settings.setArrayIndex(i);
        const QString color = settings.value(u"color"_s).toString();
        Connection connection{settings.value(u"id"_s).toString(),        settings.value(u"name"_s).toString(),
                              QUrl(settings.value(u"url"_s).toString()), color.isEmpty() ? QColor() : QColor(color),
                              settings.value(u"readOnly"_s).toBool(),    false};
        if (!connection.id.isEmpty() && connection.url.isValid())
            connections << connection;
    }
    return connections;
}

QString Connections::save(Connection connection)
{
    if (connection.id.isEmpty())
        connection.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
    auto connections = all();
    bool isNew = true;
    for (Connection &present : connections) {
        if (present.id == connection.id) {
            present = connection;
            isNew = false;
        }
    }
    if (isNew)
        connections << connection;
    write(connections);
    return connection.id;
}

void Connections::remove(const QString &id)
{
    auto connections = all();
    connections.removeIf([&id](const Connection &connection) { return connection.id == id; });
    write(connections);
}

QString Connections::lastUsed() { return QSettings().value(u"lastConnection"_s).toString(); }

void Connections::setLastUsed(const QString &id) { QSettings().setValue(u"lastConnection"_s, id); }

QUrl Connections::urlOf(const QString &typed)
{
    QString text = typed.trimmed();
    while (text.endsWith(u'/'))
        text.chop(1);
    if (text.isEmpty())
        return {};
    if (!text.contains(u"://"_s))
        text.prepend(u"http://"_s);
    const QUrl url(text, QUrl::StrictMode);
    const bool isWeb = url.scheme() == u"http"_s || url.scheme() == u"https"_s;
    if (!isWeb || url.host().isEmpty() || !url.userInfo().isEmpty() || url.hasQuery() || url.hasFragment())
        return {};
    return url;
}

} // namespace admin
