// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include <quoin/abi.h>

namespace quoin::server {

/// Answers for a plugin that is quarantined: 503, when to try again, and whose fault it is.
class WithheldRoute final : public abi::Handler
{
public:
    /// retryAfter in seconds.
    WithheldRoute(const QString &plugin, const QString &reason, int retryAfter)
        : m_detail(QStringLiteral("The plugin %1 is out of service: %2").arg(plugin, reason))
        , m_headers{{QByteArrayLiteral("Retry-After"), QByteArray::number(retryAfter)}}
    {
    }

    void handle(const abi::Request *, abi::Reply *owned) override
    {
        owned->problem(503, m_headers, m_detail);
        delete owned;
    }

private:
    const QString m_detail;
    const HeaderList m_headers;
};

} // namespace quoin::server
