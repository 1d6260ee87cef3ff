// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/exchange.h"
#include "queue/taskcatalogue.h"

#include <optional>

namespace quoin::queue {

/// How one attempt ended.
struct Outcome
{
    qint64 id = 0;
    QString name;
    int attempt = 0;
    qint64 started = 0; ///< Microseconds since 1970 UTC.
    qint64 finished = 0;
    bool drained = false;       ///< It was asked to stop because the host drains.
    bool stopped = false;       ///< It was asked to stop by itself (Run::requestStop).
    bool overran = false;       ///< It ended behind its limit.
    std::optional<Error> error; ///< None: it succeeded.
};

/// What becomes of the task. Pure. random is in [0, 1) and moves the pause before a retry.
///   success           done
///   Invalid           dead at once: the same arguments will never be right
///   stopped by itself cancelled
///   stopped by drain  given back, and the attempt does not count
///   any other error   scheduled after a pause, or dead with it when that was the last attempt
Settlement settle(const Outcome &outcome, const TaskKind &kind, double random);

/// An error as it is kept with its task, for people: no longer than a page, and without NUL, which PostgreSQL does not
/// store.
QString storable(const QString &message);

} // namespace quoin::queue
