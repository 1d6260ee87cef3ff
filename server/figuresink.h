// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/accesssink.h"
#include "supervisor/workerslot.h"

namespace quoin::server {

/// Counts every answer into the memory that the host shares. A few stores; no locked instruction, for only the loop of
/// the process writes there.
class FigureSink final : public http::AccessSink
{
public:
    /// Both are lent; next may be null.
    FigureSink(supervisor::WorkerSlot &slot, http::AccessSink *next)
        : m_slot(slot)
        , m_next(next)
    {
    }

    void record(const http::AccessRecord &record) override
    {
        const int kind = record.status / 100;
        auto &answered = m_slot.answered[kind >= 1 && kind <= 5 ? kind : 0];
        answered.store(answered.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        if (!isEndless(record))
            m_slot.latencies.add(static_cast<quint64>(record.microseconds));
        if (m_next)
            m_next->record(record);
    }

private:
    /// A stream of events takes as long as its client stays, which says nothing about us.
    static bool isEndless(const http::AccessRecord &record)
    {
        return record.microseconds > 1'000'000 && record.pattern == QStringView(u"/admin/v1/events");
    }

    supervisor::WorkerSlot &m_slot;
    http::AccessSink *const m_next;
};

} // namespace quoin::server
