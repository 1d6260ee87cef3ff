// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminhost.h"
#include "admin/adminpart.h"

namespace quoin::server {

/// GET /admin/v1/log: the latest lines of all processes of this host, and what came since.
class LogPart final : public AdminPart
{
public:
    /// host is lent.
    explicit LogPart(const AdminHost &host)
        : m_host(host)
    {
    }

    void describe(Registry &registry) override;

private:
    Result<Response> list(const Request &request) const;

    const AdminHost &m_host;
};

} // namespace quoin::server
