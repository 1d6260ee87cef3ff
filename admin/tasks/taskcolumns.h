// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/pagedmodel.h"

namespace admin {

/// The columns of the table of tasks.
QList<Column> taskColumns();

/// "12.4 s", how long it ran or has been running; empty if it did not begin.
QString runningTime(const QJsonObject &task);

/// "3 of 5", or "3" where it is not known how many there are; empty before the first.
QString attemptText(const QJsonObject &task);

} // namespace admin
