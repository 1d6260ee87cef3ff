// SPDX-License-Identifier: GPL-3.0-only
#include "http/commons.h"

#include "http/log.h"

namespace quoin::http {

namespace {

constexpr std::size_t keptRequests = 256;
constexpr qint64 complaintPause = 10'000; // ms: a health check that is set up wrong comes every second or two

} // namespace

Commons::Commons(const Limits &limitsOfServer, Dispatcher &dispatcherOfServer, AccessSink *sinkOfServer,
                 std::shared_ptr<Mailbox> mailboxOfLoop)
    : limits(limitsOfServer)
    , dispatcher(dispatcherOfServer)
    , sink(sinkOfServer)
    , mailbox(std::move(mailboxOfLoop))
    , peers(limitsOfServer.connectionsPerAddress)
    , m_budget(std::make_shared<MemoryBudget>(limitsOfServer.bufferedBodies))
{
}

Commons::~Commons()
{
    for (IncomingRequest *request : m_spare)
        request->release();
}

IncomingRequest *Commons::takeRequest()
{
    if (m_spare.empty())
        return new IncomingRequest(m_budget);
    IncomingRequest *request = m_spare.back();
    m_spare.pop_back();
    return request;
}

void Commons::giveBack(IncomingRequest *request)
{
    if (request->isShared() || m_spare.size() >= keptRequests)
        return request->release();
    request->clear();
    m_spare.push_back(request);
}

void Commons::noteBadProxy(const Peer &peer, const char *why)
{
    ++m_badProxies;
    if (now < m_nextComplaint)
        return;
    m_nextComplaint = now + complaintPause;
    qCWarning(log).noquote().nospace()
        << "connection of a proxy closed peer=" << peer.address << " why=\"" << why << "\" so_far=" << m_badProxies
        << " remedy=\"have it send the PROXY protocol (haproxy: send-proxy-v2, check-send-proxy), or take it out of "
           "http.proxies\"";
}

} // namespace quoin::http
