// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "metrics/exposition.h"
#include "metrics/metrics.h"

namespace quoin::server {

/// Everything, as docs/operations.md lists it. queue: the tasks in the database, or nothing if it does not say.
QByteArray metricsPage(const MetricsHost &host, const QueueFigures::Figures &queue, Exposition::Format format);

} // namespace quoin::server
