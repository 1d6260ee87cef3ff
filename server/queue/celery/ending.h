// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/embed.h"
#include "queue/celery/held.h"
#include "queue/settling.h"

namespace quoin::celery {

/// What became of a run: the ending for Celery, and what the table is told of it.
struct Conclusion
{
    Ending ending;
    queue::Settlement settlement;
};

/// As queue::settle(), whose retries go back into Redis: their row is `sent`. A limit that came with the message ends
/// it for good, as in Celery. now: Redis' clock, in microseconds. Pure.
Conclusion conclude(const Held &held, const queue::Outcome &outcome, const queue::TaskKind &kind, double random,
                    qint64 now);

/// What the table is told of an ending that no run had. Pure.
queue::Settlement settlementOf(const Held &held, const Ending &ending, qint64 now);

/// What is written into Redis for an ending.
struct Closing
{
    Finish finish;
    QList<ChordPart> parts; ///< Still to be counted; what comes of them goes into finish, too.
    QStringList told;       ///< For the log: what could not be published.
};

/// What about the writing is the node's.
struct ClosingRules
{
    CanvasGround ground;
    bool keepsResults = true;
};

/// Pure.
Closing close(const Held &held, const Ending &ending, const ClosingRules &rules);

/// What of it is to be published or stored, as pushes of the finish. chord: see Push::chord.
void addAftermath(Finish &finish, const Aftermath &aftermath, const QByteArray &chord);

} // namespace quoin::celery
