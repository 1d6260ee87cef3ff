// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminhost.h"
#include "admin/adminpart.h"

namespace quoin::server {

/// GET /admin/v1: what this server offers, and to whom it speaks. What is not in it is not there.
class IndexPart final : public AdminPart
{
public:
    /// host is lent.
    explicit IndexPart(const AdminHost &host)
        : m_host(host)
    {
    }

    void describe(Registry &registry) override;

private:
    Future<Response> show(const Request &request) const;

    const AdminHost &m_host;
};

} // namespace quoin::server
