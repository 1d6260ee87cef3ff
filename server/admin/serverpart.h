// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminhost.h"
#include "admin/adminpart.h"

namespace quoin::server {

/// /admin/v1/server: how the server on this host is, and how it was for up to ten minutes.
class ServerPart final : public AdminPart
{
public:
    /// host is lent.
    explicit ServerPart(const AdminHost &host)
        : m_host(host)
    {
    }

    void describe(Registry &registry) override;

private:
    Result<Response> show(const Request &request) const;
    Future<Response> history(const Request &request) const;

    const AdminHost &m_host;
};

} // namespace quoin::server
