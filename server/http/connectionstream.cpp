// SPDX-License-Identifier: GPL-3.0-only
// Connection, a pulled body: asked for its next piece when the socket has taken the last ones.
#include "http/connection.h"

#include "http/commons.h"
#include "http/log.h"
#include "http/piece.h"
#include "trace/current.h"

#include <quoin/detail/handlers.h>

#include <charconv>

using namespace Qt::StringLiterals;

namespace quoin::http {

void Connection::beginStream(std::size_t start, Answer &&answer)
{
    m_phase = Phase::Streaming;
    m_progress = m_commons.now;
    m_source = std::move(answer.source);
    m_bodyLeft = answer.length;
    m_isPulling = m_isBodyEnded = m_hasYielded = false;
    m_queue.append(std::string_view(m_commons.output).substr(start));
    m_commons.output.resize(start);
    pump();
}

/// Fills the queue, empties it into the socket, and again, but not without end: a fast source and a fast client would
/// otherwise have the loop for themselves.
void Connection::pump()
{
    if (m_isPumping)
        return;
    m_isPumping = true;
    for (int round = 0; round < 4 && m_phase == Phase::Streaming; ++round) {
        while (m_phase == Phase::Streaming && !m_isPulling && !m_isBodyEnded
               && m_queue.size() < m_commons.limits.unsentLow)
            pull();
        if (m_phase != Phase::Streaming)
            break;
        const auto outcome = flush();
        if (m_isBodyEnded) {
            m_isPumping = false;
            m_phase = Phase::Sending;
            return sent(outcome);
        }
        sent(outcome);
        if (outcome != SendQueue::Outcome::Sent || m_isPulling)
            break;
    }
    m_isPumping = false;
    m_hasYielded = m_phase == Phase::Streaming && !m_isPulling && m_queue.isEmpty();
}

void Connection::pull()
{
    m_isPulling = true;
    try {
        m_source->pull(new Piece(m_commons.mailbox, m_token));
    } catch (...) {
        failStream(quoin::detail::currentExceptionText());
    }
}

void Connection::deliver(quint32 sequence, Segment &&segment)
{
    if (m_phase != Phase::Streaming || sequence != m_token.sequence || !m_isPulling)
        return;
    m_isPulling = false;
    if (segment.kind == Segment::Kind::Failed)
        failStream(segment.reason);
    else if (segment.kind == Segment::Kind::End || segment.bytes.isEmpty())
        endSegments();
    else
        appendSegment(segment.bytes);
    if (m_isPumping) // it came from within pull()
        return;
    pump();
    settle();
}

void Connection::appendSegment(const QByteArray &bytes)
{
    m_bodySize += bytes.size();
    if (m_bodyLeft >= 0 && bytes.size() > m_bodyLeft)
        return failStream(u"it gave more bytes than it declared"_s);
    if (m_bodyLeft >= 0)
        m_bodyLeft -= bytes.size();
    if (!m_isChunked)
        return m_queue.append(bytes);
    char size[20];
    char *end = std::to_chars(size, size + sizeof size - 2, bytes.size(), 16).ptr;
    *end++ = '\r';
    *end++ = '\n';
    m_queue.append(std::string_view(size, static_cast<std::size_t>(end - size)));
    m_queue.append(bytes);
    m_queue.append(std::string_view("\r\n"));
}

void Connection::endSegments()
{
    if (m_bodyLeft > 0)
        return failStream(u"it ended before the bytes it declared"_s);
    if (m_isChunked)
        m_queue.append(std::string_view("0\r\n\r\n"));
    m_isBodyEnded = true;
}

/// What has been sent cannot be taken back: the connection is cut, so that nobody takes a part for the whole.
void Connection::failStream(const QString &reason)
{
    const trace::Scope scope(m_request ? m_request->trace() : trace::Context());
    qCCritical(log).noquote().nospace() << "body cut off id=" << (m_request ? m_request->id() : QByteArray())
                                        << " error=\"" << reason << '"';
    cut();
}

} // namespace quoin::http
