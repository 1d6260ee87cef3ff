// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tone.h"

#include <QJsonObject>
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

/// Whether it makes sense for some in this state. Retry: scheduled, dead, cancelled. Cancel: not finished. Delete:
/// finished.
bool isPossible(TaskVerb verb, const QString &state);
/// Whether it makes sense for this one: what is scheduled can be retried only if it failed before.
bool isPossible(TaskVerb verb, const QJsonObject &task);
/// The last segment of its address: "retry".
QString addressOf(TaskVerb verb);

} // namespace admin
