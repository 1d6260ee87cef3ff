// SPDX-License-Identifier: GPL-3.0-only
// From closed to open and back.
#include "redis/engine.h"

#include "redis/enginebusy.h"
#include "redis/redislog.h"

#include <QRandomGenerator>

#include <algorithm>
#include <csignal>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::redis {

namespace {

/// hiredis writes with write(2), and to a peer that has gone that is SIGPIPE: the end of the program, unless ignored.
void survivePeersThatGo()
{
    struct sigaction present = {};
    if (sigaction(SIGPIPE, nullptr, &present) == 0 && present.sa_handler == SIG_DFL)
        std::signal(SIGPIPE, SIG_IGN);
}

/// So that the connections of many processes do not come back in one moment.
std::chrono::milliseconds jittered(std::chrono::milliseconds pause)
{
    return pause * (768 + QRandomGenerator::global()->bounded(257)) / 1024;
}

} // namespace

Connection::Engine::Engine(Connection *connection, Url url, ConnectionOptions options)
    : m_connection(connection)
    , m_url(std::move(url))
    , m_options(std::move(options))
    , m_pause(m_options.firstPause)
{
    m_clock.start();
    m_retry.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &Engine::dial);
    m_deadline.setSingleShot(true);
    connect(&m_deadline, &QTimer::timeout, this, &Engine::onLate);
    m_watch.setSingleShot(true);
    m_watch.setTimerType(Qt::PreciseTimer);
    connect(&m_watch, &QTimer::timeout, this, &Engine::onWatch);
    connect(&m_silence, &QTimer::timeout, this, &Engine::onSilence);
}

void Connection::Engine::open()
{
    if (m_state != State::Closed)
        return;
    survivePeersThatGo();
    m_state = State::Pausing;
    m_pause = m_options.firstPause;
    m_retry.start(0); // not from within open(): who called it may not listen to the signals yet
}

void Connection::Engine::close()
{
    const Busy busy(&m_depth); // an answer may delete the connection
    m_state = State::Closed;
    m_trouble.clear();
    m_isAway = m_refusalTold = false;
    for (QTimer *timer : {&m_retry, &m_deadline, &m_watch, &m_silence})
        timer->stop();
    dropLink();
    m_pipeline.fail(Error::unavailable(u"the connection to Redis was closed before it answered"_s));
    deliverRefused();
}

void Connection::Engine::retire()
{
    m_connection = nullptr;
    close();
    if (m_depth > 0)
        deleteLater();
    else
        delete this;
}

void Connection::Engine::dropLink()
{
    if (m_dialer) {
        m_dialer->disconnect(this);
        std::exchange(m_dialer, nullptr)->deleteLater(); // a child: goes with this at the latest
    }
    if (!m_link)
        return;
    m_link->disconnect(this);
    m_link->close();
    m_link->setParent(this); // with it at the latest
    m_link.release()->deleteLater();
}

void Connection::Engine::dial()
{
    const Busy busy(&m_depth);
    m_state = State::Dialing;
    m_dialer = new Dialer(m_url, patience(), this);
    connect(m_dialer, &Dialer::connected, this, &Engine::onConnected);
    connect(m_dialer, &Dialer::failed, this, [this](const QString &reason) {
        const Busy dialing(&m_depth);
        lose(reason);
    });
    m_dialer->dial();
}

void Connection::Engine::onConnected()
{
    const Busy busy(&m_depth);
    m_link = m_dialer->takeLink();
    std::exchange(m_dialer, nullptr)->deleteLater();
    connect(m_link.get(), &Link::readable, this, &Engine::onReadable);
    connect(m_link.get(), &Link::advanced, this, [this] { ++m_arrivals; });
    connect(m_link.get(), &Link::failed, this, [this](const QString &reason) {
        const Busy writing(&m_depth);
        lose(reason);
    });
    greet();
}

void Connection::Engine::becomeOpen()
{
    m_deadline.stop();
    m_state = State::Open;
    m_openedAt = m_clock.elapsed();
    m_suspected = -1;
    m_trouble.clear();
    tellReturn();
    if (!m_pipeline.isEmpty())
        watch();
    if (!m_channels.isEmpty())
        listen();
    Q_EMIT m_connection->opened();
}

void Connection::Engine::lose(const QString &reason, Cause cause)
{
    for (QTimer *timer : {&m_deadline, &m_watch, &m_silence})
        timer->stop();
    dropLink();
    m_trouble = reason;
    pause();
    const bool isFirst = !m_isAway;
    tellLoss(cause);
    m_pipeline.fail(Error::unavailable(
        u"the connection to Redis went before it answered; the command may have been carried out"_s));
    // An answer may have closed or deleted the connection.
    if (isFirst && m_isAway && m_connection)
        Q_EMIT m_connection->lost(reason);
}

void Connection::Engine::pause()
{
    // One that is lost as soon as it is open does not get the short pauses again and again.
    if (m_state == State::Open && m_clock.elapsed() - m_openedAt > m_options.longestPause.count())
        m_pause = m_options.firstPause;
    m_state = State::Pausing;
    m_retry.start(jittered(m_pause));
    m_pause = std::min(m_pause * 2, m_options.longestPause);
}

void Connection::Engine::tellLoss(Cause cause)
{
    const bool isNews = !m_isAway || (cause == Cause::Refused && !m_refusalTold);
    m_isAway = true;
    m_refusalTold = m_refusalTold || cause == Cause::Refused;
    if (!isNews)
        return;
    const QString line = u"redis away url=%1 purpose=%2 error=\"%3\""_s.arg(m_url.toDisplayString(), m_options.purpose,
                                                                            m_trouble);
    if (m_options.isQuiet)
        qCDebug(quoinRedis).noquote() << line;
    else
        qCWarning(quoinRedis).noquote() << line;
}

void Connection::Engine::tellReturn()
{
    m_refusalTold = false;
    if (!std::exchange(m_isAway, false))
        return;
    const QString line = u"redis back url=%1 purpose=%2"_s.arg(m_url.toDisplayString(), m_options.purpose);
    if (m_options.isQuiet)
        qCDebug(quoinRedis).noquote() << line;
    else
        qCInfo(quoinRedis).noquote() << line;
}

} // namespace quoin::redis
