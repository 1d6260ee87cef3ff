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
    /// Both are lent; next may be null. The slot is of this process, which has not counted yet.
    FigureSink(supervisor::WorkerSlot &slot, http::AccessSink *next)
        : m_slot(slot)
        , m_next(next)
    {
        meters::open(m_slot.meters);
    }

    void record(const http::AccessRecord &record) override
    {
        const int kind = record.status / 100;
        const int digit = kind >= 1 && kind <= 5 ? kind : 0;
        const auto duration = static_cast<quint64>(record.microseconds);
        meters::addAlone(m_slot.answered[digit]);
        if (!isEndless(record))
            m_slot.latencies.add(duration);

        meters::RouteMeter &route = m_slot.meters.routes[indexOf(record)];
        meters::addAlone(route.answered[digit]);
        route.durations.addAlone(duration);
        if (digit != 0)
            meters::addAlone(m_slot.meters.answers[record.status - meters::Meters::firstStatus]);
        if (m_next)
            m_next->record(record);
    }

private:
    static int indexOf(const http::AccessRecord &record)
    {
        if (record.route > 0)
            return meters::indexOfRoute(record.route);
        return meters::indexWithoutRoute({record.method.data(), static_cast<std::size_t>(record.method.size())});
    }

    /// A stream of events takes as long as its client stays, which says nothing about us.
    static bool isEndless(const http::AccessRecord &record)
    {
        return record.microseconds > 1'000'000 && record.pattern == QStringView(u"/admin/v1/events");
    }

    supervisor::WorkerSlot &m_slot;
    http::AccessSink *const m_next;
};

} // namespace quoin::server
