// SPDX-License-Identifier: GPL-3.0-only
#include "bagit/time.h"

#include <QString>

namespace quoin::bagit {

namespace {

QByteArray formatted(Time time, const char *format)
{
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day calendar(day);
    const hh_mm_ss clock(time - day);
    return QString::asprintf(format, static_cast<int>(calendar.year()), static_cast<unsigned>(calendar.month()),
                             static_cast<unsigned>(calendar.day()), static_cast<int>(clock.hours().count()),
                             static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
                             static_cast<int>(clock.subseconds().count()))
        .toLatin1();
}

} // namespace

QByteArray basicTime(Time time) { return formatted(time, "%04d%02u%02uT%02d%02d%02d.%06dZ"); }

QByteArray extendedTime(Time time) { return formatted(time, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ"); }

} // namespace quoin::bagit
