// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

namespace quoin::server {

/// Answers for a plugin that is quarantined: 503, when to try again, and whose fault it is.
class WithheldRoute final : public abi::Handler
{
public:
    /// retryAfter in seconds.
    WithheldRoute(QString reason, int retryAfter)
        : m_reason(std::move(reason))
        , m_headers{{QByteArrayLiteral("Retry-After"), QByteArray::number(retryAfter)}}
    {
    }

    void handle(const abi::Request *, abi::Reply *owned) override
    {
        owned->problem(503, m_headers, m_reason);
        delete owned;
    }

private:
    const QString m_reason;
    const HeaderList m_headers;
};

} // namespace quoin::server
