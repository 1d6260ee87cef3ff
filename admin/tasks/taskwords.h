// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "tasks/taskstate.h"
#include "ui/confirm.h"

namespace admin {

/// "Retry", "Retry 3 tasks".
QString verbText(TaskVerb verb);
QString verbText(TaskVerb verb, qint64 count);
/// "3 tasks retried".
QString doneText(TaskVerb verb, qint64 count);
/// What is asked before; `which`: what is known of them beyond their number, may be empty.
Question questionOn(TaskVerb verb, qint64 count, const QString &which);

} // namespace admin
