// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/tasklisting.h"

namespace quoin::server {

/// The names of the query parameters that filterOf() reads.
QStringList taskFilterNames();
/// The filter that a request asks for; Invalid for what cannot be meant.
Result<queue::TaskFilter> filterOf(const Request &request);

} // namespace quoin::server
