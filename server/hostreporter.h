// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/processortime.h"
#include "supervisor/sampler.h"

#include <QObject>
#include <QTimer>

#include <functional>

namespace quoin::server {

/// Writes the board of the host: who works, and once a second what was done. In the supervisor, or in the one process
/// there is. Main thread.
class HostReporter final : public QObject
{
public:
    using Rows = std::function<QList<supervisor::WorkerRow>()>;

    /// memory is lent. rows is asked each second and at each update().
    HostReporter(supervisor::HostMemory &memory, Rows rows);

    /// Of workers that came or went.
    void update();
    /// A worker starts in this slot, which is zero.
    void enlist(int slot);
    /// The worker in this slot is gone, and its slot about to be cleared.
    void collect(int slot);

private:
    void sample();
    void startTimer();

    supervisor::HostMemory &m_memory;
    const Rows m_rows;
    supervisor::Sampler m_sampler;
    supervisor::ProcessorTime m_processorTime;
    QTimer m_timer;
};

} // namespace quoin::server
