// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>

#include <chrono>

namespace quoin::bagit {

/// A moment, UTC, in steps of a microsecond.
using Time = std::chrono::sys_time<std::chrono::microseconds>;

/// A time as ISO 8601 basic with microseconds, UTC: "20261123T174801.000042Z". Good in file names; in order as text.
QByteArray basicTime(Time time);

/// A time as ISO 8601 extended with microseconds, UTC (RFC 3339): "2026-11-23T17:48:01.000042Z".
QByteArray extendedTime(Time time);

} // namespace quoin::bagit
