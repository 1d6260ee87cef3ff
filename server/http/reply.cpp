// SPDX-License-Identifier: GPL-3.0-only
#include "http/reply.h"

#include "http/clock.h"
#include "http/log.h"
#include "http/status.h"
#include "trace/current.h"

using namespace Qt::StringLiterals;

namespace quoin::http {

Reply::Reply(std::shared_ptr<Mailbox> mailbox, const Token &token, const IncomingRequest &request)
    : m_mailbox(std::move(mailbox))
    , m_token(token)
    , m_request(request)
{
    m_request.retain();
}

Reply::~Reply()
{
    if (m_mailbox)
        error(static_cast<int>(ErrorKind::Internal), u"the handler dropped its reply without answering"_s);
    m_request.release();
}

void Reply::send(int status, const HeaderList &headers, const QByteArray &body)
{
    Answer answer;
    answer.status = status;
    answer.headers = headers;
    answer.body = body;
    give(std::move(answer));
}

void Reply::stream(int status, const HeaderList &headers, qint64 length, abi::BodySource *owned)
{
    Answer answer;
    answer.status = status;
    answer.headers = headers;
    answer.length = length;
    answer.source.reset(owned);
    give(std::move(answer));
}

void Reply::problem(int status, const HeaderList &headers, const QString &detail)
{
    give(Answer::problem(status, detail, m_request.idView(), headers));
}

void Reply::error(int kind, const QString &message)
{
    if (!m_mailbox)
        return;
    const auto errorKind = static_cast<ErrorKind>(kind);
    const int status = statusOf(errorKind);
    const trace::Scope scope(m_request.trace()); // whatever thread this is
    if (status == 500)
        give(internalError(m_request.idView(), message));
    else if (errorKind == ErrorKind::Unavailable)
        give(overloaded(m_request.idView(), message));
    else
        give(Answer::problem(status, message, m_request.idView()));
}

void Reply::give(Answer &&answer)
{
    const auto mailbox = std::move(m_mailbox);
    if (!mailbox)
        return;
    m_request.conclude(answer.status);
    if (Times &times = m_request.times(); times.begun.load(std::memory_order_relaxed) != 0)
        times.answered.store(exactMicroseconds(), std::memory_order_relaxed);
    mailbox->post(m_token, std::move(answer));
}

Answer internalError(QByteArrayView requestId, const QString &detail)
{
    qCCritical(log).noquote().nospace() << "request failed id=" << QByteArray(requestId.data(), requestId.size())
                                        << " error=\"" << detail << '"';
    return Answer::problem(500, u"The server made a mistake. Its log has the details under this request_id."_s,
                           requestId);
}

Answer overloaded(QByteArrayView requestId, const QString &detail)
{
    return Answer::problem(503, detail, requestId, {{QByteArrayLiteral("Retry-After"), QByteArrayLiteral("1")}});
}

} // namespace quoin::http
