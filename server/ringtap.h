// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "log/logwriter.h"
#include "supervisor/logring.h"

namespace quoin::server {

/// The log of this process for the memory that the host shares, so that any worker can show the log of all.
class RingTap final : public LogTap
{
public:
    /// ring is lent.
    explicit RingTap(supervisor::LogRing &ring);

    void take(const LogLine &line) override;
    /// Of a rush only the latest and the failed ones are kept; the others are counted as passed.
    void take(const std::vector<const RequestLine *> &lines) override;

private:
    void append(const RequestLine &line);

    supervisor::LogRing &m_ring;
    const qint64 m_pid;
};

} // namespace quoin::server
