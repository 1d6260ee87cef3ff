// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "client/api.h"
#include "client/connection.h"
#include "client/endpoints.h"
#include "client/eventstream.h"
#include "client/reachability.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

namespace admin {

/// All there is about one server while the window shows it. Pages get it by Page::setSession() and forget it there.
class Session : public QObject
{
    Q_OBJECT

public:
    Session(const Connection &connection, const QString &token, QObject *parent = nullptr);

    /// Asks the server what it offers; endpointsChanged() when it told.
    void start();
    const Connection &connection() const { return m_connection; }
    Api &api() { return m_api; }
    EventStream &events() { return m_events; }
    Reachability &reachability() { return m_reachability; }
    const Endpoints &endpoints() const { return m_endpoints; }
    bool isReadOnly() const { return m_api.isReadOnly(); }
    void setReadOnly(bool readOnly);
    void setToken(const QString &token);
    /// Tells every page to fetch again what it shows.
    void refresh() { announceAll(); }

Q_SIGNALS:
    void endpointsChanged();
    void readOnlyChanged();
    /// Something is new on the server; `what` is one of server, records, tasks, sips, workers, plugins, audit (see
    /// GET /admin/v1/events), `data` what came along. Where the stream of events is not open and the server answers,
    /// this comes for each every three seconds with nothing along, so that a page needs no timer of its own. After a
    /// break it comes for each once.
    void changed(const QString &what, const QJsonObject &data);

private:
    void greet();
    void takeIndex(const ApiReply &reply);
    void announceAll();

    Connection m_connection;
    Api m_api;
    EventStream m_events;
    Reachability m_reachability;
    Endpoints m_endpoints;
    QTimer m_poll;
    QPointer<ApiReply> m_greeting;
    bool m_isGreeting = false;
};

} // namespace admin
