// SPDX-License-Identifier: GPL-3.0-only
#include "metrics/metrics.h"

#include "metrics/metricspage.h"

using namespace Qt::StringLiterals;

namespace quoin::server {

Metrics::Metrics(const MetricsHost &host)
    : m_host(host)
{
}

void Metrics::describe(Registry &registry)
{
    registry.get(u"/metrics"_s, &Metrics::show)
        .summary(u"What the host counts, for Prometheus"_s)
        .scope(metricsScope.toString());
}

Result<> Metrics::start(Services &services)
{
    m_queue = std::make_unique<QueueFigures>(services.database());
    return {};
}

Future<Response> Metrics::show(const Request &request)
{
    const bool isOpen = request.header("Accept").contains("application/openmetrics-text");
    const auto format = isOpen ? Exposition::Format::OpenMetrics : Exposition::Format::Text;
    return m_queue->latest().then([host = m_host, format](const QueueFigures::Figures &queue) {
        return Response::bytes(metricsPage(host, queue, format), Exposition::contentType(format))
            .header("Cache-Control"_ba, "no-store"_ba);
    });
}

} // namespace quoin::server
