// SPDX-License-Identifier: GPL-3.0-only
#include "http/commons.h"

namespace quoin::http {

namespace {

constexpr std::size_t keptRequests = 256;

} // namespace

Commons::Commons(const Limits &limitsOfServer, Dispatcher &dispatcherOfServer, AccessSink *sinkOfServer,
                 std::shared_ptr<Mailbox> mailboxOfLoop)
    : limits(limitsOfServer)
    , dispatcher(dispatcherOfServer)
    , sink(sinkOfServer)
    , mailbox(std::move(mailboxOfLoop))
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

} // namespace quoin::http
