// SPDX-License-Identifier: GPL-3.0-only
#include "http/connection.h"

#include "http/accesssink.h"
#include "http/commons.h"

#include <cerrno>

#include <linux/sockios.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace quoin::http {

Connection::Connection(Commons &commons, int epoll, int descriptor, const Token &name, Peer peer, bool isProxied)
    : m_commons(commons)
    , m_epoll(epoll)
    , m_descriptor(descriptor)
    , m_token(name)
    , m_peer(std::move(peer))
    , m_phase(isProxied ? Phase::Proxied : Phase::Fresh)
    , m_deadline(commons.now + (isProxied ? commons.limits.headTime : commons.limits.silentTime).count())
{
    epoll_event event{};
    event.events = m_watched = EPOLLIN;
    event.data.ptr = this;
    ::epoll_ctl(m_epoll, EPOLL_CTL_ADD, m_descriptor, &event);
}

Connection::~Connection()
{
    if (!isGone())
        die();
    if (m_isCounted)
        m_commons.peers.remove(m_peer);
}

void Connection::count()
{
    m_isCounted = true;
    m_commons.peers.add(m_peer);
}

// ---- Events -------------------------------------------------------------------------------------------------------

void Connection::onEvents(quint32 events)
{
    if (isGone()) // closed earlier in this turn
        return;
    if (events & (EPOLLERR | EPOLLHUP))
        return die();
    if (events & EPOLLOUT)
        onWritable();
    if ((events & EPOLLIN) && !isGone())
        onReadable();
    settle();
}

