// SPDX-License-Identifier: GPL-3.0-only
#include "trace/carried.h"

#include <algorithm>

namespace quoin::trace {

Carried::Carried(std::span<const Context> each)
{
    if (each.size() == 1) {
        m_one = each.front();
        m_count = 1;
    } else {
        m_several.assign(each.begin(), each.end());
    }
}

bool Carried::isTimed() const
{
    return std::ranges::any_of(each(), [](const Context &context) { return context.spent != nullptr; });
}

void Carried::addDatabaseTime(qint64 microseconds) const
{
    for (const Context &context : each()) {
        if (context.spent)
            context.spent->microseconds.fetch_add(microseconds, std::memory_order_relaxed);
    }
}

} // namespace quoin::trace
