// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "http/accesssink.h"
#include "log/logwriter.h"

namespace quoin::server {

/// Request lines for the log (log.requests): one copy on the loop, the rest on the writer's thread.
class AccessLog final : public http::AccessSink
{
public:
    /// writer is lent.
    explicit AccessLog(LogWriter &writer)
        : m_writer(writer)
    {
    }

    void record(const http::AccessRecord &record) override { m_writer.add(RequestLine(record)); }

private:
    LogWriter &m_writer;
};

} // namespace quoin::server
