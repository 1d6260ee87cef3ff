// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tone.h"

#include <QString>
#include <QStringList>

namespace admin {

/// The states a task can be in, in the order of its life: "scheduled" ... "cancelled".
const QStringList &taskStates();
/// The word for people.
QString taskStateText(const QString &state);
Tone taskStateTone(const QString &state);

/// What can be done to a task.
enum class TaskVerb { Retry, Cancel, Delete };

/// Whether it makes sense in this state. Retry: dead, cancelled. Cancel: not finished. Delete: finished.
bool isPossible(TaskVerb verb, const QString &state);
/// The last segment of its address: "retry".
QString addressOf(TaskVerb verb);

} // namespace admin
