// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "metrics/queuefigures.h"
#include "supervisor/hostmemory.h"

#include <quoin/plugin.h>

namespace quoin::server {

/// The scope of GET /metrics. Who needs no token for it: auth.anonymous_metrics.
inline constexpr QStringView metricsScope = u"metrics:read";

/// What GET /metrics is told of the server it is in. Empty in a process that only asks what there is.
struct MetricsHost
{
    QString version;
    supervisor::HostMemory *memory = nullptr; ///< Lent.
};

/// The host's own route GET /metrics: everything that is counted on this host, for Prometheus. Any worker answers for
/// all. On the event loop, so that it answers when every thread is busy; what the database does not say in time is left
/// out.
class Metrics final : public Plugin
{
public:
    explicit Metrics(const MetricsHost &host);

    void describe(Registry &registry) override;
    Result<> start(Services &services) override;
    void stop() override { m_queue.reset(); }

private:
    Future<Response> show(const Request &request);

    const MetricsHost m_host;
    std::unique_ptr<QueueFigures> m_queue;
};

} // namespace quoin::server
