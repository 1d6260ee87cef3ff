// SPDX-License-Identifier: GPL-3.0-only
#include "http/limits.h"

#include <algorithm>
#include <utility>

#include <sys/resource.h>

namespace quoin::http {

int Limits::connectionCap() const
{
    constexpr rlim_t reserved = 100; // databases, Redis, logs, plugins, the event loop itself
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return connections;
    const rlim_t cap = limit.rlim_cur > reserved + 16 ? limit.rlim_cur - reserved : 16;
    return std::cmp_less(cap, connections) ? static_cast<int>(cap) : connections;
}

} // namespace quoin::http
