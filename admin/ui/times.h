// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <QDateTime>
#include <QString>

namespace admin {

/// A time of the API, "2026-11-23T17:48:01.000042Z"; invalid if it is none.
QDateTime timeOf(const QString &rfc3339);
/// "just now", "4 min ago", "in 2 h", "yesterday 17:48", "23 Nov 2026": for tables, next to a tooltip with exactTime().
QString relativeTime(const QDateTime &time, const QDateTime &now = QDateTime::currentDateTime());
/// In the time zone of this machine, to the millisecond: "2026-11-23 18:48:01.000".
QString exactTime(const QDateTime &time);
/// "850 µs", "12.4 ms", "3.2 s", "4 min 10 s", "2 h 5 min", "3 d 4 h".
QString durationText(qint64 microseconds);
/// "512 B", "1.4 MiB".
QString sizeText(qint64 bytes);
/// "1,204,311" as the user's language has it.
QString countText(qint64 count);

} // namespace admin
