// SPDX-License-Identifier: GPL-3.0-only
#include "http/servertiming.h"

#include "http/clock.h"
#include "http/incomingrequest.h"

#include <charconv>

namespace quoin::http {

namespace {

qint64 read(const std::atomic<qint64> &time) { return time.load(std::memory_order_relaxed); }

void appendMetric(std::string &out, std::string_view name, qint64 microseconds)
{
    char digits[20];
    const qint64 shown = std::max<qint64>(microseconds, 0);
    out.append(name).append(";dur=");
    out.append(digits, std::to_chars(digits, digits + sizeof digits, shown / 1000).ptr).push_back('.');
    const auto rest = static_cast<int>(shown % 1000);
    for (const int digit : {rest / 100, rest / 10 % 10, rest % 10})
        out.push_back(static_cast<char>('0' + digit));
}

} // namespace

void appendServerTiming(std::string &out, const IncomingRequest &request, qint64 since)
{
    const Times &times = request.times();
    const qint64 queued = read(times.queued), begun = read(times.begun), answered = read(times.answered);
    out.append("Server-Timing: ");
    appendMetric(out, "total", exactMicroseconds() - since);
    if (queued != 0 && begun != 0)
        appendMetric(out, ", pool", begun - queued);
    if (begun != 0 && answered != 0)
        appendMetric(out, ", handler", answered - begun);
    if (const auto &spent = request.trace().spent; spent && read(spent->microseconds) > 0)
        appendMetric(out, ", db", read(spent->microseconds));
    out.append("\r\n");
}

} // namespace quoin::http