void Connection::onReadable()
{
    const ssize_t size = ::recv(m_descriptor, m_commons.input.data(), m_commons.input.size(), MSG_DONTWAIT);
    if (size > 0 && m_phase != Phase::Lingering)
        take({m_commons.input.data(), static_cast<std::size_t>(size)});
    else if (size == 0)
        onEnd();
    else if (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
        die();
}

/// The client has shut its side. Most have gone altogether, but some only have no more to say: an answer is still sent.
void Connection::onEnd()
{
    m_hasEnded = true;
    if (isReading() || m_phase == Phase::Lingering)
        return die();
    if (m_request)
        m_request->hint();
}

void Connection::onWritable()
{
    m_hasYielded = false;
    if (!m_queue.isEmpty())
        sent(flush());
    if (m_phase == Phase::Streaming)
        pump();
}

/// After each event: asks the system for what is of use now, and only then for what has changed.
void Connection::settle()
{
    if (isGone())
        return;
    if (m_hasEnded && isReading())
        return die();
    if (m_commons.handBack && isBetweenRequests())
        return handBack();
    const bool hasRoom = static_cast<qsizetype>(backlogSize()) < m_commons.limits.unreadRequests;
    watch(!m_hasEnded && (isReading() || m_phase == Phase::Lingering || hasRoom), !m_queue.isEmpty() || m_hasYielded);
}

void Connection::watch(bool read, bool write)
{
    const quint32 wanted = (read ? quint32(EPOLLIN) : 0U) | (write ? quint32(EPOLLOUT) : 0U);
    if (wanted == m_watched)
        return;
    m_watched = wanted;
    epoll_event event{};
    event.events = wanted;
    event.data.ptr = this;
    ::epoll_ctl(m_epoll, EPOLL_CTL_MOD, m_descriptor, &event);
}

// ---- Time ---------------------------------------------------------------------------------------------------------

void Connection::onTick()
{
    const bool isOver = m_commons.now >= m_deadline;
    switch (m_phase) {
    case Phase::Proxied:
        if (isOver)
            failProxy("no PROXY header came in time");
        break;
    case Phase::Fresh:
        if (isOver)
            fail({408, "No request arrived in time."});
        break;
    case Phase::Head:
        if (isOver)
            fail({408, "The request head did not arrive in time."});
        break;
    case Phase::Body:
        if (isTooSlow())
            fail({408, "The request body arrives too slowly."});
        break;
    case Phase::Pending:
        if (isOver) {
            m_request->abandon();
            respond(Answer::problem(504, QStringLiteral("The request was not answered in time."), m_request->idView()));
        }
        break;
    case Phase::Streaming:
    case Phase::Sending:
        if (isStalled())
            cut();
        break;
    case Phase::Idle:
    case Phase::Lingering:
        if (isOver)
            die();
        break;
    case Phase::Gone:
        break;
    }
    settle();
}

bool Connection::isTooSlow() const
{
    const qint64 milliseconds = m_commons.now - m_bodySince;
    if (milliseconds < m_commons.limits.bodyGrace.count())
        return false;
    return m_request->bodyBuffer().size() * 1000 < m_commons.limits.bodyRate * milliseconds;
}

/// Whether there is something to send and the client takes nothing. What the kernel still holds is asked for, because
/// it calls a socket writable only when a good part of it has gone: a slow client is not a stalled one.
bool Connection::isStalled()
{
    if (m_queue.isEmpty() && !m_hasYielded)
        return false;
    int held = 0;
    ::ioctl(m_descriptor, SIOCOUTQ, &held);
    if (std::exchange(m_heldByKernel, held) > held)
        m_progress = m_commons.now;
    return m_commons.now - m_progress >= m_commons.limits.stallTime.count();
}

// ---- The end ------------------------------------------------------------------------------------------------------

void Connection::drain()
{
    if (m_commons.handBack)
        return settle();
    char next = 0;
    if (m_phase == Phase::Idle && ::recv(m_descriptor, &next, 1, MSG_PEEK | MSG_DONTWAIT) <= 0)
        die();
}

/// A close with unread bytes in the socket is a reset, which may reach the client before our answer has been read. So
/// our side is shut and the client's bytes are thrown away until it closes, for a moment.
void Connection::linger()
{
    clearBacklog();
    if (m_hasEnded)
        return die();
    ::shutdown(m_descriptor, SHUT_WR);
    m_phase = Phase::Lingering;
    m_deadline = m_commons.now + m_commons.limits.lingerTime.count();
}

void Connection::cut()
{
    if (isGone())
        return;
    const struct linger reset
    {
        1, 0
    };
    ::setsockopt(m_descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    m_isCut = true;
    die();
}

/// Nothing of the client's is here: what it sends next is still the system's, and goes wherever the descriptor goes.
bool Connection::isBetweenRequests() const
{
    return m_phase <= Phase::Idle && !m_isRefused && !m_isConsuming && backlogSize() == 0;
}

void Connection::handBack()
{
    ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, m_descriptor, nullptr); // closing it here would not: others hold it too
    const bool hasBegun = m_phase != Phase::Proxied;
    m_phase = Phase::Gone;
    m_commons.gone.push_back(this);
    m_commons.handBack(m_descriptor, hasBegun ? m_peer.toNote() : QByteArray());
}

void Connection::die()
{
    if (m_request) {
        m_request->abandon();
        if (m_phase >= Phase::Pending && m_phase <= Phase::Sending)
            report(false);
        releaseRequest();
    }
    m_phase = Phase::Gone;
    if (!m_isCut)
        ::shutdown(m_descriptor, SHUT_RDWR); // whoever handed it to this process may still hold a duplicate
    ::epoll_ctl(m_epoll, EPOLL_CTL_DEL, m_descriptor, nullptr); // for the same reason closing may not
    ::close(m_descriptor);
    m_commons.gone.push_back(this); // not deleted here: this may be called from within our own pull() or handler
}

void Connection::releaseRequest()
{
    m_commons.giveBack(m_request);
    m_request = nullptr;
    m_status = 0; // of the next one, should its client leave before there is an answer
    m_bodySize = 0;
}

void Connection::report(bool isComplete)
{
    if (!m_commons.sink || !m_request)
        return;
    const RequestHead &head = m_request->head();
    AccessRecord record;
    record.method = head.method;
    record.path = head.path;
    if (const RouteEntry *entry = m_request->match().entry) {
        record.pattern = entry->pattern;
        record.route = entry->number;
    }
    record.status = m_status;
    record.bytes = m_bodySize;
    record.microseconds = exactMicroseconds() - m_since;
    record.requestId = m_request->idView();
    record.peer = m_peer.address;
    record.trace = &m_request->trace();
    record.isComplete = isComplete;
    m_commons.sink->record(record);
}

} // namespace quoin::http
