// SPDX-License-Identifier: GPL-3.0-only
#include "queue/backoff.h"

#include <algorithm>

namespace quoin::queue {

std::chrono::milliseconds retryDelay(std::chrono::milliseconds firstDelay, int attempt, double random)
{
    using namespace std::chrono;
    constexpr milliseconds longest = hours(1);
    auto delay = std::clamp(firstDelay, milliseconds(0), longest);
    for (int n = 1; n < attempt && delay > milliseconds(0) && delay < longest; ++n)
        delay = std::min(delay * 2, longest);
    const double moved = static_cast<double>(delay.count()) * (0.75 + 0.5 * random);
    return milliseconds(static_cast<milliseconds::rep>(moved));
}

} // namespace quoin::queue
