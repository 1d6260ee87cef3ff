// SPDX-License-Identifier: GPL-3.0-only
// A Redis that keeps its connection and says nothing: stopped, overloaded, or behind a network that has gone.
#include "redis/engine.h"

#include "redis/enginebusy.h"

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace quoin::redis {

/// How long connecting to one address may take, and then the greeting.
std::chrono::milliseconds Connection::Engine::patience() const
{
    return m_options.timeout > 0ms ? m_options.timeout : 1000ms;
}

std::chrono::milliseconds Connection::Engine::commandLimit() const
{
    return m_channels.isEmpty() ? m_options.timeout : patience();
}

void Connection::Engine::onLate()
{
    const Busy busy(&m_depth);
    lose(u"it was connected to, and did not answer within %1 ms%2"_s.arg(patience().count())
             .arg(m_url.tls ? u"; does it speak TLS there?"_s : QString()));
}

void Connection::Engine::watch()
{
    if (m_state == State::Open && !m_watch.isActive() && commandLimit() > 0ms)
        m_watch.start(commandLimit());
}

/// A command that is too old is a suspicion only: if the event loop was busy, its reply may be waiting, or it has not
/// even been sent. If nothing moves in the next quarter either, it is a certainty.
void Connection::Engine::onWatch()
{
    const Busy busy(&m_depth);
    if (m_pipeline.isEmpty())
        return;
    const std::chrono::milliseconds waited(m_clock.elapsed() - m_pipeline.oldest());
    if (waited < commandLimit()) {
        m_suspected = -1;
        m_watch.start(commandLimit() - waited);
    } else if (hasMoved()) {
        m_watch.start(commandLimit() / 4);
    } else {
        lose(u"it has not answered for %1 ms"_s.arg(waited.count()));
    }
}

/// Since the last look, or if this is the first one.
bool Connection::Engine::hasMoved()
{
    // The socket says that it can be written to only when a good part of it is free: on a slow network, seldom.
    constexpr int much = 64 * 1024;
    const int before = std::exchange(m_inTransit, m_link->inTransit());
    const bool drains = before > much && m_inTransit < before;
    return std::exchange(m_suspected, m_arrivals) != m_arrivals || drains || m_link->hasInput();
}

void Connection::Engine::listen() { m_silence.start(m_options.silence); }

/// A connection that only listens would never notice that nobody speaks any more.
void Connection::Engine::onSilence()
{
    const Busy busy(&m_depth);
    if (std::exchange(m_heard, m_arrivals) == m_arrivals && m_pipeline.isEmpty())
        enqueue({"PING"}, {});
}

} // namespace quoin::redis
