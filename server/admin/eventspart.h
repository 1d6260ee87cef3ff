// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminpart.h"
#include "admin/eventhub.h"

namespace quoin::server {

/// GET /admin/v1/events: says that something has changed, as server-sent events.
class EventsPart final : public AdminPart
{
public:
    /// host is lent.
    explicit EventsPart(const AdminHost &host)
        : m_host(host)
    {
    }

    void describe(Registry &registry) override;
    Result<> start(Services &services) override;
    void drain() override;
    void stop() override;

private:
    Future<Response> listen(const Request &request);

    const AdminHost &m_host;
    std::unique_ptr<EventHub> m_hub; ///< From start() on.
};

} // namespace quoin::server
