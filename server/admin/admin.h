// SPDX-License-Identifier: GPL-3.0-only
#pragma once

#include "admin/adminhost.h"
#include "admin/adminpart.h"

#include <memory>
#include <vector>

namespace quoin::server {

/// /admin/v1: the built-in plugin that composes the parts of the admin API. The parts are listed in admin.cpp.
class Admin final : public Plugin
{
public:
    /// Of this process, which has what host offers.
    explicit Admin(AdminHost host = {});
    ~Admin() override;

    void describe(Registry &registry) override;
    Result<> start(Services &services) override;
    void stop() override;
    /// The process is leaving: answers that have no end of their own end now. Main thread.
    void drain();

private:
    const AdminHost m_host; ///< Lent to the parts.
    std::vector<std::unique_ptr<AdminPart>> m_parts;
};

} // namespace quoin::server
