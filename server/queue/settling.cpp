// SPDX-License-Identifier: GPL-3.0-only
#include "queue/settling.h"

#include "queue/backoff.h"

namespace quoin::queue {

QString storable(const QString &message)
{
    constexpr qsizetype page = 4000;
    QString text = message.left(page);
    return text.replace(QChar(0), QChar(0xFFFD));
}

Settlement settle(const Outcome &outcome, const TaskKind &kind, double random)
{
    Settlement settlement;
    settlement.id = outcome.id;
    settlement.attempt = outcome.attempt;
    settlement.started = outcome.started;
    settlement.finished = outcome.finished;
    if (!outcome.error)
        return settlement;

    settlement.error = storable(outcome.error->message());
    const bool hopeless = outcome.error->kind() == ErrorKind::Invalid;
    if (outcome.stopped) {
        settlement.state = TaskState::Cancelled;
    } else if (outcome.drained && !hopeless) {
        settlement.state = TaskState::Ready;
        settlement.counted = false;
        settlement.finished = 0;
    } else if (hopeless || outcome.attempt >= kind.attempts) {
        settlement.state = TaskState::Dead;
    } else {
        settlement.state = TaskState::Scheduled;
        settlement.delay = retryDelay(kind.firstDelay, outcome.attempt, random);
        settlement.finished = 0;
    }
    return settlement;
}

} // namespace quoin::queue
