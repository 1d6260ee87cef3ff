// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminhost.h"
#include "admin/adminpart.h"

namespace quoin::server {

/// /admin/v1/workers: the processes of this host, what they do, and another in the place of one.
class WorkersPart final : public AdminPart
{
public:
    /// host is lent.
    explicit WorkersPart(const AdminHost &host)
        : m_host(host)
    {
    }

    void describe(Registry &registry) override;

private:
    Future<Response> list(const Request &request) const;
    Future<Response> drainOne(const Request &request, qint64 pid) const;

    const AdminHost &m_host;
};

} // namespace quoin::server
