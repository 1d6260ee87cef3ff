// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "health.h"
#include "queue/taskcounts.h"
#include "supervisor/hostboard.h"

#include <QJsonArray>
#include <QJsonObject>

namespace quoin::server {

// What several parts of the admin API say of the host.

/// [{"name","status":"ok|failed","vital","detail"?}]. Runs each of them; may block.
QJsonArray checksJson(const QList<HealthCheck> &checks);

/// The workers whose slot there is.
QList<supervisor::WorkerRow> usableRows(const supervisor::HostBoard &board);

/// {"time","requests","errors","p50_us",...}
QJsonObject secondJson(const supervisor::SecondFigures &figures);

/// {"scheduled":0,...}: all states.
QJsonObject countsJson(const queue::TaskCounts &counts);

/// "ready", "starting", "draining"
QString phaseName(supervisor::WorkerPhase phase);

} // namespace quoin::server
