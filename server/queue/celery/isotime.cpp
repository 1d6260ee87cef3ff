// SPDX-License-Identifier: GPL-3.0-only
#include "queue/celery/isotime.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace quoin::celery {

namespace {

using namespace std::chrono;

constexpr qint64 perSecond = 1'000'000;

constexpr qint64 microsecondsAt(year_month_day day)
{
    return duration_cast<microseconds>(sys_days(day).time_since_epoch()).count();
}

constexpr qint64 earliest = microsecondsAt(year(1) / January / 1);
constexpr qint64 latest = microsecondsAt(year(9999) / December / 31) + 86400 * perSecond - 1;

/// Reads a time from left to right. Every function takes what it names or says no.
class Reader
{
public:
    explicit Reader(QByteArrayView text)
        : m_rest(text)
    {
    }

    bool isAtEnd() const { return m_rest.isEmpty(); }

    bool take(char c)
    {
        if (!m_rest.startsWith(c))
            return false;
        m_rest = m_rest.sliced(1);
        return true;
    }

    /// Any one character, which may be of several bytes.
    void takeSeparator()
    {
        do
            m_rest = m_rest.sliced(1);
        while (!m_rest.isEmpty() && (static_cast<unsigned char>(m_rest.front()) & 0xc0) == 0x80);
    }

    /// A number of `least` to `most` digits.
    bool number(int least, int most, int &value)
    {
        int digits = 0;
        for (value = 0; digits < most && isDigit(); ++digits) {
            value = value * 10 + (m_rest.front() - '0');
            m_rest = m_rest.sliced(1);
        }
        return digits >= least;
    }

    bool fraction(int &microsecond)
    {
        if (!isDigit())
            return false;
        for (int scale = 100'000; isDigit(); scale /= 10) {
            microsecond += scale * (m_rest.front() - '0');
            m_rest = m_rest.sliced(1);
        }
        return true;
    }

    bool isDigit() const { return !m_rest.isEmpty() && m_rest.front() >= '0' && m_rest.front() <= '9'; }

private:
    QByteArrayView m_rest;
};

bool readDate(Reader &reader, year_month_day &date)
{
    int y = 0, m = 0, d = 0;
    if (!reader.number(4, 4, y))
        return false;
    const bool isExtended = reader.take('-');
    const int least = isExtended ? 1 : 2; // 5.2 reads 2026-1-2
    if (!reader.number(least, 2, m) || (isExtended && !reader.take('-')) || !reader.number(least, 2, d))
        return false;
    date = year(y) / month(static_cast<unsigned>(m)) / day(static_cast<unsigned>(d));
    return date.ok() && y >= 1;
}

bool readTime(Reader &reader, qint64 &time)
{
    int h = 0, m = 0, s = 0, fraction = 0;
    if (!reader.number(2, 2, h))
        return false;
    const bool isExtended = reader.take(':');
    if ((isExtended || reader.isDigit()) && !reader.number(2, 2, m))
        return false;
    if (isExtended ? reader.take(':') : reader.isDigit()) {
        if (!reader.number(2, 2, s))
            return false;
        if ((reader.take('.') || reader.take(',')) && !reader.fraction(fraction))
            return false;
    }
    time = (qint64(h) * 3600 + m * 60 + s) * perSecond + fraction;
    return h < 24 && m < 60 && s < 60;
}

bool readOffset(Reader &reader, qint64 &offset)
{
    if (reader.isAtEnd() || reader.take('Z') || reader.take('z'))
        return true;
    const bool isWest = reader.take('-');
    int h = 0, m = 0;
    if ((!isWest && !reader.take('+')) || !reader.number(2, 2, h))
        return false;
    if ((reader.take(':') || reader.isDigit()) && !reader.number(2, 2, m))
        return false;
    offset = (qint64(h) * 3600 + m * 60) * perSecond * (isWest ? -1 : 1);
    return h < 24 && m < 60;
}

} // namespace

QByteArray isoTime(qint64 time)
{
    const sys_time<microseconds> point(microseconds(std::clamp(time, earliest, latest)));
    const auto day = floor<days>(point);
    const year_month_day date(day);
    const hh_mm_ss clock(point - day);
    char text[40];
    const int size = std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06d+00:00", int(date.year()),
                                   unsigned(date.month()), unsigned(date.day()), int(clock.hours().count()),
                                   int(clock.minutes().count()), int(clock.seconds().count()),
                                   int(clock.subseconds().count()));
    return QByteArray(text, size);
}

std::optional<qint64> parseIsoTime(QByteArrayView text)
{
    Reader reader(text);
    year_month_day date;
    qint64 time = 0;
    qint64 offset = 0;
    if (!readDate(reader, date))
        return std::nullopt;
    if (!reader.isAtEnd()) {
        reader.takeSeparator();
        if (!readTime(reader, time) || !readOffset(reader, offset) || !reader.isAtEnd())
            return std::nullopt;
    }
    return microsecondsAt(date) + time - offset;
}

QByteArray unixSeconds(qint64 time)
{
    const quint64 size = time < 0 ? -static_cast<quint64>(time) : static_cast<quint64>(time);
    const QByteArray fraction = QByteArray::number(size % perSecond).rightJustified(6, '0');
    return (time < 0 ? "-" : "") + QByteArray::number(size / perSecond) + '.' + fraction;
}

} // namespace quoin::celery
