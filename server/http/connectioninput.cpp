// SPDX-License-Identifier: GPL-3.0-only
// Connection, first half: from bytes to a request and its handler.
#include "http/connection.h"

#include "http/commons.h"
#include "http/proxyheader.h"

#include <sys/socket.h>

using namespace Qt::StringLiterals;

namespace quoin::http {

namespace {

constexpr std::size_t keptBacklog = 4096;
constexpr qsizetype announcedBody = 64 * 1024; // memory is had by sending, not by announcing

} // namespace

/// In the common case the bytes are one whole request and never touch the backlog.
void Connection::take(std::string_view bytes)
{
    if (backlogSize() > 0) {
        m_backlog.append(bytes);
        return takeBacklog();
    }
    const std::size_t used = consume(bytes);
    if (!isGone() && m_phase != Phase::Lingering)
        m_backlog.assign(bytes.substr(used));
}

void Connection::takeBacklog()
{
    if (backlogSize() == 0 || m_isConsuming || !isReading())
        return;
    const std::size_t used = consume(std::string_view(m_backlog).substr(m_backlogStart));
    m_backlogStart = std::min(m_backlogStart + used,
                              m_backlog.size()); // a fault has ended the connection and cleared it
    if (backlogSize() == 0)
        clearBacklog();
    else if (m_backlogStart > keptBacklog
             && m_backlogStart > m_backlog.size() / 2) { // moving at each request would be quadratic
        m_backlog.erase(0, m_backlogStart);
        m_backlogStart = 0;
    }
}

void Connection::clearBacklog()
{
    m_backlog.clear();
    m_backlogStart = 0;
    if (m_backlog.capacity() > keptBacklog)
        m_backlog.shrink_to_fit();
}

/// How much of bytes has been read into requests.
std::size_t Connection::consume(std::string_view bytes)
{
    std::string_view rest = bytes;
    m_isConsuming = true;
    while (isReading() && readNext(rest)) { }
    m_isConsuming = false;
    return bytes.size() - rest.size();
}

/// False: there is no more to be had from these bytes.
bool Connection::readNext(std::string_view &rest)
{
    if (m_phase == Phase::Body)
        return readBody(rest);
    return m_phase == Phase::Proxied ? readProxyHeader(rest) : readHead(rest);
}

bool Connection::readProxyHeader(std::string_view &rest)
{
    const ProxyHeader header = ProxyHeader::read(rest);
    if (header.outcome == ProxyHeader::Outcome::Malformed)
        failProxy(header.why);
    if (header.outcome != ProxyHeader::Outcome::Whole)
        return false;
    rest.remove_prefix(header.size);
    m_phase = Phase::Fresh;
    m_deadline = m_commons.now + m_commons.limits.silentTime.count();
    if (!header.client.isEmpty())
        m_peer = Peer::told(header.client);
    if (m_commons.peers.isFull(m_peer)) {
        m_commons.refused.fetch_add(1, std::memory_order_relaxed);
        failUnserved();
        return false;
    }
    count();
    return true;
}

/// Nobody is answered: whoever this is does not speak HTTP yet, and is to notice at once.
void Connection::failProxy(const char *why)
{
    m_commons.noteBadProxy(m_peer, why);
    cut();
}

bool Connection::readHead(std::string_view &rest)
{
    if (rest.empty())
        return false;
    if (m_phase != Phase::Head) {
        m_phase = Phase::Head;
        m_deadline = m_commons.now + m_commons.limits.headTime.count();
        m_scanner = HeadScanner();
    }
    const std::size_t size = m_scanner.scan(rest, m_commons.limits);
    if (size == 0) {
        if (m_scanner.fault())
            fail(m_scanner.fault());
        return false;
    }
    m_request = m_commons.takeRequest();
    const Fault fault = m_request->assignHead(rest.substr(m_scanner.skipped(), size - m_scanner.skipped()),
                                              m_commons.limits);
    rest.remove_prefix(size);
    const std::string_view id = m_request->head().requestId;
    m_request->setId(id.empty() ? m_commons.ids.next() : id);
    m_request->setPeer(m_peer.address);
    beginExchange();
    m_isHeadMethod = m_request->head().method == "HEAD";
    m_minor = m_request->head().minor;
    if (fault)
        return fail(fault), false;
    return acceptHead(!rest.empty());
}

/// From here on it is known to traces, and its time is taken if anybody wants it.
void Connection::beginExchange()
{
    const bool isTold = m_commons.limits.serverTiming;
    m_request->beginTrace(isTold);
    m_since = m_commons.sink || isTold ? exactMicroseconds() : 0;
}

/// The route is looked up before the body is read, so that what it would not accept is refused here.
bool Connection::acceptHead(bool moreHasArrived)
{
    const RequestHead &head = m_request->head();
    m_keepAlive = head.keepAlive;
    m_commons.dispatcher.resolve(*m_request);
    if (head.hasBody()) {
        if (auto refusal = m_commons.dispatcher.refusalAtHead(*m_request))
            return turnAway(*std::move(refusal)), false;
    }
    m_bodyLimit = m_commons.dispatcher.bodyLimit(*m_request);
    if (head.length > m_bodyLimit)
        return bodyFault({413, "The body is larger than this resource accepts."});
    if (head.hasBody())
        return beginBody(moreHasArrived);
    dispatch();
    return true;
}

bool Connection::beginBody(bool moreHasArrived)
{
    const RequestHead &head = m_request->head();
    m_phase = Phase::Body;
    m_bodySince = m_commons.now;
    if (head.chunked)
        m_chunks = ChunkDecoder();
    else
        m_request->bodyBuffer().reserve(std::min<qsizetype>(head.length, announcedBody));
    if (head.expectContinue && !moreHasArrived)
        sent(m_queue.send(m_descriptor, "HTTP/1.1 100 Continue\r\n\r\n", {}));
    return !isGone();
}

bool Connection::readBody(std::string_view &rest)
{
    if (rest.empty())
        return false;
    QByteArray &body = m_request->bodyBuffer();
    const qint64 length = m_request->head().length;
    std::size_t used = 0;
    if (m_request->head().chunked) {
        used = m_chunks.feed(rest, body, m_bodyLimit, m_commons.limits);
    } else {
        used = std::min(rest.size(), static_cast<std::size_t>(length - body.size()));
        body.append(rest.data(), static_cast<qsizetype>(used));
    }
    rest.remove_prefix(used);
    if (m_chunks.fault())
        return bodyFault(m_chunks.fault());
    if (!m_request->chargeBody())
        return failBusy(), false;
    if (m_request->head().chunked ? m_chunks.isDone() : body.size() == length)
        dispatch();
    return true;
}

/// A body that is too large for a path that is not there is told that, not its size.
bool Connection::bodyFault(const Fault &fault)
{
    const bool isNoRoute = m_request->match().outcome != RouteMatch::Outcome::Found;
    if (fault.status == 413 && isNoRoute) {
        m_keepAlive = false;
        dispatch();
    } else {
        fail(fault);
    }
    return false;
}

void Connection::dispatch()
{
    m_phase = Phase::Pending;
    ++m_token.sequence;
    m_chunks = ChunkDecoder();
    m_deadline = m_commons.now + m_commons.dispatcher.deadlineMs(*m_request);
    m_commons.requests.store(m_commons.requests.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);

    const Token *const outer = std::exchange(m_commons.dispatching, &m_token);
    const bool wasTaken = m_commons.bridge.offer(m_request->head().method, *this);
    m_commons.dispatching = outer;
    if (!wasTaken && m_phase == Phase::Pending)
        fail({501, "The request method is not one this server understands."});
}

void Connection::admitted() { m_commons.dispatcher.dispatch(*m_request, m_token, m_commons.mailbox); }

/// Answers a request that is not one, and ends the connection: after bytes that were not understood, nothing can be.
void Connection::fail(const Fault &fault)
{
    if (!m_request) {
        m_request = m_commons.takeRequest();
        m_request->setId(m_commons.ids.next());
        beginExchange();
        m_isHeadMethod = false;
        m_minor = 1;
    }
    m_phase = Phase::Pending;
    m_keepAlive = false;
    respond(Answer::problem(fault.status, QString::fromLatin1(fault.sentence), m_request->idView()));
}

/// Its body is not read, so nothing can follow on this connection.
void Connection::turnAway(Answer &&refusal)
{
    m_phase = Phase::Pending;
    m_keepAlive = false;
    respond(std::move(refusal));
}

void Connection::failBusy()
{
    m_phase = Phase::Pending;
    m_keepAlive = false;
    respond(overloaded(m_request->idView(), u"Too much is being uploaded at the moment. Try again shortly."_s));
}

void Connection::refuse()
{
    m_isRefused = true;
    failUnserved();
    settle();
}

void Connection::failUnserved()
{
    m_phase = Phase::Pending;
    m_keepAlive = false;
    m_request = m_commons.takeRequest();
    m_request->setId(m_commons.ids.next());
    beginExchange();
    respond(overloaded(m_request->idView(), u"Too many connections are open. Try again shortly."_s));
}

} // namespace quoin::http
