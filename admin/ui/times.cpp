// SPDX-License-Identifier: GPL-3.0-only
#include "ui/times.h"

#include <QCoreApplication>
#include <QLocale>

#include <cmath>

using namespace Qt::StringLiterals;

namespace admin {

namespace {

QString tr(const char *text) { return QCoreApplication::translate("admin", text); }

QString number(double value)
{
    return QLocale().toString(value, 'f', value < 10 && value != std::floor(value) ? 1 : 0);
}

// Two units at most: "4 min 10 s".
QString longDuration(qint64 seconds)
{
    const auto two = [](qint64 big, const QString &bigUnit, qint64 small, const QString &smallUnit) {
        const QString first = QString::number(big) + u' ' + bigUnit;
        return small == 0 ? first : first + u' ' + QString::number(small) + u' ' + smallUnit;
    };
    if (seconds < 3600)
        return two(seconds / 60, tr("min"), seconds % 60, tr("s"));
    if (seconds < 86400)
        return two(seconds / 3600, tr("h"), seconds % 3600 / 60, tr("min"));
    return two(seconds / 86400, tr("d"), seconds % 86400 / 3600, tr("h"));
}

QString distance(qint64 seconds)
{
    if (seconds < 60)
        return tr("%1 s").arg(seconds);
    if (seconds < 3600)
        return tr("%1 min").arg(seconds / 60);
    return tr("%1 h").arg(seconds / 3600);
}

} // namespace

QDateTime timeOf(const QString &rfc3339) { return QDateTime::fromString(rfc3339, Qt::ISODateWithMs); }

QString relativeTime(const QDateTime &time, const QDateTime &now)
{
    if (!time.isValid())
        return {};
    const qint64 past = time.secsTo(now);
    if (std::abs(past) < 3)
        return tr("just now");
    if (std::abs(past) < 12 * 3600)
        return past > 0 ? tr("%1 ago").arg(distance(past)) : tr("in %1").arg(distance(-past));
    const QDateTime local = time.toLocalTime();
    const auto days = local.date().daysTo(now.toLocalTime().date());
    const QString clock = QLocale().toString(local.time(), QLocale::ShortFormat);
    if (days == 0)
        return tr("today %1").arg(clock);
    if (days == 1)
        return tr("yesterday %1").arg(clock);
    return QLocale().toString(local.date(), u"d MMM yyyy"_s);
}

QString exactTime(const QDateTime &time)
{
    return time.isValid() ? time.toLocalTime().toString(u"yyyy-MM-dd HH:mm:ss.zzz"_s) : QString();
}

QString durationText(qint64 microseconds)
{
    if (microseconds < 1000)
        return tr("%1 µs").arg(microseconds);
    const auto value = static_cast<double>(microseconds);
    if (microseconds < 1'000'000)
        return tr("%1 ms").arg(number(std::round(value / 100) / 10));
    if (microseconds < 60'000'000)
        return tr("%1 s").arg(number(std::round(value / 100'000) / 10));
    return longDuration(microseconds / 1'000'000);
}

QString sizeText(qint64 bytes)
{
    return QLocale().formattedDataSize(bytes, bytes < 10 * 1024 ? 0 : 1, QLocale::DataSizeIecFormat);
}

QString countText(qint64 count) { return QLocale().toString(count); }

} // namespace admin
