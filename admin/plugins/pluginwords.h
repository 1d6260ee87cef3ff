// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tone.h"

#include <QJsonObject>
#include <QString>

namespace admin {

/// The state of a plugin in a word or two: "live", "rolled back".
QString pluginStateText(const QString &state);
Tone pluginStateTone(const QString &state);
/// What people call it: its title, or its id.
QString pluginTitle(const QJsonObject &plugin);
/// Why it is as it is and what to do about it, in one text; empty if there is nothing to say.
QString pluginReason(const QJsonObject &fate);
/// "3 routes, 1 task".
QString pluginSummary(const QJsonObject &plugin);

} // namespace admin
