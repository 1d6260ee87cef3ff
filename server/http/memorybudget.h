// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QtGlobal>

#include <atomic>

namespace quoin::http {

/// How many bytes of request bodies are held at a time. Any thread: the last holder of a request may be anywhere.
class MemoryBudget
{
public:
    explicit MemoryBudget(qint64 bytes)
        : m_left(bytes)
    {
    }

    /// False, and nothing taken, if there is not so much left.
    bool take(qint64 bytes)
    {
        if (m_left.fetch_sub(bytes, std::memory_order_relaxed) >= bytes)
            return true;
        giveBack(bytes);
        return false;
    }
    void giveBack(qint64 bytes) { m_left.fetch_add(bytes, std::memory_order_relaxed); }
    qint64 left() const { return m_left.load(std::memory_order_relaxed); }

private:
    std::atomic<qint64> m_left;
};

} // namespace quoin::http
