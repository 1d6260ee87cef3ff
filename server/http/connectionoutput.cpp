// SPDX-License-Identifier: GPL-3.0-only
// Connection, second half: from an answer to bytes.
#include "http/connection.h"

#include "http/commons.h"
#include "http/responsehead.h"
#include "http/status.h"

using namespace Qt::StringLiterals;

namespace quoin::http {

namespace {

constexpr qsizetype smallBody = 16 * 1024; // copied behind its head: one buffer, one send()

Framing framingOf(const Answer &answer, int minor)
{
    if (answer.status == 205)
        return Framing::Length;
    if (isBodiless(answer.status))
        return Framing::None;
    if (!answer.source || answer.length >= 0)
        return Framing::Length;
    return minor == 1 ? Framing::Chunked : Framing::UntilClose;
}

qint64 lengthOf(const Answer &answer)
{
    if (answer.status == 205)
        return 0;
    return answer.source ? answer.length : answer.body.size();
}

} // namespace

void Connection::deliver(quint32 sequence, Answer &&answer)
{
    if (m_phase != Phase::Pending || sequence != m_token.sequence)
        return; // late: answered by its deadline, or answered twice
    respond(std::move(answer));
    if (!m_isConsuming)
        settle();
}

void Connection::respond(Answer &&answer)
{
    m_keepAlive = m_keepAlive && !answer.close && (!m_commons.isDraining || m_commons.handBack);
    const std::size_t start = m_commons.output.size();
    const bool isStatus = answer.status >= 200 && answer.status <= 599;
    if (!isStatus || !composeHead(answer)) {
        const QString fault = isStatus
            ? u"a header of the answer is not one (a bad name, or a control character in its value)"_s
            : u"%1 is not the status of an answer"_s.arg(answer.status);
        answer = internalError(m_request->idView(), fault);
        composeHead(answer);
    }
    m_status = answer.status;
    m_bodySize = 0;
    const bool hasBody = !m_isHeadMethod && !isBodiless(answer.status);
    if (hasBody && answer.source)
        return beginStream(start, std::move(answer));
    send(start, hasBody ? answer.body : QByteArray());
}

/// Appends it to Commons::output.
bool Connection::composeHead(const Answer &answer)
{
    const Framing framing = framingOf(answer, m_minor);
    if (framing == Framing::UntilClose)
        m_keepAlive = false;
    ResponseFacts facts;
    facts.status = answer.status;
    facts.framing = framing;
    facts.length = lengthOf(answer);
    facts.minor = m_minor;
    facts.keepAlive = m_keepAlive;
    facts.date = m_commons.date.text();
    facts.requestId = m_request->idView();
    std::string timing;
    if (m_commons.limits.serverTiming)
        appendServerTiming(timing, *m_request, m_since);
    facts.serverTiming = timing;
    m_isChunked = framing == Framing::Chunked;
    return appendResponseHead(m_commons.output, facts, answer.headers);
}

/// Sends the head composed from `start` of Commons::output on, and body; or leaves both there for the end of the round.
void Connection::send(std::size_t start, const QByteArray &body)
{
    m_phase = Phase::Sending;
    m_progress = m_commons.now;
    m_bodySize = body.size();
    std::string &output = m_commons.output;
    const bool isSmall = body.size() <= smallBody;
    if (isSmall)
        output.append(body.constData(), static_cast<std::size_t>(body.size()));
    if (isSmall && m_commons.isGathering && m_queue.isEmpty()) {
        m_commons.outgoing.push_back({this, start, output.size() - start});
        return;
    }
    const auto outcome = m_queue.send(m_descriptor, std::string_view(output).substr(start),
                                      isSmall ? QByteArray() : body);
    output.resize(start);
    sent(outcome);
}

void Connection::sendGathered(std::string_view bytes)
{
    if (isGone())
        return;
    sent(m_queue.send(m_descriptor, bytes, {}));
    settle();
}

SendQueue::Outcome Connection::flush()
{
    const qint64 before = m_queue.size();
    const auto outcome = m_queue.flush(m_descriptor);
    if (m_queue.size() < before)
        m_progress = m_commons.now;
    return outcome;
}

void Connection::sent(SendQueue::Outcome outcome)
{
    if (outcome == SendQueue::Outcome::Gone)
        return die();
    if (outcome == SendQueue::Outcome::Sent && m_phase == Phase::Sending)
        finish();
}

/// The answer has left. The next request, if it is there already, is read by whoever called: consume() or this.
void Connection::finish()
{
    report(true);
    releaseRequest();
    m_source.reset();
    if (!m_keepAlive)
        return linger();
    m_phase = Phase::Idle;
    m_deadline = m_commons.now + m_commons.limits.idleTime.count();
    if (!m_isConsuming)
        takeBacklog();
}

} // namespace quoin::http
