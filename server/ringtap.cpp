// SPDX-License-Identifier: GPL-3.0-only
#include "ringtap.h"

#include <unistd.h>

namespace quoin::server {

namespace {

using supervisor::LogRing;

constexpr std::size_t mostOfABatch = 64; // to put a line into words costs more than to serve a small request

qint64 microseconds(std::chrono::system_clock::time_point time)
{
    return std::chrono::duration_cast<std::chrono::microseconds>(time.time_since_epoch()).count();
}

} // namespace

RingTap::RingTap(LogRing &ring)
    : m_ring(ring)
    , m_pid(::getpid())
{
}

void RingTap::take(const LogLine &line)
{
    m_ring.append(LogRing::Kind::Line, microseconds(line.time), m_pid, line.type, line.category, line.message.toUtf8());
}

void RingTap::take(const std::vector<const RequestLine *> &lines)
{
    const std::size_t firstKept = lines.size() - std::min(lines.size(), mostOfABatch);
    std::size_t failures = 0;
    quint64 passed = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const bool isFailure = requestLevel(*lines[i]) != QtInfoMsg && ++failures <= mostOfABatch;
        if (i >= firstKept || isFailure)
            append(*lines[i]);
        else
            ++passed;
    }
    if (passed > 0)
        m_ring.pass(passed);
}

void RingTap::append(const RequestLine &line)
{
    m_ring.append(LogRing::Kind::Request, microseconds(line.time()), m_pid, requestLevel(line), requestCategory(),
                  requestText(line));
}

} // namespace quoin::server
