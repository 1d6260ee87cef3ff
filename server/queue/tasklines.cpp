// SPDX-License-Identifier: GPL-3.0-only
#include "queue/tasklines.h"

#include "queue/queuelog.h"

namespace quoin::queue {

void logDone(const Run &run, const Outcome &outcome)
{
    qCInfo(quoinQueue).noquote().nospace()
        << "task done kind=" << outcome.name << " id=" << outcome.id << " attempt=" << outcome.attempt
        << " ms=" << (outcome.finished - outcome.started) / 1000 << " trace=" << trace::traceId(run.trace())
        << " span=" << trace::spanId(run.trace());
}

} // namespace quoin::queue
