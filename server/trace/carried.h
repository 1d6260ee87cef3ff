// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "trace/current.h"

#include <vector>

namespace quoin::trace {

/// What a thread works for, taken along to another: `const Entered entered(carried.each());` there. A value.
class Carried
{
public:
    /// Nothing.
    Carried() = default;
    explicit Carried(std::span<const Context> each);

    static Carried ofThisThread() { return Carried(currentEach()); }

    std::span<const Context> each() const { return m_several.empty() ? std::span(&m_one, m_count) : m_several; }
    /// Whether one of them wants to know what the database took.
    bool isTimed() const;
    /// Tells those who want to know.
    void addDatabaseTime(qint64 microseconds) const;

private:
    Context m_one; ///< In the common case there is one: no allocation.
    std::size_t m_count = 0;
    std::vector<Context> m_several;
};

} // namespace quoin::trace
