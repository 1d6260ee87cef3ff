// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "supervisor/hostmemory.h"

#include <map>

namespace quoin::supervisor {

/// Adds up on the board what time of the processor the processes of the host have used, also those that are gone; what
/// one used after the last look is not known. One thread.
class ProcessorTime
{
public:
    /// memory is lent.
    explicit ProcessorTime(HostMemory &memory)
        : m_memory(memory)
    {
    }

    /// Looks at this process and at the workers.
    void sample(const QList<WorkerRow> &rows);

private:
    void add(int kind, qint64 pid);

    HostMemory &m_memory;
    std::map<qint64, quint64> m_seen; ///< By process id, at the last look.
};

/// Of a process and all its threads, in microseconds; 0 if there is no such process.
quint64 processorMicroseconds(qint64 pid);

} // namespace quoin::supervisor
