// SPDX-License-Identifier: GPL-3.0-only
#include "supervisor/workerslot.h"

#include <ctime>

namespace quoin::supervisor {

qint64 monotonicMilliseconds()
{
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC, &now);
    return qint64(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

qint64 coarseMonotonicMilliseconds()
{
    timespec now = {};
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return qint64(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

} // namespace quoin::supervisor
