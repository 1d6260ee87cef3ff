// SPDX-License-Identifier: GPL-3.0-only
#include "admin/admin.h"

#include "admin/indexpart.h"
#include "admin/taskroutes.h"

#include <ranges>

namespace quoin::server {

Admin::Admin(AdminHost host)
    : m_host(std::move(host))
{
    m_parts.push_back(std::make_unique<IndexPart>(m_host));
    m_parts.push_back(std::make_unique<TaskRoutes>());
}

Admin::~Admin() = default;

void Admin::describe(Registry &registry)
{
    for (const auto &part : m_parts)
        part->describe(registry);
}

Result<> Admin::start(Services &services)
{
    for (const auto &part : m_parts) {
        if (const auto started = part->start(services); !started)
            return started;
    }
    return {};
}

void Admin::stop()
{
    for (const auto &part : m_parts | std::views::reverse)
        part->stop();
}

} // namespace quoin::server
