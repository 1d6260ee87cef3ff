// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/taskattempts.h"
#include "queue/tasklisting.h"

namespace quoin::server {

/// A task as a row of a list: of its error the first line, of its arguments nothing. attempts: how many its kind has,
/// 0 if it is not known here.
QByteArray taskJson(const queue::TaskRow &task, std::optional<qint64> record, int attempts);

struct WholeTask
{
    queue::TaskRow task;
    QList<queue::TaskAttempt> attempts; ///< Those that did not end well.
};
/// The whole of it: also the arguments as they were pushed, all of the error, and the history of its attempts.
QByteArray wholeTaskJson(const WholeTask &whole, std::optional<qint64> record, int attempts);

} // namespace quoin::server
