// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "queue/tasklisting.h"

namespace quoin::server {

/// A task as a row of a list: of its error the first line, of its arguments nothing. attempts: how many its kind has,
/// 0 if it is not known here.
QByteArray taskJson(const queue::TaskRow &task, std::optional<qint64> record, int attempts);

/// The whole of it; arguments are the text that was pushed.
QByteArray wholeTaskJson(const queue::TaskRow &task, std::optional<qint64> record, int attempts);

} // namespace quoin::server
