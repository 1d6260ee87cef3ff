// SPDX-License-Identifier: GPL-3.0-only
#include "admin/admin.h"

#include "admin/accessroutes.h"
#include "admin/eventspart.h"
#include "admin/indexpart.h"
#include "admin/logpart.h"
#include "admin/pluginspart.h"
#include "admin/queueroutes.h"
#include "admin/serverpart.h"
#include "admin/settingspart.h"
#include "admin/taskroutes.h"
#include "admin/workerspart.h"

#include <ranges>

namespace quoin::server {

Admin::Admin(AdminHost host)
    : m_host(std::move(host))
{
    m_parts.push_back(std::make_unique<IndexPart>(m_host));
    m_parts.push_back(std::make_unique<AccessRoutes>());
    m_parts.push_back(std::make_unique<ServerPart>(m_host));
    m_parts.push_back(std::make_unique<WorkersPart>(m_host));
    m_parts.push_back(std::make_unique<PluginsPart>(m_host));
    m_parts.push_back(std::make_unique<SettingsPart>(m_host));
    m_parts.push_back(std::make_unique<LogPart>(m_host));
    m_parts.push_back(std::make_unique<EventsPart>(m_host));
    m_parts.push_back(std::make_unique<TaskRoutes>(m_host.tasks));
    m_parts.push_back(std::make_unique<QueueRoutes>(m_host, m_host.tasks));
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

void Admin::drain()
{
    for (const auto &part : m_parts)
        part->drain();
}

void Admin::stop()
{
    for (const auto &part : m_parts | std::views::reverse)
        part->stop();
}

} // namespace quoin::server
