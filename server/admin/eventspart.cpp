// SPDX-License-Identifier: GPL-3.0-only
#include "admin/eventspart.h"

#include "admin/adminjson.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

void EventsPart::describe(Registry &registry)
{
    registry.get(u"/admin/v1/events"_s, [this](const Request &request) { return listen(request); })
        .summary(u"What changes, as server-sent events"_s)
        .scope(adminRead);
}

Result<> EventsPart::start(Services &services)
{
    m_hub = std::make_unique<EventHub>(m_host, services);
    return {};
}

void EventsPart::drain()
{
    if (m_hub)
        m_hub->drain();
}

/// The hub itself stays, for answers that are still on their way to it.
void EventsPart::stop()
{
    if (m_hub)
        m_hub->stop();
}

Future<Response> EventsPart::listen(const Request &request)
{
    if (const auto fault = request.expectQueries({}); !fault)
        return fault.error();
    auto next = m_hub->listen(request.header("Last-Event-ID"));
    if (!next) {
        return Result<Response>(Response::problem(503, next.error().message()).header("Retry-After"_ba, "1"_ba));
    }
    auto response = Response::stream("text/event-stream"_ba, *std::move(next));
    response.addHeader("X-Accel-Buffering"_ba, "no"_ba); // nginx would collect events until it has a page of them
    return Result<Response>(uncached(std::move(response)));
}

} // namespace quoin::server
