// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/celery/held.h"
#include "queue/taskcatalogue.h"

#include <functional>

namespace quoin::celery {

/// What decides about a message when it comes in.
struct IntakeRules
{
    qint64 now = 0; ///< Redis' clock, microseconds since 1970 UTC.
    const queue::TaskCatalogue *catalogue = nullptr;
    std::function<bool(const QString &id)> isRevoked;
    QByteArray own; ///< The queue in which an unknown task waits for another node.
    std::chrono::milliseconds patience{0};
};

/// Looks at a claimed message, in the order in which Celery's workers do: whether it can be read and is known, is
/// revoked, too old, or too early. Fills name and arguments of what can be run; sets `foregone` for all else. Of a
/// message without a trace one begins here. Any thread.
void takeIn(Held &held, const IntakeRules &rules);

/// The array to call the task with: the positional arguments, and the named ones in the places that the kind has for
/// them. Invalid, with the reason, if they do not fit, as Python's TypeError.
Result<QByteArray> bindArguments(const Message &message, const QStringList &parameters);

} // namespace quoin::celery
