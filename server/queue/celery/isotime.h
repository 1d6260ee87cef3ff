// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace quoin::celery {

/// The time as every Celery reads it, "2026-11-23T16:30:13.368102+00:00". Microseconds since 1970 UTC, of the years 1
/// to 9999, which is what Python's datetime holds; what is outside is brought to the nearer end. Pure; any thread.
QByteArray isoTime(qint64 microseconds);

/// Any of the forms that Celery 5.2 to 5.6 read (ISO 8601 with 'T', a space or another character between date and time,
/// with fraction, "Z" or an offset; the basic form; a date alone). Without an offset it is UTC, Celery's default
/// timezone. Nothing for what is no such time; numbers are none. Digits after the microsecond are cut.
std::optional<qint64> parseIsoTime(QByteArrayView text);

/// Seconds since 1970 as the JSON number that events carry, "1795451730.247683": exact, not through a double.
QByteArray unixSeconds(qint64 microseconds);

} // namespace quoin::celery
