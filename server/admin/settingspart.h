// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminhost.h"
#include "admin/adminpart.h"

namespace quoin::server {

/// GET /admin/v1/settings: every setting, where it comes from and what it is for. Secrets are masked.
class SettingsPart final : public AdminPart
{
public:
    /// host is lent.
    explicit SettingsPart(const AdminHost &host)
        : m_host(host)
    {
    }

    void describe(Registry &registry) override;

private:
    Result<Response> list(const Request &request) const;

    const AdminHost &m_host;
};

} // namespace quoin::server
