// SPDX-License-Identifier: GPL-3.0-only
#include "client/session.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace admin {

Session::Session(const Connection &connection, const QString &token, QObject *parent)
    : QObject(parent)
    , m_connection(connection)
    , m_api(connection.url)
    , m_events(m_api)
    , m_reachability(m_api)
{
    m_api.setToken(token);
    m_api.setReadOnly(connection.isReadOnly);
    m_poll.setInterval(3s);
    connect(&m_poll, &QTimer::timeout, this, [this] {
        if (m_reachability.isOnline() && !m_events.isOpen())
            announceAll();
    });
    connect(&m_events, &EventStream::event, this, &Session::changed);
    connect(&m_events, &EventStream::opened, this, [this] { m_reachability.note({}); });
    connect(&m_events, &EventStream::closed, this, [this](const Problem &problem) {
        // A stream that ends by itself says only that the server drains; a request will tell whether it is gone.
        if (problem.kind == Problem::Kind::Unauthorized)
            m_reachability.note(problem);
        else
            greet();
    });
    connect(&m_reachability, &Reachability::attempt, this, &Session::greet);
    connect(&m_reachability, &Reachability::cameOnline, this, [this] {
        m_events.retryNow();
        greet(); // another version of the server may have come back
        announceAll();
    });
}

void Session::start()
{
    m_poll.start();
    greet();
}

void Session::setReadOnly(bool readOnly)
{
    if (readOnly == isReadOnly())
        return;
    m_api.setReadOnly(readOnly);
    m_connection.isReadOnly = readOnly;
    Q_EMIT readOnlyChanged();
}

void Session::setToken(const QString &token)
{
    m_api.setToken(token);
    m_events.stop();
    if (m_greeting && !m_greeting->isFinished())
        delete m_greeting; // it would tell of the old token
    m_isGreeting = false;
    m_reachability.retryNow();
}

void Session::greet()
{
    if (std::exchange(m_isGreeting, true))
        return;
    m_greeting = m_api.get(u"/admin/v1"_s, {}, this);
    m_greeting->then(this, [this](const ApiReply &reply) {
        using enum Problem::Kind;
        if (reply.isOk())
            takeIndex(reply);
        else if (reply.problem().kind == NotFound)
            m_reachability.distrust(Problem::malformed(tr("Something answers there, but it has no /admin/v1")));
        else if (reply.problem().status != 0 && reply.problem().kind != Unauthorized)
            m_reachability.distrust(reply.problem());
        m_isGreeting = false; // last: coming online through this answer needs no other one
    });
}

void Session::takeIndex(const ApiReply &reply)
{
    const auto index = reply.object();
    if (!index.contains(u"endpoints"_s)) {
        m_reachability.distrust(Problem::malformed(tr("It does not say what it offers")));
        return;
    }
    m_reachability.trust();
    m_endpoints = Endpoints::ofJson(index);
    if (m_endpoints.has(u"GET"_s, u"/admin/v1/events"_s) && !m_events.isRunning())
        m_events.start();
    Q_EMIT endpointsChanged();
}

void Session::announceAll()
{
    for (const auto &what : {u"server"_s, u"records"_s, u"tasks"_s, u"sips"_s, u"workers"_s, u"plugins"_s, u"audit"_s})
        Q_EMIT changed(what, {});
}

} // namespace admin
