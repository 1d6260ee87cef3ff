// SPDX-License-Identifier: GPL-3.0-only
#include "http/dispatcher.h"

#include "http/clock.h"
#include "http/log.h"
#include "http/status.h"
#include "trace/current.h"

#include <quoin/detail/handlers.h>
#include <quoin/detail/pooljob.h>

using namespace Qt::StringLiterals;

namespace quoin::http {

namespace {

/// What is still read of a request that is refused for its path or method, so that its connection can go on.
constexpr qint64 drainedBody = 64 * 1024;

} // namespace

Dispatcher::Dispatcher(const Limits &limits, const Router &router, QThreadPool &pool, Gate *gate)
    : m_limits(limits)
    , m_router(router)
    , m_pool(pool)
    , m_gate(gate)
{
}

void Dispatcher::resolve(IncomingRequest &request) const
{
    request.match() = m_router.find(request.head().method, request.head().path);
}

qint64 Dispatcher::bodyLimit(const IncomingRequest &request) const
{
    const RouteMatch &match = request.match();
    if (match.outcome != RouteMatch::Outcome::Found)
        return std::min(drainedBody, m_limits.body);
    return match.entry->bodyLimit >= 0 ? match.entry->bodyLimit : m_limits.body;
}

qint64 Dispatcher::deadlineMs(const IncomingRequest &request) const
{
    const RouteEntry *entry = request.match().entry;
    return entry && entry->deadlineMs >= 0 ? entry->deadlineMs : m_limits.handlerTime.count();
}

std::optional<Answer> Dispatcher::refusalAtHead(const IncomingRequest &request) const
{
    const RouteMatch &match = request.match();
    if (match.outcome != RouteMatch::Outcome::Found || !match.entry->isGuarded)
        return std::nullopt;
    return m_gate->refusalAtHead(request);
}

void Dispatcher::dispatch(IncomingRequest &request, const Token &token, const std::shared_ptr<Mailbox> &mailbox)
{
    const RouteMatch &match = request.match();
    if (match.outcome != RouteMatch::Outcome::Found)
        mailbox->post(token, refusal(request));
    else if (match.entry->isGuarded)
        ask(request, token, mailbox);
    else
        run(request, token, mailbox);
}

/// The gate may have to look something up. The client waits meanwhile, under the deadline of the route.
void Dispatcher::ask(IncomingRequest &request, const Token &token, const std::shared_ptr<Mailbox> &mailbox)
{
    const std::shared_ptr<IncomingRequest> held(&request, [](IncomingRequest *kept) { kept->release(); });
    request.retain();
    const trace::Scope scope(request.trace());
    m_gate->admit(request, [this, isHere = std::weak_ptr(m_isHere), held, token, mailbox](Verdict &&verdict) {
        if (isHere.expired())
            return;
        if (!verdict.admission)
            return mailbox->post(token, std::move(verdict.refusal));
        held->setAdmission(std::move(verdict.admission));
        if (held->isAbandoned())
            held->conclude(504);
        else
            run(*held, token, mailbox);
    });
}

void Dispatcher::run(const IncomingRequest &request, const Token &token, const std::shared_ptr<Mailbox> &mailbox)
{
    const RouteEntry &entry = *request.match().entry;
    if (entry.runsOn == abi::RunsOn::Loop)
        call(*entry.handler, request, token, mailbox);
    else
        enqueue(*entry.handler, request, token, mailbox);
}

void Dispatcher::enqueue(abi::Handler &handler, const IncomingRequest &request, const Token &token,
                         const std::shared_ptr<Mailbox> &mailbox)
{
    if (m_waiting.fetch_add(1, std::memory_order_relaxed) >= m_limits.waitingJobs) {
        m_waiting.fetch_sub(1, std::memory_order_relaxed);
        request.conclude(503);
        mailbox->post(token, overloaded(request.idView(), u"Too many requests are waiting. Try again shortly."_s));
        return;
    }
    request.retain();
    if (m_limits.serverTiming)
        request.times().queued = exactMicroseconds();
    quoin::detail::startOn(m_pool, [this, &handler, &request, token, mailbox] {
        m_waiting.fetch_sub(1, std::memory_order_relaxed);
        if (!request.isAbandoned()) // under overload, work nobody waits for any more is the first to go
            call(handler, request, token, mailbox);
        else
            request.conclude(504);
        request.release();
    });
}

void Dispatcher::call(abi::Handler &handler, const IncomingRequest &request, const Token &token,
                      const std::shared_ptr<Mailbox> &mailbox)
{
    const trace::Scope scope(request.trace());
    if (m_limits.serverTiming)
        request.times().begun = exactMicroseconds();
    try {
        handler.handle(&request, new Reply(mailbox, token, request));
    } catch (...) {
        // The handler may have answered, kept or leaked its reply: whatever of these comes second is dropped by its
        // token.
        request.conclude(500);
        mailbox->post(token, internalError(request.idView(), quoin::detail::currentExceptionText()));
    }
}

Answer Dispatcher::refusal(const IncomingRequest &request)
{
    const RouteMatch &match = request.match();
    const HeaderList allow{{QByteArrayLiteral("Allow"), match.allow}};
    switch (match.outcome) {
    case RouteMatch::Outcome::BadPath:
        return Answer::problem(400, u"The path has a malformed percent escape, or %00."_s, request.idView());
    case RouteMatch::Outcome::WrongMethod:
        return Answer::problem(405, u"This resource allows %1."_s.arg(QString::fromLatin1(match.allow)),
                               request.idView(), allow);
    case RouteMatch::Outcome::Options: {
        Answer answer;
        answer.status = 204;
        answer.headers = allow;
        return answer;
    }
    default:
        return Answer::problem(404, u"There is nothing at this path."_s, request.idView());
    }
}

} // namespace quoin::http
