// SPDX-License-Identifier: GPL-3.0-only
// What is said first on each new link: who we are, which database, and whether Redis is ready.
#include "redis/engine.h"

#include "redis/enginebusy.h"

using namespace Qt::StringLiterals;

namespace quoin::redis {

void Connection::Engine::greet()
{
    m_state = State::Greeting;
    m_scripts.clear();
    m_unconfirmed = 0;
    m_deadline.start(patience());
    if (!m_url.password.isEmpty()) {
        QByteArrayList login{"AUTH"};
        if (!m_url.user.isEmpty())
            login.append(m_url.user.toUtf8());
        enqueue(login + QByteArrayList{m_url.password.toUtf8()}, [this](const auto &result) { onLoggedIn(result); });
    }
    if (m_url.database != 0)
        enqueue({"SELECT", QByteArray::number(m_url.database)}, [this](const auto &result) { onSelected(result); });
    // One that still loads its data, or is a replica that has lost its master, takes all of the above.
    enqueue({"PING"}, [this](const auto &result) { onPinged(result); });
    // For those who look at CLIENT LIST. A user who may not do it may still do the rest.
    enqueue({"CLIENT", "SETNAME", "quoin." + m_options.purpose.toUtf8()}, {});
}

void Connection::Engine::onLoggedIn(const Result<Reply> &result)
{
    if (m_state != State::Greeting || result)
        return;
    const QString words = result.error().message();
    if (result.error().kind() == ErrorKind::Unavailable || words.contains("max number of clients"_L1))
        lose(words);
    else
        lose(u"the user or password of the URL is refused. %1"_s.arg(words), Cause::Refused);
}

void Connection::Engine::onSelected(const Result<Reply> &result)
{
    if (m_state != State::Greeting || result)
        return;
    const QString words = result.error().message();
    if (words.contains("NOAUTH"_L1))
        return; // the PING behind it will tell
    if (result.error().kind() == ErrorKind::Unavailable || words.contains("max number of clients"_L1))
        lose(words);
    else
        lose(u"database %1 of the URL is refused. %2"_s.arg(m_url.database).arg(words), Cause::Refused);
}

void Connection::Engine::onPinged(const Result<Reply> &result)
{
    if (m_state != State::Greeting)
        return;
    if (!result) {
        const QString words = result.error().message();
        if (words.contains("NOAUTH"_L1))
            lose(u"Redis asks for a password, and the URL has none. %1"_s.arg(words), Cause::Refused);
        else if (!words.contains("NOPERM"_L1)) // a user need not be allowed to ping
            lose(words);
    } else if (result->text != "PONG") {
        // Also on the loopback, when a port that nobody listens on has met itself.
        lose(u"what listens there is no Redis"_s);
    }
    if (m_state != State::Greeting)
        return;
    if (m_channels.isEmpty())
        becomeOpen();
    else
        subscribeAll();
}

void Connection::Engine::subscribeAll()
{
    for (const QByteArray &channel : std::as_const(m_channels))
        subscribeNow(channel);
}

void Connection::Engine::subscribeNow(const QByteArray &channel)
{
    ++m_unconfirmed;
    enqueue({"SUBSCRIBE", channel}, [this](const auto &result) { onSubscribed(result); });
}

void Connection::Engine::subscribe(const QByteArray &channel)
{
    if (m_channels.contains(channel))
        return;
    m_channels.append(channel);
    if (m_state == State::Open || m_unconfirmed > 0)
        subscribeNow(channel);
    if (m_state == State::Open)
        listen();
}

void Connection::Engine::onSubscribed(const Result<Reply> &result)
{
    if (m_state != State::Greeting && m_state != State::Open)
        return;
    if (!result) {
        lose(u"a subscription is refused. %1"_s.arg(result.error().message()), Cause::Refused);
        return;
    }
    --m_unconfirmed;
    if (m_state == State::Greeting && m_unconfirmed == 0)
        becomeOpen();
}

} // namespace quoin::redis
