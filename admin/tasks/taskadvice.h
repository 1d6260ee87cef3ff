// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "ui/tone.h"

#include <QDateTime>
#include <QJsonObject>
#include <QString>

namespace admin {

/// What somebody who looks at a task wants to know first: how it stands, and what to do now.
struct Advice
{
    QString title;    ///< "It gave up"
    QString sentence; ///< "All 5 attempts failed. Read the error below, ..."
    Tone tone = Tone::Neutral;
};

Advice adviceOn(const QJsonObject &task, const QDateTime &now = QDateTime::currentDateTime());

} // namespace admin
